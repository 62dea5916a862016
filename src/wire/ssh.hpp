// SPDX-License-Identifier: Apache-2.0
// SSH as far as it is spoken in the clear: lines, packets and the messages of a key exchange (RFC
// 4253, 4419, 5656, 8731), and the message that follows the first keys (RFC 8308).  Pure bytes.
#pragma once

#include <string_view>

#include "wire/hello.hpp"

namespace tlspolicy::wire {

enum class SshMessage : std::uint8_t {
  disconnect = 1,
  ignore = 2,
  debug = 4,
  ext_info = 7,
  kexinit = 20,
  newkeys = 21,
  kex_init = 30,   // KEXDH_INIT and KEX_ECDH_INIT
  kex_reply = 31,  // and KEX_DH_GEX_GROUP
  gex_init = 32,
  gex_reply = 33,
  gex_request = 34
};
bool is_message(View payload, SshMessage);
bool is_printable(
    std::string_view);  // US-ASCII without control characters, as RFC 4251 5 has names

// The server's half of a connection: lines until its version, then packets without a MAC.  Bounded:
// 8 KiB of lines, 256 KiB a packet, 1 MiB in all.
class SshStream {
 public:
  void feed(View bytes);
  // The payload of the next packet that says something; nullopt: not whole yet, or `broken`.
  std::optional<Bytes> next();
  const std::string& banner() const { return banner_; }  // "" until it came
  const std::string& broken() const { return broken_; }  // why nothing more can be read
  std::uint32_t packets() const { return packets_; }     // so many went by, silent ones too
  View seen() const { return seen_; }
  View rest() const { return View(seen_).subspan(at_); }  // behind the last packet that was taken

 private:
  bool read_lines();
  bool fail(std::string why);  // false

  Bytes seen_;
  std::size_t at_ = 0;
  std::uint32_t packets_ = 0;
  std::string banner_, broken_;
};

inline constexpr std::string_view kSshVersion = "SSH-2.0-tlspolicy\r\n";

// A greeting alone: the version and KEXINIT.
class SshGreeting {
 public:
  std::optional<SshAnswer> feed(View bytes);
  SshAnswer end(bool reset) const;
  static Bytes to_send();  // our banner line
 private:
  SshStream stream_;
};

// An unencrypted packet (RFC 4253 6).
Bytes ssh_packet(View payload);

// What a client proposes: one name for each list, so that the server has no choice.
struct SshProposal {
  std::string kex, host_key, cipher_to_server, cipher_to_client, mac_to_server, mac_to_client;
  std::string compression = "none";
};
Bytes write_kexinit(const SshProposal&, std::uint64_t seed);  // a payload
std::optional<SshOffer> parse_kexinit(View payload);          // without its banner

// Numbers and strings as hashes and messages have them (RFC 4251 5).
void append_string(Bytes&, View);
void append_mpint(Bytes&, View magnitude);  // not negative, big endian
void append_u32(Bytes&, std::uint32_t);

struct SshReply {
  Bytes host_key;      // K_S
  Bytes server_share;  // Q_S, or the magnitude of f
};
std::optional<SshReply> parse_kex_reply(View payload, bool finite_field);

struct SshGroup {
  Bytes p, g;  // magnitudes without leading zeros
};
std::optional<SshGroup> parse_gex_group(View payload);

// Names of signature algorithms; empty where the message has none.
std::optional<std::vector<std::string>> parse_sig_algs(View ext_info);

struct SshKey {
  std::string algorithm;  // of the key itself: "ssh-rsa"
  int bits = 0;           // 0: a kind that is not known
};
std::optional<SshKey> parse_host_key(View blob);

}  // namespace tlspolicy::wire
