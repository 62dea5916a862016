// SPDX-License-Identifier: Apache-2.0
// tlspolicy check: live proof that endpoints accept what their effective policy says and nothing
// else.  Targets are services or endpoints; without any, everything is checked.
#include <fmt/format.h>

#include <algorithm>

#include "apply/compose.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "report/check.hpp"
#include "service/further.hpp"

namespace tlspolicy::cli {
namespace {

struct Wanted {
  std::vector<prove::Target> targets;
  std::vector<Error> left_out;
  std::set<std::string> unmatched;  // names on the command line that meant nothing
};

bool is_meant(const Request& request, const std::string& service, const std::string& endpoint) {
  if (!request.services.empty() && !request.services.contains(service::plain_name(service)))
    return false;
  if (request.targets.empty()) return true;
  return std::ranges::any_of(request.targets, [&](const std::string& one) {
    return one == service || one == service::plain_name(service) || one == endpoint;
  });
}

// What would make "complies" say too much: of clients what tables have for single peers, of servers
// names that were not looked at.
void add_beyond_proof(const plan::ServicePlan& service, Wanted& out) {
  for (const auto& error : service.beyond_proof) {
    const bool of_servers = error.id == plan::kNamesUnread;
    if (std::ranges::any_of(out.targets, [&](const prove::Target& one) {
          return one.service == service.service && one.client.way.empty() == of_servers;
        }))
      out.left_out.push_back(error);
  }
}

Wanted choose(const Request& request, const plan::Plan& plan, bool as_root) {
  Wanted out;
  out.unmatched = {request.targets.begin(), request.targets.end()};
  for (const auto& service : plan.services) {
    out.unmatched.erase(service.service);
    out.unmatched.erase(service::plain_name(service.service));
    if (service.skipped) {
      if (is_meant(request, service.service, "")) {
        out.left_out.push_back(*service.skipped);
        out.left_out.back().what = service.service + ": " + service.skipped->what;
      }
      continue;
    }
    // Which of them there are may stand where root alone can read it (sshd's host keys).
    if (service.endpoints.empty() && !as_root && is_meant(request, service.service, ""))
      out.left_out.push_back({"endpoints-unseen",
                              service.service + ": its endpoints are not to be seen without root",
                              {},
                              "sudo tlspolicy check " + service.service});
    for (auto& target : apply::targets_of(service)) {
      out.unmatched.erase(target.endpoint);
      if (is_meant(request, service.service, target.endpoint))
        out.targets.push_back(std::move(target));
    }
    add_beyond_proof(service, out);
  }
  return out;
}

Error unknown(const std::string& target, const plan::Plan& plan) {
  std::vector<std::string> known;
  for (const auto& service : plan.services) {
    known.push_back(service.service);
    for (const auto& one : service.endpoints) known.push_back(one.endpoint.id);
  }
  return {"unknown-target",
          fmt::format("there is no service and no endpoint \"{}\" on this host", target),
          {},
          fmt::format("there are: {}", fmt::join(known, " "))};
}

}  // namespace

Answer run_check(const Request& request, Context& context) {
  if (!context.host.is_live())
    return failed({"not-live", "nothing runs under another root: there is nothing to prove",
                   request.root, "run it on the host itself, without --root"});
  const auto view = look(context, request.services);
  if (!view) return failed(view.error());
  std::string policy = view->settings.settings.policy;
  if (request.has_policy) {
    const auto named = policy_id(request.policy, view->world.catalogue);
    if (!named) return failed(named.error());
    policy = *named;
  }
  const auto plan = plan_for(*view, policy);
  if (!plan) return failed(plan.error());
  auto wanted = choose(request, *plan, context.host.is_root());
  if (!wanted.unmatched.empty()) return failed(unknown(*wanted.unmatched.begin(), *plan));

  context.progress(fmt::format("proving {} endpoints", wanted.targets.size()));
  const report::Checked checked{policy, context.prove(wanted.targets), std::move(wanted.left_out)};
  return Reply{
      report::complies(checked) ? kDone : kDiffers,
      request.json ? report::check_json(checked) : report::check_text(checked, context.style)};
}

}  // namespace tlspolicy::cli
