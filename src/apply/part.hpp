// SPDX-License-Identifier: Apache-2.0
// A change as a generation, and a generation as parts, one for each service.  Everything that
// execute, undo and recover do works on parts, so that all three do the same with what the journal
// holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/apply.hpp"

namespace tlspolicy::apply {

struct Part {
  journal::Service service;  // name "": the settings file
  std::vector<journal::Member> members;
  std::vector<journal::Step> checks;
  std::optional<journal::Step> reload, restart, active;
  std::vector<prove::Target> after, before;
};

// Without the members that do not change and the services that have none; the settings file last.
Result<journal::Generation> generation_of(host::Host&, const Change&);

// In the order in which they are changed, the settings last.
Result<std::vector<Part>> parts_of(const journal::Generation&);

}  // namespace tlspolicy::apply
