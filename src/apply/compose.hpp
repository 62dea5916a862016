// SPDX-License-Identifier: Apache-2.0
// From a plan to what the executor carries out and what the proof expects.  Pure.
#pragma once

#include <string>
#include <vector>

#include "apply/apply.hpp"
#include "plan/plan.hpp"
#include "prove/prove.hpp"

namespace tlspolicy::apply {

// What proof holds a service's endpoints against, one target an endpoint.  A service at upstream
// gets targets without expectations: they ask only whether it serves.
std::vector<prove::Target> targets_of(const plan::ServicePlan&);

// `before`: the plan for what is selected now (its targets are what a roll-back must prove);
// `verdicts`: the pre-proof of each endpoint.  Services without changed files are left out.
Change change_of(const plan::Plan& before, const plan::Plan& after,
                 const std::vector<prove::Verdict>& verdicts, journal::Member settings,
                 const std::string& verb);

// R11: what an endpoint would gain or lose that makes it weaker, measured against what it accepts
// now.  One line each, for people: "httpd:443:www.example.org gains TLSv1.0".
struct Weakening {
  std::string endpoint, text;
};
std::vector<prove::NowQuestion> weakening_questions(const std::vector<prove::Target>& after);
std::vector<Weakening> weakenings(const std::vector<prove::Target>& after,
                                  const std::vector<prove::Now>& now);

// For people: one for each text, with all its endpoints ("postfix:25, postfix:587").
std::vector<Weakening> gathered(const std::vector<Weakening>&);

}  // namespace tlspolicy::apply
