// SPDX-License-Identifier: Apache-2.0
// Errors as text and JSON; see error.hpp.
#include "report/error.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/visible.hpp"
#include "report/json.hpp"

namespace tlspolicy::report {

std::string labelled(const Style& style, const std::string& label, int pad, int indent,
                     const Error& error) {
  const auto lines = base::lines(error.what);
  const auto where = error.where.empty() ? "" : fmt::format(" ({})", error.where);
  const auto first = lines.empty() ? error.id : base::visible_line(lines.front());
  const auto width = static_cast<std::size_t>(pad);
  std::string out = label + wrapped(style, std::string(width, ' '), first + where).substr(width);
  for (std::size_t i = 1; i < lines.size(); ++i)
    out += fmt::format("{:{}}{}\n", "", indent, base::visible_line(lines[i]));
  return out;
}

std::string errors_message(const std::vector<Error>& errors, const Style& style) {
  constexpr std::string_view kWho = "tlspolicy: ";
  std::string out;
  for (const auto& error : errors) {
    out += labelled(style, paint(style, Tone::bad, kWho), static_cast<int>(kWho.size()), 4, error);
    for (const auto& line : base::lines(error.remedy)) out += wrapped(style, "  ", line);
  }
  return out;
}

std::string errors_json(const std::vector<Error>& errors) {
  Json out = root("error");
  out["errors"] = json_of(errors);
  return printed(out);
}

}  // namespace tlspolicy::report
