// SPDX-License-Identifier: Apache-2.0
// Pieces of TOML text; see toml_text.hpp.
#include "policy/toml_text.hpp"

#include <fmt/format.h>

namespace tlspolicy::policy {

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string toml_line(std::string_view key, std::string_view value) {
  return fmt::format("{} = {}\n", key, toml_quoted(value));
}

std::string toml_list(std::string_view key, const std::vector<std::string>& values) {
  std::string out = fmt::format("{} = [", key);
  for (const auto& value : values) out += "\n  " + toml_quoted(value) + ",";
  return out + (values.empty() ? "]\n" : "\n]\n");
}

}  // namespace tlspolicy::policy
