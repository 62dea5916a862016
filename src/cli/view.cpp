// SPDX-License-Identifier: Apache-2.0
// Looks at the host; see view.hpp.
#include "cli/view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "policy/settings_text.hpp"
#include "service/further.hpp"

namespace tlspolicy::cli {
namespace {

Result<void> all_installed(const std::set<std::string>& asked, const service::HostState& host) {
  for (const auto& name : asked)
    if (std::ranges::find(host.instances, name, &service::Instance::service) ==
        host.instances.end())
      return fail("service-not-installed", fmt::format("{} is not installed on this host", name),
                  {}, "`tlspolicy status` names the services that were found");
  return {};
}

// The first line that has the word, as "file:line".
std::string place_in(const SettingsFile& file, std::string_view word) {
  const auto lines = base::lines(file.state.content);
  const auto at = std::ranges::find_if(lines, [&](std::string_view line) {
    return !base::trim(line).starts_with('#') && line.find(word) != std::string_view::npos;
  });
  return at == lines.end() ? file.path : fmt::format("{}:{}", file.path, at - lines.begin() + 1);
}

// A mistyped name would leave a service at another date than the administrator thinks.
Result<void> known_settings(const SettingsFile& file, const plan::World& world) {
  std::set<std::string> named;
  for (const auto& one : file.settings.exemptions)
    named.insert(service::plain_name(one.target.substr(0, one.target.find(':'))));
  for (const auto& [name, service] : file.settings.services) named.insert(name);
  const auto known_policy = [&](const std::string& id) -> Result<void> {
    if (id.empty() || world.catalogue.contains(id)) return {};
    return fail("settings-policy", fmt::format("there is no policy \"{}\"", id), place_in(file, id),
                "put one there that `tlspolicy list` shows");
  };
  std::set<std::string> policies{file.settings.policy};
  for (const auto& one : file.settings.exemptions) policies.insert(one.policy);
  for (const auto& [name, service] : file.settings.services) policies.insert(service.minimum);
  for (const auto& id : policies)
    if (auto known = known_policy(id); !known) return known;
  for (const auto& name : named)
    if (const auto known = known_services({name}, world); !known)
      return fail("settings-service", "the settings speak of it: " + known.error().what,
                  place_in(file, name), known.error().remedy);
  return {};
}

}  // namespace

Result<View> look(Context& context, const std::set<std::string>& only) {
  auto world = load_world(context);
  if (!world) return tl::make_unexpected(world.error());
  auto settings = load_settings(context);
  if (!settings) return tl::make_unexpected(settings.error());
  if (auto known = known_settings(*settings, *world); !known)
    return tl::make_unexpected(known.error());
  if (auto known = known_services(only, *world); !known) return tl::make_unexpected(known.error());
  context.progress("looking at the host");
  View out{*std::move(world), *std::move(settings), {}};
  out.host = context.discover(out.world.manifests, only);
  if (auto there = all_installed(only, out.host); !there) return tl::make_unexpected(there.error());
  return out;
}

Result<Intended> intended(const View& view, const std::string& policy) {
  auto settings = policy::without_expired(view.settings.settings, view.world.today);
  settings.policy = policy;
  auto plan = plan::make_plan(view.world, settings, view.host, policy);
  if (!plan) return tl::make_unexpected(plan.error());
  plan::FileChange file{view.settings.path, view.settings.state, view.settings.state};
  if (settings != view.settings.settings) {
    if (file.before.kind == base::FileState::Kind::absent) file.after.mode = 0644;
    file.after.kind = base::FileState::Kind::file;
    file.after.content = policy::settings_text(file.before.content, settings);
  }
  return Intended{std::move(settings), std::move(file), *std::move(plan)};
}

Result<plan::Plan> plan_for(const View& view, const std::string& policy) {
  return plan::make_plan(view.world, view.settings.settings, view.host, policy);
}

std::vector<Error> exemption_warnings(const View& view) {
  std::vector<Error> out;
  for (const auto& one : view.settings.settings.exemptions) {
    const bool expired = one.until < view.world.today;
    if (one.target.find(':') != std::string::npos) {
      out.push_back({"exemption-of-endpoint",
                     fmt::format("the exemption of {} has no effect: only whole services can be "
                                 "held at a date of their own yet",
                                 one.target),
                     view.settings.path, "name the service, or take the exemption out"});
      continue;
    }
    out.push_back({expired ? "exemption-expired" : "exemption",
                   fmt::format("{} is held at {} until {}: {}", one.target,
                               report::shown_policy(one.policy), one.until, one.reason),
                   view.settings.path,
                   expired
                       ? "its day is over: the next `tlspolicy set` ends it, unless you give it "
                         "another day"
                       : ""});
  }
  for (const auto& [name, service] : view.settings.settings.services)
    if (!service.suites.empty())
      out.push_back({"customised-suites",
                     fmt::format("the list of suites for {} has no effect yet", name),
                     view.settings.path, "take it out, or write it into the service's own files"});
  return out;
}

}  // namespace tlspolicy::cli
