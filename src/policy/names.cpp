// SPDX-License-Identifier: Apache-2.0
// Strict lists of neutral names; see names.hpp.
#include "policy/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/nearest.hpp"
#include "base/text.hpp"

namespace tlspolicy::policy {
namespace {
template <class Rows>
std::vector<std::string> names_of(const Rows& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows) out.emplace_back(row.name);
  return out;
}

// Reads `key` word by word; `lookup` gives what a name stands for, nullopt where it is unknown.
template <class T, class Lookup, class Rows>
std::vector<T> read_list(base::TomlTable& table, std::string_view key, std::string_view kind,
                         const Lookup& lookup, const Rows& rows) {
  std::vector<T> out;
  for (const auto& word : table.words(key)) {
    const auto value = lookup(word.text);
    if (!value) {
      table.wrong({"unknown-name", fmt::format("no {} is called \"{}\"", kind, word.text),
                   word.where, meant(word.text, names_of(rows))});
      continue;
    }
    if (std::ranges::find(out, *value) != out.end()) {
      table.wrong({"duplicate-name", fmt::format("\"{}\" stands twice in \"{}\"", word.text, key),
                   word.where, "remove one of the two; the first place counts"});
      continue;
    }
    out.push_back(*value);
  }
  return out;
}

bool number(std::string_view text, unsigned& out) {
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc{} && read.ptr == end;
}

bool is_date(std::string_view year, std::string_view month, std::string_view day) {
  unsigned y = 0, m = 0, d = 0;
  if (!number(year, y) || !number(month, m) || !number(day, d)) return false;
  using namespace std::chrono;
  return y >= 1990 && year_month_day{std::chrono::year(static_cast<int>(y)), std::chrono::month(m),
                                     std::chrono::day(d)}
                          .ok();
}
}  // namespace

std::string meant(std::string_view name, const std::vector<std::string>& known) {
  const auto found = base::nearest(name, known);
  return found ? fmt::format("did you mean \"{}\"?", *found)
               : "docs/policy-format.md says where the names come from";
}

crypto::Suites read_suites(base::TomlTable& table, std::string_view key, bool tls13) {
  const auto words = table.words(key);
  for (const auto& word : words) {
    const auto suite = crypto::suite_named(word.text);
    if (!suite || crypto::usable_in(*suite, crypto::Protocol::tls13) == tls13) continue;
    table.wrong({"wrong-list",
                 fmt::format("\"{}\" is {}a suite of TLS 1.3", word.text, tls13 ? "not " : ""),
                 word.where, fmt::format("move it to \"{}\"", tls13 ? "suites" : "tls13_suites")});
  }
  return read_list<crypto::Suite>(table, key, "cipher suite", crypto::suite_named,
                                  crypto::all_suites());
}

crypto::Groups read_groups(base::TomlTable& table, std::string_view key) {
  return read_list<crypto::Group>(table, key, "group", crypto::group_named, crypto::all_groups());
}

crypto::Schemes read_schemes(base::TomlTable& table, std::string_view key) {
  return read_list<crypto::Scheme>(table, key, "signature scheme", crypto::scheme_named,
                                   crypto::all_schemes());
}

crypto::Protocol read_protocol(base::TomlTable& table, std::string_view key) {
  const std::string text = table.need_string(key);
  const auto protocol = crypto::protocol_named(text);
  std::vector<std::string> known;
  for (const auto each : crypto::all_protocols()) known.emplace_back(crypto::name(each));
  if (!protocol)
    table.wrong({"unknown-name", fmt::format("no protocol is called \"{}\"", text),
                 table.where(key), fmt::format("one of {}", base::join(known, ", "))});
  return protocol.value_or(crypto::Protocol::tls12);
}

std::vector<std::string> read_ssh(base::TomlTable& table, std::string_view key,
                                  crypto::SshKind kind) {
  std::vector<crypto::SshInfo> rows;
  std::ranges::copy_if(crypto::all_ssh(), std::back_inserter(rows),
                       [&](const auto& row) { return row.kind == kind; });
  const auto lookup = [&](const std::string& name) {
    return crypto::find_ssh(kind, name) ? std::optional(name) : std::nullopt;
  };
  return read_list<std::string>(table, key, "SSH algorithm of this kind", lookup, rows);
}

bool is_policy_id(std::string_view text) {
  return text.size() == 8 && is_date(text.substr(0, 4), text.substr(4, 2), text.substr(6));
}

bool is_day(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         is_date(text.substr(0, 4), text.substr(5, 2), text.substr(8));
}

bool is_service_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace tlspolicy::policy
