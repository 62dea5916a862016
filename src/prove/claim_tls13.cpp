// SPDX-License-Identifier: Apache-2.0
// TLS 1.3: suites and groups outside the expectation, both beside one control.
//
// The key_share is empty, so a server that agrees answers with HelloRetryRequest (RFC 8446 4.1.4):
// it names suite and group without a key or a signature, groups included that we cannot compute.
#include <fmt/format.h>

#include "prove/claims.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;

struct Picked {
  std::optional<crypto::Suite> suite{};
  std::optional<crypto::Group> group{};
};
Picked picked(const wire::Hello& hello, const Answers& answers) {
  const auto* answer = answer_to(hello, answers);
  if (!answer) return {};
  if (const auto* chosen = std::get_if<wire::Chosen>(answer)) return {chosen->suite, chosen->group};
  if (const auto* retry = std::get_if<wire::Retry>(answer)) return {retry->suite, retry->group};
  return {};
}

// Where the policy's own list cannot be enforced, what is foreseen is held against the answers.
std::string outside_of(const char* what, bool enforced) {
  return fmt::format("{} {} in TLSv1.3", what, enforced ? "outside" : "beyond what is foreseen");
}
}  // namespace

void claim_tls13(Questions& q, const TlsExpectation& e, const Answers& answers) {
  if (!has(e.protocols, Protocol::tls13)) return;
  const wire::Hello control{.versions = {Protocol::tls13},
                            .suites = with(e.tls13_suites, popular_in(Protocol::tls13)),
                            .groups = with(e.groups, known_groups()),
                            .schemes = with(e.schemes, known_schemes()),
                            .shares = {},
                            .sni = {}};
  q.preferred = control;
  const auto claim = [&](Dimension dimension, const char* what, auto list, const auto& expected,
                         bool enforced) {
    if (expected.empty()) return;
    wire::Hello forbidden = control;
    forbidden.*list = without(control.*list, expected);
    q.claims.push_back(
        {dimension, outside_of(what, enforced), forbidden, control, true, {}, false});
  };
  claim(Dimension::tls13_suites, "suites", &wire::Hello::suites, e.tls13_suites,
        e.of_policy.tls13_suites.empty());
  claim(Dimension::groups, "groups", &wire::Hello::groups, e.groups, e.of_policy.groups.empty());
  claim_told(q, Dimension::tls13_suites, "suites outside the policy in TLSv1.3", control,
             &wire::Hello::suites, e.of_policy.tls13_suites,
             [&](const wire::Hello& hello) { return picked(hello, answers).suite; });
  claim_told(q, Dimension::groups, "groups outside the policy in TLSv1.3", control,
             &wire::Hello::groups, e.of_policy.groups,
             [&](const wire::Hello& hello) { return picked(hello, answers).group; });
}

}  // namespace tlspolicy::prove
