// SPDX-License-Identifier: Apache-2.0
// The proof, for `tlspolicy check`.
#pragma once

#include <string>
#include <vector>

#include "prove/prove.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct Checked {
  std::string policy;  // what was held against; "" is upstream: only whether it serves
  std::vector<prove::Verdict> verdicts;
  std::vector<Error> left_out;  // services that could not be checked at all
};
bool complies(const Checked&);  // everything was seen, nothing was left out
std::string check_text(const Checked&, const Style&);
std::string check_json(const Checked&);

}  // namespace tlspolicy::report
