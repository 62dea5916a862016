// SPDX-License-Identifier: Apache-2.0
// The long explanation behind the id of an error or a finding, for `tlspolicy explain`.
#pragma once

#include <string>

#include "report/style.hpp"

namespace tlspolicy::report {

struct Message {
  std::string id, title, explanation, remedy;
};
std::string explain_text(const Message&, const Style&);
std::string explain_json(const Message&);

}  // namespace tlspolicy::report
