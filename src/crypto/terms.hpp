// SPDX-License-Identifier: Apache-2.0
// The neutral terms that every other module speaks: protocol versions, cipher suites, groups,
// signature schemes, SSH algorithms; each by its wire number and its registered name.
//
// Names are IANA's (TLS Parameters registry), SSH names are RFC 4250's and the vendors'
// name@domain. Every name maps back to its number (tests/crypto holds this for all of them).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tlspolicy::crypto {

enum class Protocol : std::uint16_t {
  ssl2 = 0x0002,
  ssl3 = 0x0300,
  tls10 = 0x0301,
  tls11 = 0x0302,
  tls12 = 0x0303,
  tls13 = 0x0304
};
std::span<const Protocol> all_protocols();  // oldest first
std::string_view name(Protocol);            // "TLSv1.2", "SSLv3"
std::optional<Protocol> protocol_named(std::string_view name);

enum class Suite : std::uint32_t {};  // two bytes, e.g. 0xC02F; SSLv2's kinds are three, 0x010080
enum class KeyExchange {
  null,
  rsa,
  rsa_export,
  dh,
  dh_export,
  dhe,
  dhe_export,
  dh_anon,
  dh_anon_export,
  ecdh,
  ecdhe,
  ecdh_anon,
  psk,
  dhe_psk,
  rsa_psk,
  ecdhe_psk,
  srp,
  krb5,
  krb5_export,
  gost,
  eccpwd,
  tls13,
  ssl2
};
enum class Auth { null, rsa, dss, ecdsa, anon, psk, srp, krb5, gost, eccpwd, tls13 };  // tls13: any
struct SuiteInfo {
  Suite suite;
  std::string_view name;  // IANA; SSLv2: "SSL_CK_…"
  KeyExchange kx;
  Auth auth;
  std::string_view encryption;  // "AES_128_GCM", "3DES_EDE_CBC", "NULL"
  std::string_view mac;         // "SHA256", "AEAD"
  int bits;                     // effective strength of the encryption: 3DES 112, export 40, NULL 0
  bool forward_secret;          // (EC)DHE and TLS 1.3; not the anonymous ones, which keep nothing
  bool aead;
};
std::span<const SuiteInfo> all_suites();  // the whole registry, by number
const SuiteInfo* find(Suite);             // nullptr where it is not registered
std::string name(Suite);                  // IANA's, or "0x1A2B" for an unknown one
std::optional<Suite> suite_named(std::string_view name);
bool usable_in(Suite, Protocol);  // may this suite be negotiated there, by the standards?
// What a server may still choose there against the standards: export, DES and IDEA suites at any
// version up to TLS 1.2 (old libraries did).  Probes that look for what must not be ask with this.
bool answerable_in(Suite, Protocol);

enum class Group : std::uint16_t {};
struct GroupInfo {
  Group group;
  std::string_view name;  // IANA: "x25519", "secp256r1", "ffdhe2048", "X25519MLKEM768"
  int bits;               // size of the classical part; 0 where there is none
  bool elliptic;
  bool post_quantum;  // hybrids and pure ML-KEM
};
std::span<const GroupInfo> all_groups();
const GroupInfo* find(Group);
std::string name(Group);
std::optional<Group> group_named(std::string_view name);

enum class Scheme : std::uint16_t {
};  // SignatureScheme, RFC 8446 4.2.3; older pairs hash|signature
struct SchemeInfo {
  Scheme scheme;
  std::string_view name;  // "rsa_pss_rsae_sha256"; for older pairs "sha224_rsa" style, documented
  std::string_view key;   // "rsa", "ecdsa", "dsa", "ed25519", "ed448", "mldsa"
  std::string_view hash;  // "SHA256", "SHA1", "MD5"; "" where the scheme fixes its own
  bool tls13;             // may sign a TLS 1.3 handshake
};
std::span<const SchemeInfo> all_schemes();
const SchemeInfo* find(Scheme);
std::string name(Scheme);
std::optional<Scheme> scheme_named(std::string_view name);

enum class SshKind { kex, host_key, cipher, mac };  // host_key: also user keys
struct SshInfo {
  SshKind kind;
  std::string_view name;     // "sntrup761x25519-sha512@openssh.com"
  bool forward_secret_aead;  // gaining it is no step back: see the .cpp for each kind
  bool post_quantum;
};
std::span<const SshInfo> all_ssh();
const SshInfo* find_ssh(SshKind, std::string_view name);  // nullptr: not known to us

using Suites = std::vector<Suite>;
using Groups = std::vector<Group>;
using Schemes = std::vector<Scheme>;
using Protocols = std::vector<Protocol>;

// Every suite that a server could answer with in that version, the most widespread first.
Suites popular_in(Protocol);

}  // namespace tlspolicy::crypto
