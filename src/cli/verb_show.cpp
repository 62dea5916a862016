// SPDX-License-Identifier: Apache-2.0
// tlspolicy show: what a policy says, neutral and, with --service, in the words of that service on
// this host or (--assume) on another.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/elsewhere.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "plan/pristine.hpp"
#include "report/show.hpp"

namespace tlspolicy::cli {
namespace {

// Lines of `content` that tlspolicy put there.
std::vector<std::string> our_lines(const std::string& content) {
  if (plan::is_ours(content)) return base::lines(content);
  auto rest = base::lines(plan::without_ours(content));
  std::vector<std::string> out;
  for (const auto& line : base::lines(content)) {
    const auto theirs = std::ranges::find(rest, line);
    if (theirs == rest.end())
      out.push_back(line);
    else
      rest.erase(theirs);
  }
  return out;
}

// What each file will contain: from the plan where it changes, from the host where it does not.
std::map<std::string, std::string> final_texts(const service::Instance& instance,
                                               const plan::ServicePlan& plan) {
  std::map<std::string, std::string> out;
  for (const auto& [path, state] : instance.files)
    if (state.kind == base::FileState::Kind::file) out[path] = state.content;
  for (const auto& file : plan.files) out[file.path] = file.after.content;
  return out;
}

std::vector<report::Rendered> rendered(const View& view, const plan::Plan& plan) {
  std::vector<report::Rendered> out;
  for (const auto& service : plan.services) {
    const auto instance =
        std::ranges::find(view.host.instances, service.service, &service::Instance::service);
    report::Rendered one{service, {}};
    for (const auto& [path, text] : final_texts(*instance, service))
      if (auto lines = our_lines(text); !lines.empty())
        one.files.push_back({path, std::move(lines)});
    out.push_back(std::move(one));
  }
  return out;
}

Result<View> look_elsewhere(Context& context, const Request& request) {
  if (request.services.size() != 1)
    return fail("bad-assumption", "--assume is about one service", "--assume",
                "name it with --service NAME");
  auto world = load_world(context);
  if (!world) return tl::make_unexpected(world.error());
  if (auto known = known_services(request.services, *world); !known)
    return tl::make_unexpected(known.error());
  auto host = assumed_host(world->manifests.at(*request.services.begin()), request.assume);
  if (!host) return tl::make_unexpected(host.error());
  return View{*std::move(world), {}, *std::move(host)};
}

}  // namespace

Answer run_show(const Request& request, Context& context) {
  const auto catalogue = load_catalogue(context);
  if (!catalogue) return failed(catalogue.error());
  const auto settings = load_settings(context);
  if (!settings) return failed(settings.error());
  std::string policy = settings->settings.policy;
  if (request.has_policy) {
    const auto named = policy_id(request.policy, *catalogue);
    if (!named) return failed(named.error());
    policy = *named;
  }
  const auto found = catalogue->find(policy);
  auto clients = load_clients(context);
  if (!clients) return failed(clients.error());
  report::Showing showing{
      found == catalogue->end() ? nullptr : &found->second, {}, *std::move(clients)};
  if (!request.services.empty() || !request.assume.empty()) {
    const auto view =
        request.assume.empty() ? look(context, request.services) : look_elsewhere(context, request);
    if (!view) return failed(view.error());
    const auto plan = plan_for(*view, policy);
    if (!plan) return failed(plan.error());
    showing.services = rendered(*view, *plan);
  }
  return Reply{
      kDone, request.json ? report::show_json(showing) : report::show_text(showing, context.style)};
}

}  // namespace tlspolicy::cli
