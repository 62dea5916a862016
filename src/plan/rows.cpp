// SPDX-License-Identifier: Apache-2.0
// Chooses the rows of a manifest for one instance; see rows.hpp.
#include "plan/rows.hpp"

#include <algorithm>

#include "service/effective.hpp"

namespace tlspolicy::plan {
namespace {
using service::Set;

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

void add_all(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const auto& one : more)
    if (!has(list, one)) list.push_back(one);
}

// Does the administrator's own configuration want this row?
bool is_wanted(const Set& set, const std::vector<config::Source>& pristine,
               const service::Effective& effective) {
  const auto has_value = [&](const std::string& key) {
    return !effective.value(key, nullptr).value_or("$").empty();
  };
  const auto is_given = [&](const std::string& key) {
    return std::ranges::any_of(pristine, [&](const config::Source& source) {
      return source.setting.scopes.empty() && source.setting.key == key &&
             !source.setting.args.empty();
    });
  };
  if (set.yields && is_given(set.key)) return false;
  if (std::ranges::any_of(set.without, is_given)) return false;
  return set.with.empty() || std::ranges::any_of(set.with, has_value);
}

bool is_named(const service::Place& place, const std::vector<Row>& rows) {
  return place.named_by.empty() ||
         std::ranges::any_of(rows, [&](const Row& row) { return row.set->key == place.named_by; });
}
}  // namespace

Result<std::vector<Row>> usable_rows(const service::Manifest& manifest,
                                     const service::Instance& instance, const service::Facts& facts,
                                     const std::vector<config::Source>& pristine) {
  const auto& can = instance.capability;
  const service::Effective effective(pristine, instance.dump);
  std::vector<Row> out;
  for (const auto& set : manifest.sets) {
    if (!set.when.empty() && set.when != service::dialect_of(manifest, can)) continue;
    if (!service::has_feature(manifest, set.needs, instance)) continue;
    if (!is_wanted(set, pristine, effective)) continue;
    const auto plain = service::expand_known(set.value, instance.vars);
    auto value = service::render(plain, facts, can);
    if (!value) return tl::make_unexpected(value.error());
    if (!value->text.empty() || set.empty) out.push_back({&set, std::move(*value)});
  }
  std::erase_if(out, [&](const Row& row) { return !is_named(manifest.place_of(*row.set), out); });
  return out;
}

void fill_in_lists(std::vector<Row>& rows, const std::vector<Found>& found, bool first_wins) {
  for (auto& row : rows) {
    if (row.set->means.empty()) continue;
    for (const auto& list : rows)
      if (has(list.set->enforces, row.set->means)) row.value.said = list.value.said;
    if (const auto* own = stricter_global(found, row.set->means, first_wins))
      row.value.said = own->names;
  }
}

std::map<std::string, std::vector<std::string>> wanted_by(const std::vector<Row>& rows) {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& row : rows)
    for (const auto& dimension : row.set->enforces)
      add_all(out[dimension], row.value.of(dimension).said);
  return out;
}

const Found* stricter_global(const std::vector<Found>& found, const std::string& dimension,
                             bool first_wins) {
  const Found* winner = nullptr;
  for (const auto& one : found)
    if (!one.lower && !one.narrows && one.dimension == dimension && (!first_wins || !winner))
      winner = &one;
  if (!winner) return nullptr;
  // Key exchange parameters that are big enough serve, whoever chose them.
  if (dimension == "sizes" && winner->relation == Relation::equal) return winner;
  const bool wished = !winner->shipped || dimension == "sizes";
  return wished && winner->relation == Relation::stricter ? winner : nullptr;
}

bool is_whole(const Row& row) { return row.set->enforces.size() > 1; }

std::optional<service::Facts> limited(const service::Facts& facts, const std::vector<Row>& rows,
                                      const std::vector<Found>& found, bool first_wins) {
  std::optional<service::Facts> out;
  for (const auto& row : rows)
    for (const auto& dimension : row.set->enforces) {
      const auto* own = is_whole(row) ? stricter_global(found, dimension, first_wins) : nullptr;
      if (!own || own->names.empty()) continue;
      if (!out) out = facts;
      service::limit(*out, dimension, own->names);
    }
  return out;
}

std::vector<Row> never_loosening(std::vector<Row> rows, const std::vector<Found>& found,
                                 bool first_wins) {
  std::erase_if(rows, [&](const Row& row) {
    if (row.set->bounds == Set::Bounds::narrow) return false;
    if (is_whole(row)) {  // theirs stays where it is nowhere weaker
      return std::ranges::all_of(row.set->enforces, [&](const std::string& dimension) {
        return stricter_global(found, dimension, first_wins) ||
               std::ranges::any_of(found, [&](const Found& one) {
                 return one.dimension == dimension && !one.lower && !one.shipped &&
                        one.relation == Relation::equal;
               });
      });
    }
    for (const auto& dimension : row.set->enforces)
      if (stricter_global(found, dimension, first_wins)) return true;
    if (row.set->bounds != Set::Bounds::replace) return false;
    return std::ranges::any_of(found, [&](const Found& one) {
      return one.lower && !one.narrows && one.relation == Relation::stricter &&
             has(row.set->beats, one.key);
    });
  });
  return rows;
}

bool is_beaten(const Found& found, const std::vector<Row>& rows,
               const std::map<std::string, std::vector<std::string>>& wanted) {
  if (found.of_request) return false;
  return std::ranges::any_of(rows, [&](const Row& row) {
    if (!has(row.set->beats, found.key)) return false;
    if (row.set->bounds == Set::Bounds::replace) return true;
    if (row.set->bounds != Set::Bounds::narrow) return false;
    // Cutting away must leave something: SSLProtocol TLSv1 under a minimum of 1.2 would be a
    // virtual host that nobody can reach.
    const auto policy = wanted.find(found.dimension);
    return found.names.empty() || policy == wanted.end() ||
           !common(found.names, policy->second).empty();
  });
}

std::vector<std::string> common(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  std::vector<std::string> out;
  std::ranges::copy_if(a, std::back_inserter(out),
                       [&](const std::string& name) { return has(b, name); });
  return out;
}

}  // namespace tlspolicy::plan
