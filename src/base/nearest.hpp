// SPDX-License-Identifier: Apache-2.0
// What somebody probably meant: the known name that a mistyped one is nearest to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tlspolicy::base {

// By edit distance (letters put in, left out, replaced, swapped with their neighbour), without
// regard to case; nullopt where even the nearest is further away than a third of the name.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace tlspolicy::base
