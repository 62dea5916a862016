// SPDX-License-Identifier: Apache-2.0
// Small pure helpers on text; see text.hpp.
#include "base/text.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>

namespace tlspolicy::base {
namespace {
constexpr std::string_view kBlank = " \t\r\n\v\f";
char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (;;) {
    const auto at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const auto start = text.find_first_not_of(kBlank);
    if (start == std::string_view::npos) return out;
    const auto end = std::min(text.find_first_of(kBlank, start), text.size());
    out.emplace_back(text.substr(start, end - start));
    text.remove_prefix(end);
  }
}

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> out = split(text, '\n');
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

std::string_view trim(std::string_view text) {
  const auto start = text.find_first_not_of(kBlank);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlank) - start + 1);
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (&part != &parts.front()) out += separator;
    out += part;
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower_char);
  return out;
}

bool iequals(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_char, lower_char);
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

Result<std::string> substitute(std::string_view text, const Lookup& lookup) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      out += text[i];
      continue;
    }
    const std::string_view rest = text.substr(i + 1);
    if (rest.starts_with('$')) {
      out += '$';
      ++i;
      continue;
    }
    const auto close = rest.find('}');
    if (!rest.starts_with('{') || close == std::string_view::npos)
      return fail("bad-substitution", "a \"$\" that is neither \"${name}\" nor \"$$\"",
                  std::string(text));
    const auto name = rest.substr(1, close - 1);
    auto value = lookup(name);
    if (!value)
      return fail("unknown-name", "nothing is called \"" + std::string(name) + "\" here",
                  std::string(text));
    out += *value;
    i += close + 1;
  }
  return out;
}

bool matches_glob(std::string_view pattern, std::string_view name) {
  return fnmatch(std::string(pattern).c_str(), std::string(name).c_str(), FNM_PERIOD) == 0;
}

}  // namespace tlspolicy::base
