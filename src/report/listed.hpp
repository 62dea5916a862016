// SPDX-License-Identifier: Apache-2.0
// Protocols, suites and the like as words with blanks between them; inside of src/report.
#pragma once

#include <string>
#include <vector>

#include "base/text.hpp"

namespace tlspolicy::report {

template <class Terms>
std::string listed(const Terms& terms) {
  std::vector<std::string> out;
  for (const auto& term : terms) out.emplace_back(name(term));
  return base::join(out, " ");
}

}  // namespace tlspolicy::report
