// SPDX-License-Identifier: Apache-2.0
// What a stranger wrote, as it may be shown on a terminal or in a report.
#pragma once

#include <string>
#include <string_view>

namespace tlspolicy::base {

// Control characters, what is not UTF-8, and the characters that turn writing round or hide it
// become \x1B and \u202E.
std::string visible(std::string_view text);
// The same of a line out of a text file: tabs stay.
std::string visible_line(std::string_view line);

}  // namespace tlspolicy::base
