// SPDX-License-Identifier: Apache-2.0
// Finds and weighs overrides; see overrides.hpp.
#include "plan/overrides.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "plan/rows.hpp"
#include "service/effective.hpp"

namespace tlspolicy::plan {
namespace {

bool is_subset(const std::vector<std::string>& inner, const std::vector<std::string>& outer) {
  return std::ranges::all_of(inner, [&](const std::string& name) {
    return std::ranges::find(outer, name) != outer.end();
  });
}

int number(const std::vector<std::string>& names) {
  int out = 0;
  if (names.size() == 1) std::from_chars(names[0].data(), names[0].data() + names[0].size(), out);
  return out;
}

// The most specific row wins: "SSLCipherSuite TLSv1.3" before "SSLCipherSuite".  Several of one key
// are the dimensions that its value decides.
std::vector<const service::Override*> rows_for(const service::Manifest& manifest,
                                               const service::Capability& can,
                                               const config::Setting& setting) {
  std::vector<const service::Override*> best;
  for (const auto& row : manifest.overrides) {
    if (!row.when.empty() && row.when != service::dialect_of(manifest, can)) continue;
    if (!best.empty() && row.key.size() < best.front()->key.size()) continue;
    if (!service::value_of(row.key, setting.key, setting.args)) continue;
    if (!best.empty() && row.key.size() > best.front()->key.size()) best.clear();
    best.push_back(&row);
  }
  return best;
}

// What a value allows: as the row reads it, or as the list that it chooses will be.
std::optional<std::vector<std::string>> names_in(
    const service::Override& row, const std::string& value, const service::Capability& can,
    const std::map<std::string, std::vector<std::string>>& wanted) {
  if (row.reads != "list") return service::read_value(row.reads, value, can);
  const auto list = row.lists.find(base::lower(value));
  const auto names = list == row.lists.end() ? wanted.end() : wanted.find(list->second);
  if (names == wanted.end()) return std::nullopt;
  return names->second;
}

bool in_scope(const std::vector<std::string>& kinds, const config::Setting& setting) {
  return std::ranges::any_of(setting.scopes, [&](const config::Scope& scope) {
    return std::ranges::any_of(
        kinds, [&](const std::string& kind) { return base::iequals(kind, scope.kind); });
  });
}

bool is_of_request(const service::Manifest& manifest, const config::Setting& setting) {
  std::vector<std::string> below = manifest.lower_scopes;
  for (const auto& row : manifest.endpoints) std::erase(below, row.scope);
  const bool scoped = below.size() < manifest.lower_scopes.size();
  return scoped && in_scope(below, setting);
}

}  // namespace

Relation compare(std::string_view name, const std::vector<std::string>& names,
                 const std::vector<std::string>& wanted) {
  const auto dimension = service::parted(name).second;
  if (names == wanted) return Relation::equal;
  if (dimension == "ssh_sizes" || dimension == "sizes") {
    const int have = number(names), want = number(wanted);
    return have == want ? Relation::equal : have > want ? Relation::stricter : Relation::weaker;
  }
  if (dimension == "order") return Relation::weaker;
  if (!is_subset(names, wanted)) return Relation::weaker;
  return is_subset(wanted, names) ? Relation::equal : Relation::stricter;
}

std::vector<Found> find_overrides(const service::Manifest& manifest, const service::Capability& can,
                                  const std::vector<config::Source>& settings,
                                  const std::multimap<std::string, std::string>& defaults,
                                  const std::map<std::string, std::vector<std::string>>& wanted) {
  std::vector<Found> out;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (in_scope(manifest.inert_scopes, settings[i].setting)) continue;
    for (const auto* row : rows_for(manifest, can, settings[i].setting)) {
      if (!row->by.empty() && !service::scope_called(settings, row->by)) continue;
      const auto value = service::override_value(manifest, *row, settings[i], settings, defaults);
      Found found;
      found.source = settings[i];
      found.key = row->key;
      found.dimension = row->dimension;
      found.by = row->by;
      found.lower = !row->by.empty() || in_scope(manifest.lower_scopes, settings[i].setting) ||
                    in_scope(manifest.templates, settings[i].setting);
      found.of_request = is_of_request(manifest, settings[i].setting);
      found.position = i;
      found.narrows = row->narrows;
      if (auto names = value ? names_in(*row, *value, can, wanted) : std::nullopt) {
        found.names = *names;
        const auto policy = wanted.find(row->dimension);
        if (policy != wanted.end())
          found.relation = compare(row->dimension, found.names, policy->second);
        // A bound that would leave nothing of the policy cannot stay.
        if (policy != wanted.end() && common(found.names, policy->second).empty()) {
          found.leaves_nothing = found.narrows;
          found.narrows = false;
        }
      }
      out.push_back(std::move(found));
    }
  }
  return out;
}

std::optional<std::vector<std::string>> allowed_by(
    const service::Manifest& manifest, const service::Capability& can, const std::string& dimension,
    const std::string& value, const std::map<std::string, std::vector<std::string>>& wanted) {
  for (const auto& row : manifest.overrides)
    if (row.dimension == dimension && !row.narrows) return names_in(row, value, can, wanted);
  return std::nullopt;
}

bool covers(const Found& found, const service::Endpoint& endpoint) {
  if (found.of_request) return false;
  if (!found.by.empty()) return found.by == endpoint.scope_argument;
  if (!endpoint.within.empty())
    return std::ranges::all_of(found.source.setting.scopes, [&](const config::Scope& scope) {
      const auto here = endpoint.within.find(scope.kind);
      if (here == endpoint.within.end()) return true;  // a transparent one
      if (scope.argument.starts_with('!')) return scope.argument.substr(1) != here->second;
      const auto words = base::words(scope.argument);
      return std::ranges::find(words, here->second) != words.end();
    });
  return std::ranges::any_of(found.source.setting.scopes, [&](const config::Scope& scope) {
    return base::iequals(scope.kind, endpoint.scope_kind) && scope.line == endpoint.line &&
           scope.file == endpoint.file;
  });
}

}  // namespace tlspolicy::plan
