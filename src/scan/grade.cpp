// SPDX-License-Identifier: Apache-2.0
// The guide's three categories and their sum; see grade.hpp and docs/grade.md.
#include "scan/grade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scan/grade_rules.hpp"
#include "scan/suite_traits.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::KeyExchange, crypto::Protocol, crypto::SuiteInfo;

// Guide, "Protocol support rating guide" (2009e).  TLS 1.3 is younger than that table: it gets what
// the best has.
int protocol_score(Protocol protocol) {
  switch (protocol) {
    case Protocol::ssl2:
      return 20;
    case Protocol::ssl3:
      return 80;
    case Protocol::tls10:
      return 90;
    case Protocol::tls11:
      return 95;
    case Protocol::tls12:
    case Protocol::tls13:
      break;
  }
  return 100;
}

// Guide, "Key exchange rating guide": bits of RSA or of a finite field.
int strength_score(int bits) {
  if (bits < 512) return 20;
  if (bits < 1024) return 40;
  if (bits < 2048) return 80;
  return bits < 4096 ? 90 : 100;
}

// The guide speaks of RSA and DH alone; elliptic keys by NIST SP 800-57 part 1, table 2.
int comparable_bits(int elliptic) {
  if (elliptic < 160) return 512;
  if (elliptic < 224) return 1024;
  if (elliptic < 250) return 2048;  // x25519 counts 253 to 255 bits
  return elliptic < 384 ? 3072 : 7680;
}

int key_score(const Certificate& leaf) {
  const bool classic = leaf.key_type.starts_with("RSA") || leaf.key_type == "DSA";
  return strength_score(classic ? leaf.key_bits : comparable_bits(leaf.key_bits));
}

bool is_export_rsa_or_dh(const SuiteInfo& suite) {
  return suite.kx == KeyExchange::rsa_export || suite.kx == KeyExchange::dh_export ||
         suite.kx == KeyExchange::dhe_export || suite.kx == KeyExchange::dh_anon_export;
}

// The weakest way in counts: the guide rates a handshake by its weaker half.
int key_exchange_score(const Endpoint& endpoint) {
  using enum Protocol;
  if (has_suite(endpoint, ssl3, tls12, is_anonymous)) return 0;
  int out = 100;
  for (const Chain& chain : endpoint.chains)
    out = std::min(out, key_score(chain.certificates.front()));
  for (const Field& field : endpoint.fields) out = std::min(out, strength_score(field.bits));
  if (has_suite(endpoint, ssl3, tls12, is_export_rsa_or_dh)) out = std::min(out, 40);
  return out;
}

// Guide, "Cipher strength rating guide".  It names 168 bits for 3DES, so the key's length counts
// there, not its strength.
int cipher_score(const SuiteInfo& suite) {
  const int bits = suite.encryption.starts_with("3DES") ? 168 : suite.bits;
  if (bits == 0) return 0;
  if (bits < 128) return 20;
  return bits < 256 ? 80 : 100;
}

bool shows_a_certificate(const SuiteInfo& suite) {
  using enum crypto::Auth;
  return suite.auth == rsa || suite.auth == dss || suite.auth == ecdsa || suite.auth == tls13;
}

struct Span {
  int worst = 100, best = 0;
  void add(int score) {
    worst = std::min(worst, score);
    best = std::max(best, score);
  }
  int middle() const { return (worst + best) / 2; }
};
}  // namespace

bool has_suite(const Endpoint& endpoint, Protocol first, Protocol last,
               bool (*is)(const SuiteInfo&)) {
  return std::ranges::any_of(endpoint.versions, [&](const Version& version) {
    return version.protocol >= first && version.protocol <= last &&
           std::ranges::any_of(version.suites.accepted, [&](auto suite) {
             const auto* info = crypto::find(suite);
             return info && is(*info);
           });
  });
}

std::string letter_of(double score) {
  struct Row {
    double least;
    const char* letter;
  };
  static constexpr std::array kRows{Row{80, "A"}, Row{65, "B"}, Row{50, "C"}, Row{35, "D"},
                                    Row{20, "E"}};
  const auto* row = std::ranges::find_if(kRows, [&](const Row& r) { return score >= r.least; });
  return row == kRows.end() ? "F" : row->letter;
}

std::optional<Grade> grade_of(const Endpoint& endpoint, const std::string& now) {
  if (endpoint.serves != Fact::yes || endpoint.ssh) return std::nullopt;
  if (endpoint.chains.empty() &&
      has_suite(endpoint, Protocol::ssl3, Protocol::tls13, shows_a_certificate))
    return std::nullopt;
  Grade out;
  Span protocols, ciphers;
  for (const Version& version : endpoint.versions) {
    if (version.accepted != Fact::yes) continue;
    protocols.add(protocol_score(version.protocol));
    for (const auto suite : version.suites.accepted)
      if (const auto* info = crypto::find(suite)) ciphers.add(cipher_score(*info));
  }
  out.protocol = protocols.middle();
  out.key_exchange = key_exchange_score(endpoint);
  out.cipher = ciphers.middle();
  const bool zero = out.protocol == 0 || out.key_exchange == 0 || out.cipher == 0;
  out.score = zero ? 0 : 0.3 * out.protocol + 0.3 * out.key_exchange + 0.4 * out.cipher;
  out.letter = letter_of(out.score);
  out.reasons.push_back({out.letter,
                         fmt::format("protocols {}, key exchange {}, ciphers {}: {:.0f} of 100",
                                     out.protocol, out.key_exchange, out.cipher, out.score),
                         "2009e"});
  apply_rules(endpoint, out);
  out.if_trusted = out.letter;
  apply_trust(endpoint, now, out);
  return out;
}

}  // namespace tlspolicy::scan
