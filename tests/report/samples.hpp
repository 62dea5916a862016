// SPDX-License-Identifier: Apache-2.0
// Results as verbs hand them to report/: a host with Apache and sshd in which everything occurs
// once that can occur.
#pragma once

#include "apply/apply.hpp"
#include "forecast/forecast.hpp"
#include "journal/journal.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"
#include "prove/prove.hpp"

namespace tlspolicy::test {

policy::Policy sample_policy(std::string id = "20261101");
policy::Catalogue sample_catalogue();
forecast::Clients sample_clients();  // one of each kind; TLS 1.0 is all that they have
plan::ServicePlan apache_plan();
plan::ServicePlan broken_plan();
plan::Plan sample_plan();
prove::Verdict tls_verdict(prove::Outcome outcome);
prove::Verdict ssh_verdict();
apply::Outcome sample_outcome();
journal::Generation generation(int number, std::string verb, std::string outcome);

}  // namespace tlspolicy::test
