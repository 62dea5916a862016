// SPDX-License-Identifier: Apache-2.0
// What went wrong, for people on stderr and as the JSON root "tlspolicy.error/1".
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

// "tlspolicy: <what> (<where>)", then its remedy on a line of its own.
std::string errors_message(const std::vector<Error>&, const Style&);
std::string errors_json(const std::vector<Error>&);

}  // namespace tlspolicy::report
