// SPDX-License-Identifier: Apache-2.0
// Forbidden protocol versions: one hello for each, offering nothing but that version, beside one
// control with an allowed version in the same hello.
#include <fmt/format.h>

#include "prove/claims.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol, crypto::Suites;
using enum Protocol;

constexpr std::size_t kSuites = 60;     // more of them some servers refuse (wolfSSL, Erlang)
constexpr std::size_t kAllowed = 28;    // of these; the rest is for what must not be
constexpr std::size_t kTls12Only = 16;  // where TLS 1.2 itself is forbidden

// Suites that fit the control and every forbidden version alike.
Suites broad(const TlsExpectation& e) {
  if (e.protocols.empty()) return first_of(popular_in(tls12), kSuites);  // all older ones, too
  Suites out;
  if (const auto version = classic(e))
    out = first_of(only(popular_in(*version),
                        [&](auto suite) { return e.suites.empty() || has(e.suites, suite); }),
                   kAllowed);
  if (!has(e.protocols, tls12)) out = with(out, first_of(popular_in(tls12), kTls12Only));
  return first_of(with(out, popular_in(tls10)), kSuites);
}

Suites broad_with_tls13(const TlsExpectation& e) {
  const Suites newest = e.tls13_suites.empty() ? first_of(popular_in(tls13), 3) : e.tls13_suites;
  return first_of(with(newest, broad(e)), kSuites);
}

// A hello with the SSLv2 kinds has no room for anything allowed.
Claim ssl2_claim(const wire::Hello& base) {
  wire::Hello hello;
  hello.versions = {ssl2};
  hello.suites = popular_in(ssl2);
  return {Dimension::protocols, std::string(name(ssl2)), hello, base, false, {}, false};
}

// A server without TLS 1.3 reads legacy_version and would rightly choose TLS 1.2, so the forbidden
// hello has no older suite (RFC 8446 4.2.1, D.1).  One that chooses TLS 1.3 wherever it is offered,
// and then has no key that may sign there, refuses the control as well.
Claim tls13_claim(const TlsExpectation& e, const wire::Hello& base, const Answers& answers) {
  wire::Hello control = base;
  control.versions = {classic(e).value_or(tls12), tls13};
  control.suites = first_of(with(popular_in(tls13), base.suites), kSuites);
  wire::Hello forbidden = control;
  forbidden.versions = {tls13};
  forbidden.suites = popular_in(tls13);
  const bool alike = !turned_down(control, answers);
  return {Dimension::protocols,
          std::string(name(tls13)),
          forbidden,
          alike ? control : base,
          alike,
          {},
          false};
}
}  // namespace

wire::Hello base_hello(const TlsExpectation& e, const Answers& answers) {
  // Where nothing is expected, whatever is answered shows that it serves.
  const bool anything = e.protocols.empty();
  wire::Hello all{.versions = anything ? crypto::Protocols{tls10, tls11, tls12, tls13}
                                       : with({tls12}, e.protocols),
                  .suites = broad_with_tls13(e),
                  .groups = with(e.groups, known_groups()),
                  .schemes = with(e.schemes, known_schemes()),
                  .shares = {},
                  .sni = {}};
  if (anything) {
    // Family after family, as long as somebody refuses them.
    const auto refused = [&](const wire::Hello& hello) {
      const auto* answer = answer_to(hello, answers);
      return answer && !accepted(*answer) && answers_at_all(*answer);
    };
    if (!refused(all)) return all;
    // Without TLS 1.3, which some speak with no key that they have.
    all.versions = {tls10, tls11, tls12};
    all.suites = first_of(popular_in(tls12), kSuites);
    for (auto left = without(popular_in(tls12), all.suites); !left.empty() && refused(all);
         left = without(left, all.suites))
      all.suites = first_of(left, kSuites);
    return all;
  }
  const auto version = classic(e);
  if (!version) return all;
  wire::Hello one = all;
  one.versions = {*version};
  one.suites = broad(e);
  if (!turned_down(one, answers)) return one;
  all.versions = e.protocols;
  return all;
}

void claim_versions(Questions& out, const TlsExpectation& e, const Answers& answers) {
  if (e.protocols.empty()) return;
  for (const Protocol version : {tls13, tls12, tls11, tls10, ssl3, ssl2}) {
    if (has(e.protocols, version)) continue;
    if (version == ssl2) {
      out.claims.push_back(ssl2_claim(out.base));
    } else if (version == tls13) {
      out.claims.push_back(tls13_claim(e, out.base, answers));
    } else {
      wire::Hello forbidden = out.base;
      forbidden.versions = {version};
      out.claims.push_back(
          {Dimension::protocols, std::string(name(version)), forbidden, out.base, true, {}, false});
    }
  }
}

}  // namespace tlspolicy::prove
