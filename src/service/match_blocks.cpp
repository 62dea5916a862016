// SPDX-License-Identifier: Apache-2.0
// Connections that meet the criteria of Match blocks; see match_blocks.hpp.
#include "service/match_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "base/text.hpp"

namespace tlspolicy::service {
namespace {

// PATTERNS in ssh_config(5): only * and ? are special, so a set's bracket is escaped.
bool matches(std::string_view pattern, std::string_view text) {
  return base::matches_glob(base::replace_all(std::string(pattern), "[", "[[]"), text);
}

struct Criterion {
  std::string_view word;          // in the configuration
  std::string_view key;           // of -C
  std::string_view usual, other;  // values to try, the latter where a list excludes the former
};
constexpr std::array kCriteria{
    Criterion{"user", "user", "root", "nobody"},
    Criterion{"group", "group", "", ""},
    Criterion{"host", "host", "localhost", "host.example"},
    Criterion{"address", "addr", "127.0.0.1", "192.0.2.1"},
    Criterion{"localaddress", "laddr", "127.0.0.1", "192.0.2.1"},
    Criterion{"localport", "lport", "22", "2222"},
    Criterion{"rdomain", "rdomain", "", ""},
};

// Something that the pattern matches: "*.example.org" -> "1.example.org", "10.0.0.0/8" -> its first
// address.
std::string sample(std::string_view pattern, std::string_view wish, char filler) {
  if (!wish.empty() && matches(pattern, wish)) return std::string(wish);
  std::string out(pattern.substr(0, pattern.find('/')));
  std::ranges::replace(out, '*', filler);
  std::ranges::replace(out, '?', filler);
  return out;
}

// A list with "!" for what must not match; the first of its own samples that nothing excludes.
std::string meeting(const std::string& list, const Criterion& criterion) {
  const auto patterns = base::split(list, ',');
  for (const auto& pattern : patterns) {
    if (pattern.empty() || pattern.starts_with('!')) continue;
    const std::initializer_list<std::pair<std::string_view, char>> tries = {
        {criterion.usual, '1'}, {criterion.other, '2'}, {"", '1'}, {"", '2'}};
    for (const auto& [wish, filler] : tries) {
      auto one = sample(pattern, wish, filler);
      const bool excluded = std::ranges::any_of(patterns, [&](const std::string& other) {
        return other.starts_with('!') && matches(std::string_view(other).substr(1), one);
      });
      if (!one.empty() && !excluded) return one;
    }
  }
  return {};
}

}  // namespace

std::string connection_for(const std::string& criteria) {
  std::array<std::string, kCriteria.size()> values;
  const auto words = base::words(base::replace_all(criteria, "=", " "));
  if (words.empty()) return {};
  for (std::size_t i = 0; i < words.size(); i += 2) {
    if (base::iequals(words[i], "all") && words.size() == 1) break;
    const auto known = std::ranges::find_if(
        kCriteria, [&](const Criterion& one) { return base::iequals(one.word, words[i]); });
    if (known == kCriteria.end() || i + 1 == words.size()) return {};
    auto& value = values.at(static_cast<std::size_t>(known - kCriteria.begin()));
    value = meeting(words[i + 1], *known);
    if (value.empty()) return {};
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    // sshd wants to be told all that any block of the configuration asks for.
    const bool by_group = i == 0 && !values[1].empty();
    const std::string_view value =
        values.at(i).empty() && !by_group ? kCriteria.at(i).usual : std::string_view(values.at(i));
    if (!value.empty()) out.push_back(fmt::format("{}={}", kCriteria.at(i).key, value));
  }
  return base::join(out, ",");
}

std::vector<MatchBlock> match_blocks(const std::vector<config::Source>& settings,
                                     const std::string& kind,
                                     const std::vector<std::string>& keys) {
  std::vector<MatchBlock> out;
  for (const auto& source : settings) {
    const auto& setting = source.setting;
    const auto scope = std::ranges::find_if(
        setting.scopes, [&](const auto& one) { return base::iequals(one.kind, kind); });
    const bool counts = std::ranges::any_of(keys, [&](const auto& key) {
      return value_of(key, setting.key, setting.args).has_value();
    });
    if (scope == setting.scopes.end() || !counts) continue;
    MatchBlock block{fmt::format("{}:{}", scope->file, scope->line),
                     fmt::format("{} {}", scope->kind, scope->argument),
                     connection_for(scope->argument)};
    if (std::ranges::find(out, block) == out.end()) out.push_back(std::move(block));
  }
  return out;
}

}  // namespace tlspolicy::service
