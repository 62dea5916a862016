// SPDX-License-Identifier: Apache-2.0
// What `set` would do, for `tlspolicy plan`.
#pragma once

#include <string>

#include "plan/plan.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct Planned {
  std::string selected;  // now; "" is upstream
  const plan::Plan& plan;
};
std::string plan_text(const Planned&, const Style&);
std::string plan_json(const Planned&);

}  // namespace tlspolicy::report
