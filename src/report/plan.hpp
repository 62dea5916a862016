// SPDX-License-Identifier: Apache-2.0
// What `set` would do, for `tlspolicy plan`.
#pragma once

#include <string>

#include "forecast/forecast.hpp"
#include "plan/plan.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct Cutoff {                          // clients of this host's endpoints
  std::size_t known = 0;                 // how many were judged
  bool compared = false;                 // what connects now is known, and only changes are named
  std::vector<forecast::Lost> lost{};    // with what ends them
  std::vector<forecast::Lost> gained{};  // with what keeps them out now
};
struct Planned {
  std::string selected;  // now; "" is upstream
  const plan::Plan& plan;
  Cutoff clients{};
  plan::FileChange settings{};  // tlspolicy's own file; the same before and after: untouched
};
std::string plan_text(const Planned&, const Style&);
std::string plan_json(const Planned&);

}  // namespace tlspolicy::report
