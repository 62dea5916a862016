// SPDX-License-Identifier: Apache-2.0
// Signed key exchanges up to TLS 1.2: groups, signature schemes, the order of suites, the size of
// a finite field, and each kind of certificate.  One hello with allowed ECDHE suites is the control
// of the groups, the control of the schemes and the first of the two orders.
//
// A server with an EC certificate needs the certificate's own curve among the client's groups
// (RFC 8422 5.1), so a refused hello without that curve says nothing.  Therefore the control holds
// all forbidden groups first and one allowed group alone, that curve: a server that prefers a
// forbidden group over it shows so, and one that does not will never negotiate any, because every
// client that it can serve offers the curve.
#include "prove/claims.hpp"
#include "prove/leaf.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Groups, crypto::KeyExchange, crypto::Protocol, crypto::Suites;

Suites with_kx(const Suites& suites, KeyExchange kx) {
  return only(suites, [&](auto suite) {
    const auto* info = crypto::find(suite);
    return info && info->kx == kx;
  });
}

// Servers may put ChaCha20 first for the clients that do (SSL_OP_PRIORITIZE_CHACHA) and keep their
// order for all the rest, so it is left out where two others are there to compare.
Suites orderly(const Suites& suites) {
  const Suites plain = only(suites, [](auto suite) {
    const auto* info = crypto::find(suite);
    return info && !info->encryption.starts_with("CHACHA20");
  });
  return plain.size() >= 2 ? plain : suites;
}

std::optional<crypto::Group> curve_shown(const wire::Hello& hello, const Answers& answers) {
  const auto* answer = answer_to(hello, answers);
  const auto* chosen = answer ? std::get_if<wire::Chosen>(answer) : nullptr;
  if (!chosen || chosen->certificates.empty()) return std::nullopt;
  const auto leaf = leaf_key(chosen->certificates.front());
  return leaf ? leaf->curve : std::nullopt;
}

Groups one_allowed(const TlsExpectation& e, const Questions& q, const Answers& answers) {
  const auto curve = curve_shown(q.base, answers);
  if (curve && has(e.groups, *curve)) return {*curve};
  const auto usual = crypto::group_named("secp256r1");
  if (usual && has(e.groups, *usual)) return {*usual};
  return e.groups;
}

wire::Hello forward_hello(const Questions& q, const TlsExpectation& e, Protocol version,
                          const Suites& suites, const Answers& answers) {
  const Groups outside = without(q.base.groups, e.groups);
  wire::Hello narrow{.versions = {version},
                     .suites = orderly(suites),
                     .groups = with(outside, one_allowed(e, q, answers)),
                     .schemes = q.base.schemes,
                     .shares = {},
                     .sni = {}};
  if (!turned_down(narrow, answers)) return narrow;
  wire::Hello wide = narrow;
  wide.suites = suites;
  wide.groups = with(outside, e.groups);
  return wide;
}

void claim_groups(Questions& q, const TlsExpectation& e, const wire::Hello& forward,
                  const Answers& answers) {
  wire::Hello forbidden = forward;
  forbidden.groups = without(forward.groups, e.groups);
  if (e.groups.empty() || forbidden.groups.empty()) return;
  Claim claim{Dimension::groups, "groups outside in ", forbidden, forward, true, {}, false};
  claim.about += name(forward.versions.front());
  const auto curve = curve_shown(forward, answers);
  if (curve && without(forward.groups, forbidden.groups) != Groups{*curve})
    claim.weakness = "the server's EC certificate needs a curve that the refused hello lacks";
  q.claims.push_back(claim);
}

void claim_schemes(Questions& q, const TlsExpectation& e, const wire::Hello& forward,
                   const Answers& answers) {
  if (forward.versions.front() != Protocol::tls12) return;
  wire::Hello forbidden = forward;
  forbidden.schemes = without(forward.schemes, e.schemes);
  const bool enforced = e.of_policy.schemes.empty();
  if (!e.schemes.empty())
    q.claims.push_back({Dimension::schemes,
                        enforced ? "signature schemes outside in TLSv1.2"
                                 : "signature schemes beyond what is foreseen in TLSv1.2",
                        forbidden,
                        forward,
                        true,
                        {},
                        false});
  claim_told(q, Dimension::schemes, "signature schemes outside the policy in TLSv1.2", forward,
             &wire::Hello::schemes, e.of_policy.schemes, [&](const wire::Hello& hello) {
               const auto* answer = answer_to(hello, answers);
               const auto* chosen = answer ? std::get_if<wire::Chosen>(answer) : nullptr;
               return chosen ? chosen->scheme : std::nullopt;
             });
}

// Server's order shows in an equal choice for both.  A client's order shows in two choices; where
// both are equal, a third hello without that suite tells a server's order from a single suite.
void ask_order(Questions& q, const TlsExpectation& e, const wire::Hello& forward,
               const Answers& answers) {
  if (!e.order || forward.suites.size() < 2) return;
  wire::Hello backward = forward;
  std::ranges::reverse(backward.suites);
  q.order = {forward, backward};
  const auto* one = answer_to(forward, answers);
  const auto* two = answer_to(backward, answers);
  const auto* first = one ? std::get_if<wire::Chosen>(one) : nullptr;
  const auto* second = two ? std::get_if<wire::Chosen>(two) : nullptr;
  if (*e.order == policy::Order::server || !first || !second || first->suite != second->suite)
    return;
  wire::Hello third = forward;
  std::erase(third.suites, first->suite);
  q.order.push_back(third);
}

bool leaf_seen(std::string_view type, const Answers& answers) {
  return std::ranges::any_of(answers, [&](const Asked& asked) {
    const auto* chosen = std::get_if<wire::Chosen>(&asked.answer);
    if (!chosen || chosen->certificates.empty()) return false;
    const auto leaf = leaf_key(chosen->certificates.front());
    return leaf && leaf->type == type;
  });
}

void ask_certificates(Questions& q, const TlsExpectation& e, Protocol version,
                      const Answers& answers) {
  const auto ask = [&](crypto::Auth auth, std::string_view type) {
    const Suites suites = only(allowed_in(e, version), [&](auto suite) {
      const auto* info = crypto::find(suite);
      return info && info->auth == auth;
    });
    if (suites.empty() || leaf_seen(type, answers)) return;
    q.certificates.push_back({.versions = {version},
                              .suites = suites,
                              .groups = q.base.groups,
                              .schemes = q.base.schemes,
                              .shares = {},
                              .sni = {}});
  };
  if (e.rsa_bits > 0) ask(crypto::Auth::rsa, "RSA");
  if (e.ec_bits > 0) ask(crypto::Auth::ecdsa, "EC");
}
}  // namespace

void claim_key_exchange(Questions& q, const TlsExpectation& e, const Answers& answers) {
  const auto version = classic(e);
  if (!version || e.suites.empty()) return;
  const Suites allowed = allowed_in(e, *version);
  const Suites elliptic = with_kx(allowed, KeyExchange::ecdhe);
  const Suites finite = with_kx(allowed, KeyExchange::dhe);
  if (!elliptic.empty()) {
    const wire::Hello forward = forward_hello(q, e, *version, elliptic, answers);
    claim_groups(q, e, forward, answers);
    claim_schemes(q, e, forward, answers);
    ask_order(q, e, forward, answers);
  } else if (!allowed.empty()) {
    const wire::Hello forward{.versions = {*version},
                              .suites = orderly(finite.empty() ? allowed : finite),
                              .groups = {},
                              .schemes = q.base.schemes,
                              .shares = {},
                              .sni = {}};
    if (!finite.empty()) claim_schemes(q, e, forward, answers);
    ask_order(q, e, forward, answers);
  }
  // Without supported_groups: a server then shows its own field instead of one that we name
  // (RFC 7919 4).
  if (e.dh_bits > 0 && !finite.empty())
    q.finite_field = wire::Hello{.versions = {*version},
                                 .suites = finite,
                                 .groups = {},
                                 .schemes = q.base.schemes,
                                 .shares = {},
                                 .sni = {}};
  ask_certificates(q, e, *version, answers);
}

}  // namespace tlspolicy::prove
