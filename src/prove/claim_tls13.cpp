// SPDX-License-Identifier: Apache-2.0
// TLS 1.3: suites and groups outside the expectation, both beside one control.
//
// The key_share is empty, so a server that agrees answers with HelloRetryRequest (RFC 8446 4.1.4):
// it names suite and group without a key or a signature, groups included that we cannot compute.
#include "prove/claims.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;
}  // namespace

void claim_tls13(Questions& q, const TlsExpectation& e) {
  if (!has(e.protocols, Protocol::tls13)) return;
  const wire::Hello control{.versions = {Protocol::tls13},
                            .suites = with(e.tls13_suites, popular_in(Protocol::tls13)),
                            .groups = with(e.groups, known_groups()),
                            .schemes = with(e.schemes, known_schemes()),
                            .shares = {},
                            .sni = {}};
  q.preferred = control;
  if (!e.tls13_suites.empty()) {
    wire::Hello forbidden = control;
    forbidden.suites = without(control.suites, e.tls13_suites);
    q.claims.push_back({Dimension::tls13_suites,
                        "suites outside in TLSv1.3",
                        forbidden,
                        control,
                        true,
                        {},
                        false});
  }
  if (!e.groups.empty()) {
    wire::Hello forbidden = control;
    forbidden.groups = without(control.groups, e.groups);
    q.claims.push_back(
        {Dimension::groups, "groups outside in TLSv1.3", forbidden, control, true, {}, false});
  }
}

}  // namespace tlspolicy::prove
