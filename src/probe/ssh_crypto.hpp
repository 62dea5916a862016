// SPDX-License-Identifier: Apache-2.0
// What an SSH client needs to read the one encrypted message that matters here, the server's
// SSH_MSG_EXT_INFO (RFC 8308): an ephemeral key, the exchange hash, and the keys that follow (RFC
// 4253 7.2 and 8).  Nothing is authenticated: whoever could alter it could have answered himself.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wire/ssh.hpp"

namespace tlspolicy::probe {

// How a key exchange is done, by its name.
struct SshKex {
  enum class Kind { curve, field, asked_field, noise };
  std::string_view name;
  Kind kind;
  std::string_view group;  // OpenSSL's word; the bits of a field; for noise, nothing
  std::string_view hash;
};
// The first that the server has and we can do: with keys where possible, else one in which the
// server still shows its host key; nullptr where there is none.
const SshKex* choose_kex(const std::vector<std::string>& of_server);
const SshKex* choose_asked_field(const std::vector<std::string>& of_server);

// What we can decrypt of the server's list; "" for none.
std::string choose_cipher(const std::vector<std::string>& of_server);

// The client's half of one exchange.
class SshSecret {
 public:
  static std::optional<SshSecret> make(const SshKex&);
  static std::optional<SshSecret> make_in(const wire::SshGroup&);
  const wire::Bytes& share() const { return share_; }  // Q_C, or the magnitude of e
  bool finite_field() const { return finite_field_; }
  // K, as a magnitude; empty where there are no keys.
  wire::Bytes agree(const wire::Bytes& server_share) const;

 private:
  using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
  Key key_{nullptr, nullptr};
  wire::Bytes share_, prime_, exponent_;
  bool finite_field_ = false;
};

wire::Bytes hash_of(std::string_view hash, wire::View);

// The first packet behind the server's NEWKEYS; nullopt: not whole, or not readable.
struct SshKeys {
  std::string cipher;
  bool length_in_clear = false;  // encrypt-then-MAC
  std::string_view hash;
  wire::Bytes shared, exchange_hash;  // K as mpint, H, which is the session's id too
  std::uint32_t packets_before = 0;   // of the server, for ChaCha20's nonce
};
std::optional<wire::Bytes> first_packet(const SshKeys&, wire::View encrypted);

}  // namespace tlspolicy::probe
