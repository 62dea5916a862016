// SPDX-License-Identifier: Apache-2.0
// What went wrong, for people on stderr and as the JSON root "tlspolicy.error/1".
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

// An error behind a label of `pad` columns: its first line with its place, wrapped, and below it,
// with `indent` blanks, as they are, those of a file or of a program's own words.
std::string labelled(const Style&, const std::string& label, int pad, int indent, const Error&);

// "tlspolicy: <what> (<where>)", then its remedy on a line of its own.
std::string errors_message(const std::vector<Error>&, const Style&);
std::string errors_json(const std::vector<Error>&);

}  // namespace tlspolicy::report
