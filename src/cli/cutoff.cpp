// SPDX-License-Identifier: Apache-2.0
// Clients at this host's endpoints; see cutoff.hpp.
#include "cli/cutoff.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>

namespace tlspolicy::cli {
namespace {
using forecast::Use;

// Who connects there: from the words before TLS, else from the port (IANA's registry of services),
// else whom the service is for.
// Directory, chat and database clients are none that we know.
std::optional<Use> use_of(const service::Endpoint& endpoint, const std::string& clients) {
  if (!endpoint.client.empty()) return std::nullopt;  // it goes to others, nobody comes
  constexpr std::pair<int, Use> kMail[] = {{465, Use::mail}, {993, Use::mail}, {995, Use::mail}};
  constexpr int kOthers[] = {636, 853, 989, 990, 5061, 5223, 5270, 5432, 6514, 6697};
  if (endpoint.preamble == "smtp") return endpoint.port == 25 ? Use::mta : Use::mail;
  if (endpoint.preamble == "imap" || endpoint.preamble == "pop3" || endpoint.preamble == "sieve")
    return Use::mail;
  if (!endpoint.preamble.empty()) return std::nullopt;
  for (const auto& [port, use] : kMail)
    if (port == endpoint.port) return use;
  if (std::ranges::find(kOthers, endpoint.port) != std::end(kOthers)) return std::nullopt;
  return clients == "mail" ? Use::mail : Use::web;
}

std::vector<std::string> predicted(const plan::EndpointPlan& endpoint,
                                   const std::string& dimension) {
  const auto found = endpoint.dimensions.find(dimension);
  return found == endpoint.dimensions.end() ? std::vector<std::string>{} : found->second.names;
}

template <class Lookup>
auto terms(const std::vector<std::string>& names, Lookup lookup) {
  std::vector<typename decltype(lookup(std::string_view()))::value_type> out;
  for (const auto& name : names)
    if (const auto term = lookup(name)) out.push_back(*term);
  return out;
}

// The service's own value of a dimension that it has no setting for is not known: then nobody is
// said to be lost through it.
template <class Term, class Info>
void or_any(std::vector<Term>& terms, std::span<const Info> all, Term Info::*number) {
  if (!terms.empty()) return;
  for (const auto& info : all) terms.push_back(info.*number);
}

// What the plan predicts for the endpoint.  Suites are those that its certificates go with already.
std::optional<forecast::Accepted> accepted_at(const plan::EndpointPlan& endpoint) {
  forecast::Accepted out;
  out.protocols = terms(predicted(endpoint, "protocols"), crypto::protocol_named);
  if (out.protocols.empty()) return std::nullopt;
  out.suites = terms(predicted(endpoint, "suites"), crypto::suite_named);
  out.tls13_suites = terms(predicted(endpoint, "tls13_suites"), crypto::suite_named);
  out.groups = terms(predicted(endpoint, "groups"), crypto::group_named);
  out.schemes = terms(predicted(endpoint, "schemes"), crypto::scheme_named);
  or_any(out.suites, crypto::all_suites(), &crypto::SuiteInfo::suite);
  or_any(out.tls13_suites, crypto::all_suites(), &crypto::SuiteInfo::suite);
  or_any(out.groups, crypto::all_groups(), &crypto::GroupInfo::group);
  or_any(out.schemes, crypto::all_schemes(), &crypto::SchemeInfo::scheme);
  out.server_order = predicted(endpoint, "order") == std::vector<std::string>{"server"};
  out.dh_bits = endpoint.dh_bits;
  out.ecdsa = true;
  return out;
}

const plan::EndpointPlan* endpoint_named(const plan::Plan& plan, const std::string& id) {
  for (const auto& service : plan.services)
    for (const auto& one : service.endpoints)
      if (one.endpoint.id == id) return &one;
  return nullptr;
}

// Each client stands once for a use and a reason, whatever number of endpoints says the same.
void note(std::vector<forecast::Lost>& list, const forecast::Client& client, Use use,
          const forecast::Loss& loss, const std::string& endpoint) {
  auto same = std::ranges::find_if(list, [&](const forecast::Lost& one) {
    return one.client == &client && one.use == use && one.loss == loss;
  });
  if (same == list.end()) same = list.insert(same, {&client, use, loss, use == Use::mta});
  same->endpoints.push_back(endpoint);
}

// Where all endpoints of a use say the same, none of them is named.
void leave_out_all(std::vector<forecast::Lost>& list, const std::map<Use, std::size_t>& judged) {
  for (auto& one : list)
    if (one.endpoints.size() == judged.at(one.use)) one.endpoints.clear();
}

void compare(const std::string& clients_of, const plan::EndpointPlan& endpoint,
             const plan::EndpointPlan* old, const forecast::Clients& clients,
             std::map<Use, std::size_t>& judged, report::Cutoff& out) {
  const auto use = use_of(endpoint.endpoint, clients_of);
  const auto after = accepted_at(endpoint);
  if (!use || !after) return;
  ++judged[*use];
  const auto& id = endpoint.endpoint.id;
  const auto before = old ? accepted_at(*old) : std::nullopt;
  if (!before) out.compared = false;
  for (const auto& client : clients) {
    if (!client.uses.contains(*use)) continue;
    const auto then = forecast::judge(client, *after);
    const auto now = before ? std::optional(forecast::judge(client, *before)) : std::nullopt;
    if (!then.handshake && (!now || now->handshake)) note(out.lost, client, *use, then.loss, id);
    if (then.handshake && now && !now->handshake) note(out.gained, client, *use, now->loss, id);
  }
}
}  // namespace

report::Cutoff cutoff(const plan::Plan& now, const plan::Plan& wanted,
                      const forecast::Clients& clients) {
  report::Cutoff out{.known = clients.size(), .compared = true};
  std::map<Use, std::size_t> judged;
  for (const auto& service : wanted.services)
    for (const auto& endpoint : service.endpoints)
      compare(service.clients, endpoint, endpoint_named(now, endpoint.endpoint.id), clients, judged,
              out);
  leave_out_all(out.lost, judged);
  leave_out_all(out.gained, judged);
  std::ranges::stable_sort(out.lost, {}, [](const auto& one) { return one.client->title; });
  std::ranges::stable_sort(out.gained, {}, [](const auto& one) { return one.client->title; });
  return out;
}

}  // namespace tlspolicy::cli
