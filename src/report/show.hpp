// SPDX-License-Identifier: Apache-2.0
// What a policy says, neutral and as a service would get it, for `tlspolicy show`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forecast/forecast.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct RenderedFile {
  std::string path;
  std::vector<std::string> lines;  // those that tlspolicy puts there
};
struct Rendered {  // one service, and what it would get
  plan::ServicePlan plan;
  std::vector<RenderedFile> files;
};
struct Showing {
  const policy::Policy* policy = nullptr;  // nullptr: upstream
  std::vector<Rendered> services;          // empty: only the neutral lists
  forecast::Clients clients{};             // those that it is held against
};
std::string show_text(const Showing&, const Style&);
std::string show_json(const Showing&);

}  // namespace tlspolicy::report
