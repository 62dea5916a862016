// SPDX-License-Identifier: Apache-2.0
// Entries of lookup tables that leave a policy for single peers (R6).  Tables are not rewritten:
// what is weaker is named.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/rows.hpp"

namespace tlspolicy::plan {

// Errors "policy-map-weaker" and "policy-map-unread", each once.
std::vector<Error> weaker_in_tables(const service::Manifest&, const service::Instance&,
                                    const std::map<std::string, std::vector<std::string>>& wanted);

}  // namespace tlspolicy::plan
