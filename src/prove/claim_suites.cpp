// SPDX-License-Identifier: Apache-2.0
// Forbidden suites up to TLS 1.2: for each allowed version the complement of the expectation over
// the whole registry, beside the same hello with the allowed suites in front.
//
// One hello first.  Where its control is turned down the server does not bear so many suites
// (wolfSSL: about 150), and the complement is split: into parts of at most 140, then of at most 60.
// Each part is strictly smaller and has its own control, so the chain ends.
#include <fmt/format.h>

#include "prove/claims.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol, crypto::Suites;
using enum Protocol;

constexpr std::size_t kLarge = 140;
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

bool spoken(Protocol version, const Answers& answers) {
  return std::ranges::any_of(answers, [&](const Asked& asked) {
    const auto* chosen = std::get_if<wire::Chosen>(&asked.answer);
    return chosen && chosen->version == version;
  });
}

struct Splitter {
  const Questions& q;
  const TlsExpectation& e;
  const Answers& answers;
  Protocol version;
  std::vector<Claim> out{};

  Claim claim(const Suites& part) const {
    const Protocol beside = control_version(e, version);
    return {Dimension::suites, fmt::format("{} suites outside in {}", part.size(), name(version)),
            suites_hello(q, version, part),
            suites_hello(q, beside, with(allowed_in(e, beside), part)),
            true, {}};
  }

  void split(const Suites& part) {
    const bool whole = part.size() <= kSmall || !spoken(version, answers) ||
                       !turned_down(claim(part).control, answers);
    if (whole) {
      out.push_back(claim(part));
      return;
    }
    const std::size_t most = part.size() > kLarge ? kLarge : kSmall;
    const std::size_t parts = (part.size() + most - 1) / most;
    for (std::size_t i = 0; i < parts; ++i)
      split(Suites(part.begin() + static_cast<std::ptrdiff_t>(part.size() * i / parts),
                   part.begin() + static_cast<std::ptrdiff_t>(part.size() * (i + 1) / parts)));
  }

  // The base hello is itself a control for those forbidden suites that stand in it.
  void split_beside_base(const Suites& all) {
    if (q.base.versions != crypto::Protocols{version} || !turned_down(claim(all).control, answers))
      return split(all);
    const Suites first = only(all, [&](auto suite) { return has(q.base.suites, suite); });
    if (!first.empty()) {
      out.push_back(claim(first));
      out.back().control = q.base;
    }
    const Suites rest = without(all, first);
    if (rest.empty()) return;
    const std::size_t half = rest.size() / 2;
    const auto middle = rest.begin() + static_cast<std::ptrdiff_t>(half);
    split(Suites(rest.begin(), middle));
    split(Suites(middle, rest.end()));
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
    splitter.split_beside_base(forbidden);
    q.claims.insert(q.claims.end(), splitter.out.begin(), splitter.out.end());
  }
}

}  // namespace tlspolicy::prove
