// SPDX-License-Identifier: Apache-2.0
// The generations of this host, for `tlspolicy history`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct History {
  std::vector<journal::Generation> generations;  // oldest first
  std::map<int, int> undone_by;                  // generation -> the one that took it back
  std::vector<Error> unreadable;                 // generations whose file is damaged
};
std::string history_text(const History&, const Style&);
std::string history_json(const History&);

}  // namespace tlspolicy::report
