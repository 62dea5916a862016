// SPDX-License-Identifier: Apache-2.0
// What each endpoint will accept once the plan is carried out, and where that falls short of the
// policy (R3).
#pragma once

#include "plan/compose.hpp"
#include "plan/plan.hpp"

namespace tlspolicy::plan {

std::vector<EndpointPlan> predict(const service::Manifest&, const service::Instance&,
                                  const std::vector<Row>&, const std::vector<Found>&,
                                  const Composed&,
                                  const std::map<std::string, std::vector<std::string>>& wanted,
                                  const service::Facts&);

std::vector<Shortfall> shortfalls(const service::Manifest&, const service::Instance&,
                                  const std::vector<Row>&, const service::Facts&,
                                  const std::vector<config::Source>& pristine);

// R9: certificates and host keys against the policy.
void guard_certificates(const service::Instance&, const service::Facts&, const std::string& policy,
                        ServicePlan&);

}  // namespace tlspolicy::plan
