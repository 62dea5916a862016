// SPDX-License-Identifier: Apache-2.0
// What follows from the lists: known attacks that an endpoint is open to, with what shows it.
#pragma once

#include "scan/result.hpp"

namespace tlspolicy::scan {

// The worst first.  Only what was seen counts: a gap is no weakness and no strength.  `now` is RFC
// 3339, for certificates; "": nobody knows the day, and none is out of time.
std::vector<Weakness> weaknesses_of(const Endpoint&, const std::string& now = {});
std::vector<Weakness> weaknesses_of(const Ssh&);  // in no order

}  // namespace tlspolicy::scan
