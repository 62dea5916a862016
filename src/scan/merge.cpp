// SPDX-License-Identifier: Apache-2.0
// See merge.hpp.
#include "scan/merge.hpp"

#include <algorithm>

namespace tlspolicy::scan {
using crypto::Suite, crypto::Suites;

bool Merge::over() const {
  return std::ranges::count_if(lists_, [](const Suites& list) { return !list.empty(); }) < 2;
}

Suites Merge::firsts() const {
  Suites out;
  for (const auto& list : lists_)
    if (!list.empty()) out.push_back(list.front());
  return out;
}

bool Merge::took(Suite suite) {
  for (auto& list : lists_) {
    if (list.empty() || list.front() != suite) continue;
    list.erase(list.begin());
    taken_.push_back(suite);
    return true;
  }
  return false;
}

Suites Merge::whole() const {
  Suites out = taken_;
  for (const auto& list : lists_) out.insert(out.end(), list.begin(), list.end());
  return out;
}

}  // namespace tlspolicy::scan
