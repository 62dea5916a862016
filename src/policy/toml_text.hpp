// SPDX-License-Identifier: Apache-2.0
// Pieces of TOML text, quoted as TOML 1.0 wants basic strings to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tlspolicy::policy {

std::string toml_quoted(std::string_view text);
std::string toml_line(std::string_view key, std::string_view value);  // key = "value"
std::string toml_list(std::string_view key, const std::vector<std::string>& values);

}  // namespace tlspolicy::policy
