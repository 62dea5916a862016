// SPDX-License-Identifier: Apache-2.0
// Which clients a plan cuts off at this host's endpoints, or lets in again.
#pragma once

#include "forecast/forecast.hpp"
#include "plan/plan.hpp"
#include "report/plan.hpp"

namespace tlspolicy::cli {

// `now`: the plan for what is selected.  Where an endpoint is at upstream now, nothing is predicted
// for it, and everybody whom the plan leaves out is named.
report::Cutoff cutoff(const plan::Plan& now, const plan::Plan& wanted, const forecast::Clients&);

}  // namespace tlspolicy::cli
