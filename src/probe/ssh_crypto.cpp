// SPDX-License-Identifier: Apache-2.0
// SSH key exchange by OpenSSL's primitives; see ssh_crypto.hpp.
#include "probe/ssh_crypto.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/lists.hpp"
#include "wire/key_share.hpp"

namespace tlspolicy::probe {
namespace {
using Kind = SshKex::Kind;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

// RFC 8731, 5656, 8268, 4253, 4419; the hybrids (draft-ietf-sshm-mlkem-hybrid-kex,
// draft-ietf-sshm-ntruprime-ssh) last: the library has no part of them, but a share of the right
// size makes a server show its host key.
constexpr std::array kKexes{
    SshKex{"curve25519-sha256", Kind::curve, "X25519", "SHA256"},
    SshKex{"curve25519-sha256@libssh.org", Kind::curve, "X25519", "SHA256"},
    SshKex{"ecdh-sha2-nistp256", Kind::curve, "P-256", "SHA256"},
    SshKex{"ecdh-sha2-nistp384", Kind::curve, "P-384", "SHA384"},
    SshKex{"ecdh-sha2-nistp521", Kind::curve, "P-521", "SHA512"},
    SshKex{"diffie-hellman-group14-sha256", Kind::field, "2048", "SHA256"},
    SshKex{"diffie-hellman-group16-sha512", Kind::field, "4096", "SHA512"},
    SshKex{"diffie-hellman-group14-sha1", Kind::field, "2048", "SHA1"},
    SshKex{"diffie-hellman-group15-sha512", Kind::field, "3072", "SHA512"},
    SshKex{"diffie-hellman-group17-sha512", Kind::field, "6144", "SHA512"},
    SshKex{"diffie-hellman-group18-sha512", Kind::field, "8192", "SHA512"},
    SshKex{"diffie-hellman-group1-sha1", Kind::field, "1024", "SHA1"},
    SshKex{"diffie-hellman-group-exchange-sha256", Kind::asked_field, "", "SHA256"},
    SshKex{"diffie-hellman-group-exchange-sha1", Kind::asked_field, "", "SHA1"},
    SshKex{"mlkem768x25519-sha256", Kind::noise, "", "SHA256"},
    SshKex{"sntrup761x25519-sha512", Kind::noise, "", "SHA512"},
    SshKex{"sntrup761x25519-sha512@openssh.com", Kind::noise, "", "SHA512"},
};
constexpr std::size_t kSntrupShare = 1158 + 32;

struct Cipher {
  std::string_view name;
  const char* algorithm;
  std::size_t key, iv;
  bool authenticated;  // its length stands in the clear (RFC 5647 7.3)
};
constexpr std::string_view kChaCha = "chacha20-poly1305@openssh.com";
constexpr std::array kCiphers{
    Cipher{"aes128-ctr", "AES-128-CTR", 16, 16, false},
    Cipher{"aes256-ctr", "AES-256-CTR", 32, 16, false},
    Cipher{"aes192-ctr", "AES-192-CTR", 24, 16, false},
    Cipher{"aes128-gcm@openssh.com", "AES-128-CTR", 16, 12, true},
    Cipher{"aes256-gcm@openssh.com", "AES-256-CTR", 32, 12, true},
    Cipher{kChaCha, "ChaCha20", 64, 0, false},
    Cipher{"aes128-cbc", "AES-128-CBC", 16, 16, false},
    Cipher{"aes256-cbc", "AES-256-CBC", 32, 16, false},
    Cipher{"3des-cbc", "DES-EDE3-CBC", 24, 8, false},
};

wire::Bytes bytes_of(const BIGNUM* number) {
  wire::Bytes out(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.data());
  return out;
}
Number number_of(wire::View bytes) {
  return {BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), BN_free};
}

wire::Bytes prime_of(std::string_view bits) {
  struct Row {
    std::string_view bits;
    BIGNUM* (*make)(BIGNUM*);
  };
  static constexpr std::array kRows{
      Row{"1024", BN_get_rfc2409_prime_1024}, Row{"2048", BN_get_rfc3526_prime_2048},
      Row{"3072", BN_get_rfc3526_prime_3072}, Row{"4096", BN_get_rfc3526_prime_4096},
      Row{"6144", BN_get_rfc3526_prime_6144}, Row{"8192", BN_get_rfc3526_prime_8192}};
  const auto* row = std::ranges::find(kRows, bits, &Row::bits);
  return bytes_of(Number(row->make(nullptr), BN_free).get());
}

// base^exponent modulo prime, as a magnitude.
wire::Bytes power(const wire::Bytes& base, const wire::Bytes& exponent, const wire::Bytes& prime) {
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
  const Number out(BN_new(), BN_free), p = number_of(prime), b = number_of(base),
                                       e = number_of(exponent);
  // An odd modulus above one: the library refuses others.
  if (!out || !BN_is_odd(p.get()) ||
      BN_mod_exp(out.get(), b.get(), e.get(), p.get(), context.get()) != 1)
    return {};
  return bytes_of(out.get());
}

// RFC 4253 7.2: HASH(K || H || letter || session id), and longer by hashing on.
wire::Bytes derive(const SshKeys& keys, char letter, std::size_t size) {
  wire::Bytes start = keys.shared;
  start.insert(start.end(), keys.exchange_hash.begin(), keys.exchange_hash.end());
  wire::Bytes first = start;
  first.push_back(static_cast<std::uint8_t>(letter));
  first.insert(first.end(), keys.exchange_hash.begin(), keys.exchange_hash.end());
  wire::Bytes out = hash_of(keys.hash, first);
  while (out.size() < size && !out.empty()) {
    wire::Bytes more = start;
    more.insert(more.end(), out.begin(), out.end());
    const wire::Bytes next = hash_of(keys.hash, more);
    out.insert(out.end(), next.begin(), next.end());
  }
  out.resize(size);
  return out;
}

wire::Bytes decrypt(const char* algorithm, const std::uint8_t* key, const wire::Bytes& iv,
                    wire::View bytes) {
  const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher(
      EVP_CIPHER_fetch(nullptr, algorithm, nullptr), EVP_CIPHER_free);
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  wire::Bytes out(bytes.size() + 32);
  int size = 0;
  if (!cipher || !context ||
      EVP_DecryptInit_ex2(context.get(), cipher.get(), key, iv.data(), nullptr) != 1)
    return {};
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  if (EVP_DecryptUpdate(context.get(), out.data(), &size, bytes.data(),
                        static_cast<int>(bytes.size())) != 1)
    return {};
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::size_t length_of(wire::View bytes) {
  std::size_t out = 0;
  for (const auto byte : bytes.first(4)) out = out << 8 | byte;
  return out;
}

// PROTOCOL.chacha20poly1305 of OpenSSH: 64 bits of counter, then the packet's number; the second
// key is for the length.
wire::Bytes chacha_iv(std::uint8_t counter, std::uint32_t packet) {
  wire::Bytes out(12);
  out.front() = counter;
  wire::append_u32(out, packet);
  return out;
}

// Length, padding's length, payload, padding; as far as it is there.
std::optional<wire::Bytes> payload_of(wire::View plain, std::size_t length) {
  if (length < 2 || plain.size() < length) return std::nullopt;
  const std::size_t padding = plain[0];
  if (padding + 1 >= length) return std::nullopt;
  const auto payload = plain.subspan(1, length - padding - 1);
  return wire::Bytes(payload.begin(), payload.end());
}
}  // namespace

const SshKex* choose_kex(const std::vector<std::string>& of_server) {
  for (const SshKex& kex : kKexes)
    if (base::has(of_server, std::string(kex.name))) return &kex;
  return nullptr;
}

const SshKex* choose_asked_field(const std::vector<std::string>& of_server) {
  for (const SshKex& kex : kKexes)
    if (kex.kind == Kind::asked_field && base::has(of_server, std::string(kex.name))) return &kex;
  return nullptr;
}

std::string choose_cipher(const std::vector<std::string>& of_server) {
  for (const Cipher& cipher : kCiphers)
    if (base::has(of_server, std::string(cipher.name))) return std::string(cipher.name);
  return {};
}

wire::Bytes hash_of(std::string_view hash, wire::View bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const EVP_MD* kind = EVP_get_digestbyname(std::string(hash).c_str());
  if (!kind || EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, kind, nullptr) != 1)
    return {};
  return {digest.begin(), digest.begin() + size};
}

std::optional<SshSecret> SshSecret::make(const SshKex& kex) {
  SshSecret out;
  if (kex.kind == Kind::field) return make_in({prime_of(kex.group), {2}});
  if (kex.kind == Kind::noise) {
    std::uint64_t seed = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof seed);
    wire::Noise noise(seed);
    const bool ml_kem = kex.name.starts_with("mlkem");
    out.share_ = ml_kem ? wire::key_share(crypto::Group{0x11EC}, noise).value_or(wire::Bytes{})
                        : noise.bytes(kSntrupShare);
    return out;
  }
  const std::string group(kex.group);
  const bool x25519 = group == "X25519";
  out.key_ = Key(x25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")
                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group.c_str()),
                 EVP_PKEY_free);
  unsigned char* encoded = nullptr;
  const std::size_t size =
      out.key_ ? EVP_PKEY_get1_encoded_public_key(out.key_.get(), &encoded) : 0;
  if (size == 0) return std::nullopt;
  out.share_.assign(encoded, encoded + size);
  OPENSSL_free(encoded);
  return out;
}

// 512 bits of exponent are twice the strength of the largest field's keys.
std::optional<SshSecret> SshSecret::make_in(const wire::SshGroup& group) {
  constexpr std::size_t kExponent = 64;
  SshSecret out;
  out.finite_field_ = true;
  out.prime_ = group.p;
  out.exponent_.resize(std::min(kExponent, group.p.size()));
  if (RAND_bytes(out.exponent_.data(), static_cast<int>(out.exponent_.size())) != 1)
    return std::nullopt;
  out.share_ = power(group.g, out.exponent_, group.p);
  if (out.share_.empty()) return std::nullopt;
  return out;
}

wire::Bytes SshSecret::agree(const wire::Bytes& server_share) const {
  if (finite_field_) return power(server_share, exponent_, prime_);
  if (!key_) return {};
  const bool raw = EVP_PKEY_is_a(key_.get(), "X25519") == 1;
  const Key peer(raw ? EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, server_share.data(),
                                                   server_share.size())
                     : EVP_PKEY_new(),
                 EVP_PKEY_free);
  if (!peer) return {};
  if (!raw &&
      (EVP_PKEY_copy_parameters(peer.get(), key_.get()) != 1 ||
       EVP_PKEY_set1_encoded_public_key(peer.get(), server_share.data(), server_share.size()) != 1))
    return {};
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
  std::size_t size = 0;
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1 ||
      EVP_PKEY_derive(context.get(), nullptr, &size) != 1)
    return {};
  wire::Bytes out(size);
  if (EVP_PKEY_derive(context.get(), out.data(), &size) != 1) return {};
  out.resize(size);
  return out;
}

std::optional<wire::Bytes> first_packet(const SshKeys& keys, wire::View bytes) {
  const auto* cipher = std::ranges::find(kCiphers, keys.cipher, &Cipher::name);
  if (cipher == kCiphers.end() || bytes.size() < 4 || keys.shared.empty()) return std::nullopt;
  const wire::Bytes key = derive(keys, 'D', cipher->key);
  if (cipher->name == kChaCha) {
    const auto length = decrypt(cipher->algorithm, key.data() + 32,
                                chacha_iv(0, keys.packets_before), bytes.first(4));
    if (length.size() != 4) return std::nullopt;
    const wire::Bytes plain =
        decrypt(cipher->algorithm, key.data(), chacha_iv(1, keys.packets_before), bytes.subspan(4));
    return payload_of(plain, length_of(length));
  }
  wire::Bytes iv = derive(keys, 'B', cipher->iv);
  if (cipher->authenticated) wire::append_u32(iv, 2);  // NIST SP 800-38D 7.1: the first block's
  if (cipher->authenticated || keys.length_in_clear) {
    const std::size_t length = length_of(bytes);
    if (length > bytes.size() - 4) return std::nullopt;
    return payload_of(decrypt(cipher->algorithm, key.data(), iv, bytes.subspan(4, length)), length);
  }
  const wire::Bytes plain = decrypt(cipher->algorithm, key.data(), iv, bytes);
  if (plain.size() < 4) return std::nullopt;
  return payload_of(wire::View(plain).subspan(4), length_of(plain));
}

}  // namespace tlspolicy::probe
