// SPDX-License-Identifier: Apache-2.0
// Forbidden suites up to TLS 1.2: for each allowed version the complement of the expectation over
// the whole registry, beside the same hello with the allowed suites in front.
//
// One hello first.  Where its control is turned down the server does not bear so many suites
// (wolfSSL: 150), and the complement is split: into halves, then into parts of at most 60.  Each
// part is strictly smaller and has its own control, so the chain ends.
#include <fmt/format.h>

#include "prove/claims.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol, crypto::Suites;
using enum Protocol;

constexpr std::size_t kLarge = 149;  // and one allowed suite
constexpr std::size_t kSmall = 60;

wire::Hello suites_hello(const Questions& q, Protocol version, Suites suites) {
  return {.versions = {version},
          .suites = std::move(suites),
          .groups = q.base.groups,
          .schemes = q.base.schemes,
          .shares = {},
          .sni = {}};
}

Suites forbidden_in(const TlsExpectation& e, Protocol version) {
  return without(popular_in(version), e.suites);
}

// A version whose allowed suites are none (TLS 1.0 with AEAD suites alone) has no control of its
// own; TLS 1.1 beside TLS 1.0 and 1.2 shares TLS 1.0's, to keep within the connections.
Protocol control_version(const TlsExpectation& e, Protocol version) {
  if (allowed_in(e, version).empty()) return *classic(e);
  const bool all_three = has(e.protocols, tls10) && has(e.protocols, tls12);
  if (version == tls11 && all_three && !allowed_in(e, tls10).empty()) return tls10;
  return version;
}

// An allowed suite that the server is known to take in that version, for controls that have to be
// small; empty where it has not spoken that version yet.
Suites known_to_work(const TlsExpectation& e, Protocol version, const Answers& answers) {
  for (const Asked& asked : answers) {
    const auto* chosen = std::get_if<wire::Chosen>(&asked.answer);
    if (chosen && chosen->version == version && has(e.suites, chosen->suite))
      return {chosen->suite};
  }
  return {};
}

Suites slice(const Suites& list, std::size_t from, std::size_t to) {
  return {list.begin() + static_cast<std::ptrdiff_t>(from),
          list.begin() + static_cast<std::ptrdiff_t>(to)};
}

struct Splitter {
  const Questions& q;
  const TlsExpectation& e;
  const Answers& answers;
  Protocol version;
  std::vector<Claim> out{};

  Claim claim(const Suites& forbidden, Protocol beside, const Suites& allowed) const {
    return {Dimension::suites,
            fmt::format("{} suites outside in {}", forbidden.size(), name(version)),
            suites_hello(q, version, forbidden),
            suites_hello(q, beside, with(allowed, forbidden)),
            true,
            {},
            false};
  }

  void whole(const Suites& forbidden) {
    const Protocol beside = control_version(e, version);
    const Claim all = claim(forbidden, beside, allowed_in(e, beside));
    const Suites allowed = known_to_work(e, version, answers);
    if (allowed.empty() || !turned_down(all.control, answers)) return out.push_back(all);
    const Suites rest = beside_base(forbidden);
    const std::size_t middle = rest.size() / 2;
    part(slice(rest, 0, middle), allowed);
    part(slice(rest, middle, rest.size()), allowed);
    for (Claim& one : out) one.part = true;
  }

  // The base hello is itself a control for those forbidden suites that stand in it.
  Suites beside_base(const Suites& forbidden) {
    if (q.base.versions != crypto::Protocols{version}) return forbidden;
    const Suites there = only(forbidden, [&](auto suite) { return has(q.base.suites, suite); });
    if (there.empty()) return forbidden;
    out.push_back(claim(there, version, {}));
    out.back().control = q.base;
    return without(forbidden, there);
  }

  void part(const Suites& forbidden, const Suites& allowed) {
    if (forbidden.empty()) return;
    const Claim one = claim(forbidden, version, allowed);
    if (forbidden.size() <= kSmall || !turned_down(one.control, answers)) return out.push_back(one);
    const std::size_t most = forbidden.size() > kLarge ? kLarge : kSmall;
    const std::size_t parts = (forbidden.size() + most - 1) / most;
    for (std::size_t i = 0; i < parts; ++i)
      part(slice(forbidden, forbidden.size() * i / parts, forbidden.size() * (i + 1) / parts),
           allowed);
  }
};
}  // namespace

void claim_suites(Questions& q, const TlsExpectation& e, const Answers& answers) {
  if (e.suites.empty()) return;
  for (const Protocol version : {tls12, tls11, tls10, ssl3}) {
    if (!has(e.protocols, version)) continue;
    const Protocol beside = control_version(e, version);
    Suites forbidden = forbidden_in(e, version);
    if (beside != version && !allowed_in(e, version).empty()) forbidden = forbidden_in(e, beside);
    if (forbidden.empty()) continue;
    Splitter splitter{q, e, answers, version};
    splitter.whole(forbidden);
    q.claims.insert(q.claims.end(), splitter.out.begin(), splitter.out.end());
  }
}

}  // namespace tlspolicy::prove
