// SPDX-License-Identifier: Apache-2.0
// What follows from the lists: known attacks that an endpoint is open to, with what shows it.
#pragma once

#include "scan/result.hpp"

namespace tlspolicy::scan {

// The worst first.  Only what was seen counts: a gap is no weakness and no strength.
std::vector<Weakness> weaknesses_of(const Endpoint&);
std::vector<Weakness> weaknesses_of(const Ssh&);  // in no order

}  // namespace tlspolicy::scan
