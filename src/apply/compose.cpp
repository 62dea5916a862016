// SPDX-License-Identifier: Apache-2.0
// Plans as changes and targets; see compose.hpp.
#include "apply/compose.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tlspolicy::apply {
namespace {
using Names = std::vector<std::string>;

const Names& names(const plan::EndpointPlan& endpoint, std::string_view dimension) {
  static const Names kNone;
  const auto found = endpoint.dimensions.find(std::string(dimension));
  return found == endpoint.dimensions.end() ? kNone : found->second.names;
}

// Neutral names back to wire numbers.  A name that crypto/ does not know cannot be probed for: it
// is a library's own suite outside the registry, and the complement covers what lies outside.
template <class Lookup>
auto codes(const Names& list, Lookup lookup) {
  std::vector<typename std::invoke_result_t<Lookup, std::string_view>::value_type> out;
  for (const auto& name : list)
    if (const auto code = lookup(name)) out.push_back(*code);
  return out;
}

prove::TlsExpectation tls_of(const plan::EndpointPlan& endpoint) {
  prove::TlsExpectation out;
  out.protocols = codes(names(endpoint, "protocols"), crypto::protocol_named);
  out.suites = codes(names(endpoint, "suites"), crypto::suite_named);
  out.tls13_suites = codes(names(endpoint, "tls13_suites"), crypto::suite_named);
  out.groups = codes(names(endpoint, "groups"), crypto::group_named);
  out.schemes = codes(names(endpoint, "schemes"), crypto::scheme_named);
  const auto& order = names(endpoint, "order");
  if (!order.empty())
    out.order = order.front() == "server" ? policy::Order::server : policy::Order::client;
  out.rsa_bits = endpoint.rsa_bits;
  out.ec_bits = endpoint.ec_bits;
  out.dh_bits = endpoint.dh_bits;
  const auto of_policy = [&](const char* dimension) {
    const auto found = endpoint.of_policy.find(dimension);
    return found == endpoint.of_policy.end() ? Names{} : found->second;
  };
  out.of_policy = {codes(of_policy("tls13_suites"), crypto::suite_named),
                   codes(of_policy("groups"), crypto::group_named),
                   codes(of_policy("schemes"), crypto::scheme_named)};
  return out;
}

prove::SshExpectation ssh_of(const plan::EndpointPlan& endpoint) {
  prove::SshExpectation out;
  out.kex = names(endpoint, "ssh_kex");
  out.ciphers = names(endpoint, "ssh_ciphers");
  out.macs = names(endpoint, "ssh_macs");
  out.host_keys = names(endpoint, "ssh_host_keys");
  out.public_keys = names(endpoint, "ssh_public_keys");
  out.rsa_bits = endpoint.rsa_bits;
  if (out == prove::SshExpectation{}) return out;  // no policy holds, so a block breaks none
  for (const auto& block : endpoint.endpoint.blocks)
    out.blocks.push_back({fmt::format("{} ({})", block.text, block.place), block.connection});
  return out;
}

journal::Step::Kind kind_of(const std::string& kind) {
  if (kind == "reload") return journal::Step::Kind::reload;
  if (kind == "restart") return journal::Step::Kind::restart;
  if (kind == "active") return journal::Step::Kind::active;
  return journal::Step::Kind::check;
}

ServiceChange change_of(const plan::ServicePlan& service) {
  ServiceChange out;
  out.service = service.service;
  out.restart = service.restart;
  out.running = service.running;
  for (const auto& file : service.files)
    out.members.push_back({service.service, file.path, file.before, file.after});
  for (const auto& step : service.steps)
    out.steps.push_back({service.service, kind_of(step.kind), step.argv, step.limit_s});
  out.after = targets_of(service);
  return out;
}

// A service that does not follow what is selected now (drift, or an earlier partial change) can
// only be asked whether it serves as it did.
std::vector<prove::Target> targets_before(const plan::ServicePlan& service) {
  auto out = targets_of(service);
  if (service.files.empty()) return out;
  for (auto& target : out) {
    target.observed.clear();
    std::visit([](auto& expect) { expect = {}; }, target.expect);
  }
  return out;
}

}  // namespace

std::vector<prove::Target> targets_of(const plan::ServicePlan& service) {
  std::vector<prove::Target> out;
  for (const auto& endpoint : service.endpoints) {
    const auto& at = endpoint.endpoint;
    prove::Target target;
    target.service = service.service;
    target.endpoint = at.id;
    target.place = {at.address, static_cast<std::uint16_t>(at.port), at.sni, at.preamble};
    target.client = {at.client, at.reach};
    if (at.preamble == "ssh") {
      target.expect = ssh_of(endpoint);
    } else {
      target.expect = tls_of(endpoint);
    }
    for (const auto& [name, predicted] : endpoint.dimensions)
      if (const auto dimension = prove::dimension_named(name); dimension && !predicted.enforced)
        target.observed.insert(*dimension);
    for (const auto& [name, unused] : endpoint.of_policy)
      if (const auto dimension = prove::dimension_named(name)) target.observed.insert(*dimension);
    out.push_back(std::move(target));
  }
  return out;
}

Change change_of(const plan::Plan& before, const plan::Plan& after,
                 const std::vector<prove::Verdict>& verdicts, journal::Member settings,
                 const std::string& verb) {
  Change out;
  out.verb = verb;
  out.selected_before = before.policy;
  out.selected_after = after.policy;
  out.settings = std::move(settings);
  for (const auto& service : after.services) {
    if (service.files.empty() || service.skipped) continue;
    auto change = change_of(service);
    for (const auto& old : before.services)
      if (old.service == service.service) change.before = targets_before(old);
    // A client that does not come in time has no fault that anybody saw: a queue may be busy.
    for (const auto& verdict : verdicts)
      if (verdict.serves && verdict.target.client.way.empty() &&
          verdict.target.service == service.service)
        change.serving_before.push_back(verdict.target.endpoint);
    out.services.push_back(std::move(change));
  }
  return out;
}

}  // namespace tlspolicy::apply
