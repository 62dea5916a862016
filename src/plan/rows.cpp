// SPDX-License-Identifier: Apache-2.0
// Chooses the rows of a manifest for one instance; see rows.hpp.
#include "plan/rows.hpp"

#include <algorithm>

namespace tlspolicy::plan {
namespace {
using service::Set;

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}
}  // namespace

Result<std::vector<Row>> usable_rows(const service::Manifest& manifest,
                                     const service::Capability& can, const policy::Tls& tls,
                                     const policy::Ssh& ssh) {
  const auto program = base::parse_version(can.program_version).value_or(base::Version{});
  const auto library = base::parse_version(can.library_version).value_or(base::Version{});
  std::vector<Row> out;
  for (const auto& set : manifest.sets) {
    if (!set.when.empty() && set.when != manifest.dialect) continue;
    if (!service::has_feature(manifest, set.needs, program, library)) continue;
    auto value = service::render(set.value, tls, ssh, can);
    if (!value) return tl::make_unexpected(value.error());
    if (!value->text.empty()) out.push_back({&set, std::move(*value)});
  }
  return out;
}

std::map<std::string, std::vector<std::string>> wanted_by(const std::vector<Row>& rows) {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& row : rows)
    for (const auto& dimension : row.set->enforces) out[dimension] = row.value.said;
  return out;
}

const Found* stricter_global(const std::vector<Found>& found, const std::string& dimension,
                             bool first_wins) {
  const Found* winner = nullptr;
  for (const auto& one : found)
    if (!one.lower && one.dimension == dimension && (!first_wins || !winner)) winner = &one;
  if (!winner) return nullptr;
  // Key exchange parameters that are big enough serve, whoever chose them.
  if (dimension == "sizes" && winner->relation == Relation::equal) return winner;
  const bool wished = !winner->shipped || dimension == "sizes";
  return wished && winner->relation == Relation::stricter ? winner : nullptr;
}

std::vector<Row> never_loosening(std::vector<Row> rows, const std::vector<Found>& found,
                                 bool first_wins) {
  std::erase_if(rows, [&](const Row& row) {
    if (row.set->bounds == Set::Bounds::narrow) return false;
    for (const auto& dimension : row.set->enforces)
      if (stricter_global(found, dimension, first_wins)) return true;
    if (row.set->bounds != Set::Bounds::replace) return false;
    return std::ranges::any_of(found, [&](const Found& one) {
      return one.lower && one.relation == Relation::stricter && has(row.set->beats, one.key);
    });
  });
  return rows;
}

bool is_beaten(const Found& found, const std::vector<Row>& rows,
               const std::map<std::string, std::vector<std::string>>& wanted) {
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
