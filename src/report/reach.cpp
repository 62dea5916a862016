// SPDX-License-Identifier: Apache-2.0
// See reach.hpp.
#include "report/reach.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/lists.hpp"
#include "report/table.hpp"

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
    const auto& leaf = chain.certificates.front();
    const bool rsa = leaf.key_type.starts_with("RSA"), dss = leaf.key_type == "DSA";
    out.rsa = out.rsa || rsa;
    out.dss = out.dss || dss;
    out.ecdsa = out.ecdsa || (!rsa && !dss);
    if (leaf.curve) out.curves = base::with(out.curves, {*leaf.curve});
  }
  return out;
}

// What stays unclear may be just what a client needs.
bool is_known(const scan::Endpoint& endpoint) {
  return std::ranges::all_of(endpoint.versions, [](const scan::Version& one) {
    if (one.protocol == Protocol::ssl2) return true;
    return one.accepted != Fact::unknown && (one.accepted == Fact::no || one.suites.whole);
  });
}

std::string what_it_gets(const forecast::Handshake& handshake) {
  std::string out = name(handshake.suite);
  if (handshake.group) out += " " + name(*handshake.group);
  return out;
}
}  // namespace

std::vector<Reached> reached(const scan::Endpoint& endpoint, const forecast::Clients& clients) {
  if (endpoint.serves != Fact::yes || endpoint.ssh) return {};
  auto accepted = accepted_by(endpoint);
  const bool known = is_known(endpoint);
  const bool newest = scan::accepts(endpoint, Protocol::tls13);
  std::vector<Reached> out;
  for (const auto& client : clients) {
    const auto& groups =
        newest && client.max_protocol >= Protocol::tls13 ? endpoint.groups13 : endpoint.groups12;
    accepted.groups = groups.accepted;
    accepted.own_group_order = groups.order == scan::Order::server;
    auto outcome = forecast::judge(client, accepted);
    if (!outcome.handshake && !known)
      outcome.loss = {"not-known", "not all that the endpoint accepts is known"};
    out.push_back({&client, std::move(outcome)});
  }
  return out;
}

std::string reach_caveat(const scan::Endpoint& endpoint) {
  std::string out;
  if (endpoint.facts.client_certificate == Fact::yes) out += "; those with a certificate";
  if (!endpoint.intolerances.empty()) out += "; what the endpoint cannot bear does not count here";
  return out;
}

std::string reach_text(const scan::Endpoint& endpoint, const std::vector<Reached>& reached,
                       const Style& style) {
  if (reached.empty()) return {};
  const auto connects = [](const Reached& one) { return one.outcome.handshake.has_value(); };
  std::string out =
      wrapped(style, fmt::format("  {:<12} ", "clients"),
              fmt::format("{} of {} known ones connect{}", std::ranges::count_if(reached, connects),
                          reached.size(), reach_caveat(endpoint)));
  Table table;
  for (const Reached& one : reached) {
    const auto& handshake = one.outcome.handshake;
    if (!handshake)
      table.row({one.client->title,
                 one.outcome.loss.id == "not-known" ? Cell("not known", Tone::warning)
                                                    : Cell("not", Tone::bad),
                 one.outcome.loss.why});
    else if (style.verbose)
      table.row(
          {one.client->title, std::string(name(handshake->protocol)), what_it_gets(*handshake)});
  }
  return out + table.text(style, 15);
}

Json json_of(const std::vector<Reached>& reached) {
  Json out = Json::array();
  for (const Reached& one : reached) {
    const auto& handshake = one.outcome.handshake;
    const bool group = handshake && handshake->group;
    out.push_back({{"id", one.client->id},
                   {"protocol", handshake ? Json(name(handshake->protocol)) : Json()},
                   {"suite", handshake ? Json(name(handshake->suite)) : Json()},
                   {"group", group ? Json(name(*handshake->group)) : Json()},
                   {"reason", one.outcome.loss.id},
                   {"why", one.outcome.loss.why}});
  }
  return out;
}

}  // namespace tlspolicy::report
