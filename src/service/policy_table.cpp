// SPDX-License-Identifier: Apache-2.0
// Reads tables of text; see policy_table.hpp.
#include "service/policy_table.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "service/effective.hpp"

namespace tlspolicy::service {
namespace {
// Types whose file is text itself, or made of a text of the same name (DATABASE_README).
constexpr std::string_view kText[] = {"hash", "btree",    "lmdb",   "cdb", "dbm",
                                      "sdbm", "texthash", "regexp", "pcre"};

struct Logical {
  int line = 0;
  std::string text;
};

std::vector<Logical> logical_lines(std::string_view text) {
  std::vector<Logical> out;
  int number = 0;
  for (const auto& line : base::lines(text)) {
    ++number;
    const auto bare = base::trim(line);
    if (bare.empty() || bare.starts_with('#')) continue;
    const bool goes_on = line.front() == ' ' || line.front() == '\t';
    if (goes_on && !out.empty())
      out.back().text += " " + std::string(bare);
    else
      out.push_back({number, std::string(bare)});
  }
  return out;
}
}  // namespace

std::optional<std::string> text_file_of(std::string_view table) {
  constexpr std::string_view kProxy = "proxy:";
  if (table.starts_with(kProxy)) table.remove_prefix(kProxy.size());
  const auto colon = table.find(':');
  if (table.starts_with('/')) return std::string(table);  // of default_database_type
  if (colon == std::string_view::npos) return std::nullopt;
  const auto path = table.substr(colon + 1);
  const bool known = std::ranges::find(kText, table.substr(0, colon)) != std::end(kText);
  return known && path.starts_with('/') ? std::optional(std::string(path)) : std::nullopt;
}

std::optional<std::string> text_within(std::string_view table) {
  constexpr std::string_view kInline = "inline:", kStatic = "static:";
  const auto without_braces = [](std::string_view text) {
    text = base::trim(text);
    if (text.starts_with('{') && text.ends_with('}'))
      text = base::trim(text.substr(1, text.size() - 2));
    return text;
  };
  if (table.starts_with(kStatic))
    return "* " + std::string(without_braces(table.substr(kStatic.size()))) + "\n";
  if (!table.starts_with(kInline)) return std::nullopt;
  std::string out;
  for (const auto& entry : listed_tables(without_braces(table.substr(kInline.size())))) {
    const auto text = without_braces(entry);
    const auto equals = std::min(text.find('='), text.size());
    out += base::trim(text.substr(0, equals));
    if (equals < text.size()) out += " " + std::string(base::trim(text.substr(equals + 1)));
    out += '\n';
  }
  return out;
}

std::vector<NamedFiles> named_files(std::string_view text) {
  std::vector<NamedFiles> out;
  for (const auto& logical : logical_lines(text)) {
    auto words = listed(logical.text);
    if (words.size() < 2) continue;
    out.push_back({logical.line, words.front(), {words.begin() + 1, words.end()}});
  }
  return out;
}

std::vector<TableEntry> table_entries(std::string_view text,
                                      const std::vector<std::string>& levels) {
  std::vector<TableEntry> out;
  for (const auto& logical : logical_lines(text)) {
    const auto words = listed(logical.text);
    if (words[0] == "if" || words[0] == "endif") continue;  // pcre_table(5), regexp_table(5)
    const auto level = std::find_if(words.begin() + 1, words.end(), [&](const std::string& word) {
      return std::ranges::find(levels, base::lower(word)) != levels.end();
    });
    if (level == words.end()) {
      out.push_back({logical.line, base::join(words, " "), {}, {}});
      continue;
    }
    TableEntry entry{
        logical.line, base::join({words.begin(), level}, " "), base::lower(*level), {}};
    for (auto at = level + 1; at != words.end(); ++at)
      if (const auto equals = at->find('='); equals != std::string::npos)
        entry.attributes[base::lower(at->substr(0, equals))] = at->substr(equals + 1);
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace tlspolicy::service
