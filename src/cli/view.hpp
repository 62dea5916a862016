// SPDX-License-Identifier: Apache-2.0
// What the verbs begin with: data, settings, the host as it was found, and the plan for a policy.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cli/verbs.hpp"
#include "cli/world.hpp"

namespace tlspolicy::cli {

struct View {
  plan::World world;
  SettingsFile settings;
  service::HostState host;
};
// Looks at the host; `only` limits it to these services, which must be known and installed.
Result<View> look(Context&, const std::set<std::string>& only = {});

Result<plan::Plan> plan_for(const View&, const std::string& policy);

// What `set` of this policy would leave in the settings, and do: exemptions whose day is over end.
struct Intended {
  policy::Settings settings;
  plan::FileChange file;  // of the settings themselves
  plan::Plan plan;
};
Result<Intended> intended(const View&, const std::string& policy);

// Services that are held at another policy than the selected one (R5).
std::vector<Error> exemption_warnings(const View&);

}  // namespace tlspolicy::cli
