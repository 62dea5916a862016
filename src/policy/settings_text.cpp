// SPDX-License-Identifier: Apache-2.0
// Settings written into the text that is there; see settings_text.hpp.
#include "policy/settings_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "policy/toml_text.hpp"

namespace tlspolicy::policy {
namespace {
using Lines = std::vector<std::string>;

bool is_header(std::string_view line) { return base::trim(line).starts_with('['); }

bool is_blank_or_comment(std::string_view line) {
  const auto text = base::trim(line);
  return text.empty() || text.starts_with('#');
}

bool is_policy(std::string_view line) {
  const auto equals = line.find('=');
  return equals != std::string_view::npos && base::trim(line.substr(0, equals)) == "policy";
}

// The value alone: a comment behind it stays.
std::string with_value(const std::string& line, const std::string& policy) {
  const auto open = line.find_first_of("\"'", line.find('='));
  const auto close = open == std::string::npos ? open : line.find(line[open], open + 1);
  if (close == std::string::npos) return toml_line("policy", policy);
  return line.substr(0, open) + toml_quoted(policy) + line.substr(close + 1);
}

// The key stands before the first table (TOML 1.0, "Table").
void select(Lines& lines, const std::string& policy) {
  const auto end = std::ranges::find_if(lines, is_header);
  const auto at = std::find_if(lines.begin(), end, is_policy);
  if (at == end)
    lines.insert(lines.begin(), toml_line("policy", policy));
  else
    *at = with_value(*at, policy);
}

// From its header to its last value: what is said above the next table belongs to that one.
void cut_table(Lines& lines, Lines::iterator header) {
  auto end = std::find_if(header + 1, lines.end(), is_header);
  while (end != header + 1 && is_blank_or_comment(*(end - 1))) --end;
  if (header != lines.begin() && base::trim(*(header - 1)).empty()) --header;
  lines.erase(header, end);
}

// Tables of one name stand in the file in the order in which they are read.
void keep(Lines& lines, const std::vector<Exemption>& now, const std::vector<Exemption>& wanted) {
  for (std::size_t i = now.size(); i-- > 0;) {
    if (std::ranges::find(wanted, now[i]) != wanted.end()) continue;
    auto header = lines.begin();
    for (std::size_t passed = 0; header != lines.end(); ++header)
      if (base::trim(*header).starts_with("[[exempt]]") && passed++ == i) break;
    if (header != lines.end()) cut_table(lines, header);
  }
}

Lines lines_of(std::string_view text) {
  Lines out;
  for (const auto& line : base::lines(text)) out.push_back(std::string(line) + "\n");
  return out;
}

}  // namespace

std::string settings_text(std::string_view text, const Settings& wanted) {
  const auto now = parse_settings(text, "");
  if (!now || text.empty()) return print_settings(wanted);
  if (*now == wanted) return std::string(text);
  auto lines = lines_of(text);
  if (now->policy != wanted.policy) select(lines, wanted.policy);
  keep(lines, now->exemptions, wanted.exemptions);
  std::string out;
  for (const auto& line : lines) out += line;
  const auto again = parse_settings(out, "");
  return again && *again == wanted ? out : print_settings(wanted);
}

}  // namespace tlspolicy::policy
