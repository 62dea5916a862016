// SPDX-License-Identifier: Apache-2.0
// Errors as text and JSON; see error.hpp.
#include "report/error.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/visible.hpp"
#include "report/json.hpp"

namespace tlspolicy::report {

// What a program said may have several lines: they are shown as it wrote them, below ours.
std::string errors_message(const std::vector<Error>& errors, const Style& style) {
  std::string out;
  for (const auto& error : errors) {
    auto lines = base::lines(error.what);
    const std::string first = lines.empty() ? error.id : base::visible_line(lines.front());
    const auto where = error.where.empty() ? "" : fmt::format(" ({})", error.where);
    constexpr std::string_view kWho = "tlspolicy: ";
    out += paint(style, Tone::bad, kWho) +
           wrapped(style, std::string(kWho.size(), ' '), first + where).substr(kWho.size());
    for (std::size_t i = 1; i < lines.size(); ++i)
      out += "    " + base::visible_line(lines[i]) + "\n";  // of a file, or of a program
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
