// SPDX-License-Identifier: Apache-2.0
// Values with the names in them resolved; see effective.hpp.
#include "service/effective.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace tlspolicy::service {
namespace {
constexpr int kDeepest = 16;

constexpr std::string_view kNameBytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

// The name behind a "$" at the start of `text`, which is cut off.  nullopt: "${name?text}" and the
// like, or no name at all.
std::optional<std::string> take_name(std::string_view& text) {
  text.remove_prefix(1);
  const char open = text.empty() ? '\0' : text.front();
  const bool enclosed = open == '{' || open == '(';
  if (enclosed) text.remove_prefix(1);
  const auto size = std::min(text.find_first_not_of(kNameBytes), text.size());
  const std::string name(text.substr(0, size));
  text.remove_prefix(size);
  if (enclosed) {
    if (text.empty() || text.front() != (open == '{' ? '}' : ')')) return std::nullopt;
    text.remove_prefix(1);
  }
  if (name.empty()) return std::nullopt;
  return name;
}
}  // namespace

std::vector<std::string> listed(std::string_view value) {
  return base::words(base::replace_all(std::string(value), ",", " "));
}

std::vector<std::string> listed_tables(std::string_view value) {
  std::vector<std::string> out;
  std::string item;
  int depth = 0;
  for (const char c : value) {
    const bool between = c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (c == '{') ++depth;
    if (c == '}' && depth > 0) --depth;
    if (!between || depth > 0) {
      item += c;
    } else if (!item.empty()) {
      out.push_back(std::exchange(item, {}));
    }
  }
  if (!item.empty()) out.push_back(std::move(item));
  return out;
}

const config::Scope* scope_called(const std::vector<config::Source>& settings,
                                  std::string_view argument) {
  for (const auto& source : settings)
    for (const auto& scope : source.setting.scopes)
      if (!argument.empty() && scope.argument == argument) return &scope;
  return nullptr;
}

std::string Effective::raw(std::string_view key, const config::Scope* scope) const {
  const config::Setting* top = nullptr;
  const config::Setting* own = nullptr;
  for (const auto& source : settings_) {
    const auto& setting = source.setting;
    if (setting.key != key) continue;
    if (setting.scopes.empty()) top = &setting;
    if (scope && std::ranges::find(setting.scopes, *scope) != setting.scopes.end()) own = &setting;
  }
  if (own || top) return base::join((own ? own : top)->args, " ");
  const auto found = defaults_.find(base::lower(key));
  return found == defaults_.end() ? "" : found->second;
}

std::optional<std::string> Effective::value(std::string_view key,
                                            const config::Scope* scope) const {
  return resolve(raw(key, scope), scope);
}

std::optional<std::string> Effective::resolve(std::string_view text,
                                              const config::Scope* scope) const {
  return resolve(text, scope, 0);
}

std::optional<std::string> Effective::resolve(std::string_view text, const config::Scope* scope,
                                              int depth) const {
  if (depth > kDeepest) return std::nullopt;
  std::string out;
  while (!text.empty()) {
    const auto dollar = std::min(text.find('$'), text.size());
    out += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.starts_with("$$")) {
      out += '$';
      text.remove_prefix(2);
    } else if (!text.empty()) {
      const auto name = take_name(text);
      const auto inner =
          name ? resolve(raw(*name, scope), scope, depth + 1) : std::optional<std::string>();
      if (!inner || out.size() + inner->size() > 65'536) return std::nullopt;
      out += *inner;
    }
  }
  return out;
}

}  // namespace tlspolicy::service
