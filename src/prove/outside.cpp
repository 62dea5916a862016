// SPDX-License-Identifier: Apache-2.0
// What no answer may show, whatever the question was: a version, suite, group, scheme or field
// size outside the expectation, and keys that are too small.
#include <fmt/format.h>

#include "prove/findings.hpp"
#include "prove/leaf.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;

// One agreement between both sides, from a first flight or from a full handshake.
struct Agreed {
  Protocol version{};
  crypto::Suite suite{};
  std::optional<crypto::Group> group;
  std::optional<crypto::Scheme> scheme;
  int dh_bits = 0;
};

// Up to TLS 1.2 a finite field is judged by its size: servers choose it freely (RFC 7919 3).
bool judged_by_group(const Agreed& agreed) {
  if (!agreed.group) return false;
  const auto* info = crypto::find(*agreed.group);
  return agreed.version == Protocol::tls13 || (agreed.dh_bits == 0 && info && info->elliptic);
}

// What the service does anyway: outside the policy, and yet as it was foreseen.
bool tell_agreed(const TlsExpectation& e, const Agreed& agreed, Findings& out) {
  const auto version = name(agreed.version);
  const auto& p = e.of_policy;
  bool told = false;
  const auto tell = [&](Dimension dimension, const char* id, const std::string& text) {
    out.tells(dimension, id, text + ", outside the policy");
    told = true;
  };
  if (agreed.version == Protocol::tls13 && !p.tls13_suites.empty() &&
      !has(p.tls13_suites, agreed.suite))
    tell(Dimension::tls13_suites, "tls13-suite-unenforced",
         fmt::format("accepts {} in {}", name(agreed.suite), version));
  if (!p.groups.empty() && judged_by_group(agreed) && !has(p.groups, *agreed.group))
    tell(Dimension::groups, "group-unenforced",
         fmt::format("accepts the group {} in {}", name(*agreed.group), version));
  if (!p.schemes.empty() && agreed.scheme && !has(p.schemes, *agreed.scheme))
    tell(Dimension::schemes, "scheme-unenforced",
         fmt::format("signs with {} in {}", name(*agreed.scheme), version));
  return told;
}

bool judge_agreed(const TlsExpectation& e, const Agreed& agreed, Findings& out) {
  const auto version = name(agreed.version);
  if (!has(e.protocols, agreed.version)) {
    out.fails(Dimension::protocols, "protocol-outside",
              agreed.suite == crypto::Suite{}
                  ? fmt::format("accepts {}", version)  // SSLv2 without a suite in common
                  : fmt::format("accepts {} with {}", version, name(agreed.suite)));
    return true;
  }
  bool outside = false;
  const bool newest = agreed.version == Protocol::tls13;
  const auto& suites = newest ? e.tls13_suites : e.suites;
  if (!suites.empty() && !has(suites, agreed.suite)) {
    out.fails(newest ? Dimension::tls13_suites : Dimension::suites,
              newest ? "tls13-suite-outside" : "suite-outside",
              fmt::format("accepts {} in {}", name(agreed.suite), version));
    outside = true;
  }
  if (!e.groups.empty() && judged_by_group(agreed) && !has(e.groups, *agreed.group)) {
    out.fails(Dimension::groups, "group-outside",
              fmt::format("accepts the group {} in {}", name(*agreed.group), version));
    outside = true;
  }
  if (!e.schemes.empty() && agreed.scheme && !has(e.schemes, *agreed.scheme)) {
    out.fails(Dimension::schemes, "scheme-outside",
              fmt::format("signs with {} in {}", name(*agreed.scheme), version));
    outside = true;
  }
  if (agreed.dh_bits > 0 && agreed.dh_bits < e.dh_bits) {
    out.fails(Dimension::sizes, "dh-too-small",
              fmt::format("key exchange in a field of {} bits; at least {} expected",
                          agreed.dh_bits, e.dh_bits));
    outside = true;
  }
  return outside || tell_agreed(e, agreed, out);
}

int smallest(const TlsExpectation& e, std::string_view type) {
  if (type.starts_with("RSA")) return e.rsa_bits;
  return type == "EC" ? e.ec_bits : 0;
}

void judge_key(const TlsExpectation& e, std::string_view type, int bits, Findings& out) {
  const int least = smallest(e, type);
  const std::string text = fmt::format("certificate with a key of type {}, {} bits", type, bits);
  if (bits < least)
    out.fails(Dimension::sizes, "key-too-small",
              text + fmt::format("; at least {} expected", least));
  else
    out.complies(Dimension::sizes, "key-size", text);
}

// Nobody relies on the signature of a self-signed certificate.
void judge_signature(const TlsExpectation& e, const probe::Handshake& h, Findings& out) {
  if (e.schemes.empty() || h.self_signed || h.signature_hash.empty()) return;
  const bool inside = std::ranges::any_of(e.schemes, [&](auto scheme) {
    const auto* info = crypto::find(scheme);
    return info && info->hash == h.signature_hash;
  });
  if (!inside)
    out.fails(Dimension::schemes, "certificate-hash",
              "the certificate is signed with " + h.signature_hash);
}
}  // namespace

bool judge_answer(const TlsExpectation& e, const wire::Answer& answer, Findings& out) {
  if (const auto* chosen = std::get_if<wire::Chosen>(&answer)) {
    crypto::Suite suite = chosen->suite;
    if (!chosen->ssl2_suites.empty()) suite = chosen->ssl2_suites.front();
    return judge_agreed(e, {chosen->version, suite, chosen->group, chosen->scheme, chosen->dh_bits},
                        out);
  }
  if (const auto* retry = std::get_if<wire::Retry>(&answer))
    return judge_agreed(e, {Protocol::tls13, retry->suite, retry->group, {}, 0}, out);
  const auto* nonsense = std::get_if<wire::Nonsense>(&answer);
  if (!nonsense || !nonsense->instead || has(e.protocols, *nonsense->instead)) return false;
  out.fails(Dimension::protocols, "protocol-outside",
            fmt::format("steps down to {}", name(*nonsense->instead)));
  return true;
}

bool judge_handshake(const TlsExpectation& e, const Tried& tried, Findings& out) {
  const probe::Handshake& h = tried.handshake;
  if (!h.done) return false;
  judge_signature(e, h, out);
  return judge_agreed(e, {h.version, h.suite, h.group, h.scheme, h.dh_bits}, out);
}

void judge_certificates(const TlsExpectation& e, const Evidence& evidence, Findings& out) {
  if (e.rsa_bits <= 0 && e.ec_bits <= 0) return;
  bool seen = false;
  for (const Asked& asked : evidence.answers) {
    const auto* chosen = std::get_if<wire::Chosen>(&asked.answer);
    if (!chosen || chosen->certificates.empty()) continue;
    const auto leaf = leaf_key(chosen->certificates.front());
    if (!leaf) continue;
    judge_key(e, leaf->type, leaf->bits, out);
    seen = true;
  }
  for (const Tried& tried : evidence.handshakes) {
    if (!tried.handshake.done || tried.handshake.key_type.empty()) continue;
    judge_key(e, tried.handshake.key_type, tried.handshake.key_bits, out);
    seen = true;
  }
  if (!seen)
    out.not_proven(Dimension::sizes, "no-certificate", "no certificate was seen to measure");
}

}  // namespace tlspolicy::prove
