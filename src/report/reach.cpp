// SPDX-License-Identifier: Apache-2.0
// See reach.hpp.
#include "report/reach.hpp"

#include <algorithm>

#include "base/lists.hpp"

namespace tlspolicy::report {
namespace {
using crypto::Protocol, scan::Fact;

forecast::Accepted accepted_by(const scan::Endpoint& endpoint) {
  forecast::Accepted out;
  out.rsa = out.ecdsa = false;
  for (const auto& version : endpoint.versions) {
    if (version.accepted != Fact::yes || version.protocol == Protocol::ssl2) continue;
    out.protocols.push_back(version.protocol);
    if (version.protocol == Protocol::tls13) {
      out.tls13_suites = version.suites.accepted;
    } else {
      // The newest one's order; what only older versions have stands behind it.
      out.suites = base::with(version.suites.accepted, out.suites);
      out.server_order = version.suites.order == scan::Order::server;
    }
  }
  for (const auto& one : endpoint.schemes12)
    out.schemes = base::with(out.schemes, one.schemes.accepted);
  for (const auto& one : endpoint.signed13)
    if (one.scheme) out.schemes = base::with(out.schemes, {*one.scheme});
  for (const auto& field : endpoint.fields) out.dh_bits = std::max(out.dh_bits, field.bits);
  for (const auto& chain : endpoint.chains) {
    const bool rsa = chain.certificates.front().key_type.starts_with("RSA");
    out.rsa = out.rsa || rsa;
    out.ecdsa = out.ecdsa || !rsa;
  }
  return out;
}
}  // namespace

std::vector<Reached> reached(const scan::Endpoint& endpoint, const forecast::Clients& clients) {
  if (endpoint.serves != Fact::yes || endpoint.ssh) return {};
  auto accepted = accepted_by(endpoint);
  const bool newest = scan::accepts(endpoint, Protocol::tls13);
  std::vector<Reached> out;
  for (const auto& client : clients) {
    accepted.groups = newest && client.max_protocol >= Protocol::tls13 ? endpoint.groups13.accepted
                                                                       : endpoint.groups12.accepted;
    out.push_back({&client, forecast::judge(client, accepted)});
  }
  return out;
}

}  // namespace tlspolicy::report
