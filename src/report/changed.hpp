// SPDX-License-Identifier: Apache-2.0
// What a change of the host came to, for `tlspolicy set`, `undo` and `recover` alike.
#pragma once

#include <string>
#include <vector>

#include "apply/apply.hpp"
#include "apply/compose.hpp"
#include "plan/plan.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct Skipped {
  std::string service;
  Error error;
};
struct Changed {
  std::string verb;           // "set", "undo", "recover"
  std::string before, after;  // what was selected before, and is now; "" is upstream
  bool nothing_to_do = false;
  bool only_some = false;  // set --service
  bool live = true;        // false under --root: neither reloaded nor proven
  apply::Outcome outcome;
  std::vector<Skipped> skipped;              // broken before us: not touched
  std::vector<apply::Weakening> weakenings;  // what --weaker allowed
  plan::Plan plan;                           // of what was asked for: shortfalls, notes
};

// 0 everything was done; 4 only a part was; 3 nothing was.
int status_of(const Changed&);
std::string changed_text(const Changed&, const Style&);
std::string changed_json(const Changed&);

}  // namespace tlspolicy::report
