// SPDX-License-Identifier: Apache-2.0
// The settings file as people keep it: what changes is written into the text that is there, so that
// comments and order stay.
#pragma once

#include <string>
#include <string_view>

#include "policy/settings.hpp"

namespace tlspolicy::policy {

// `text` with the selected policy of `wanted`, and without the exemptions that `wanted` has no
// longer.  Where that is not all of `wanted` (tables written inline, a file that does not parse),
// it is print_settings(wanted).
std::string settings_text(std::string_view text, const Settings& wanted);

}  // namespace tlspolicy::policy
