// SPDX-License-Identifier: Apache-2.0
// Which [[set]] rows of a manifest can be used for a policy on one instance, and which of them are
// left out so that nothing stricter is loosened (R6).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/overrides.hpp"
#include "policy/policy.hpp"

namespace tlspolicy::plan {

struct Row {
  const service::Set* set = nullptr;
  service::Rendered value;
};

// Rows whose feature is there and whose value the library can say at least in part.
// `pristine` are the settings without ours: a row may yield to them, or need one.
Result<std::vector<Row>> usable_rows(const service::Manifest&, const service::Instance&,
                                     const service::Facts&,
                                     const std::vector<config::Source>& pristine);

// Rows that choose a list by its name say what the list holds: ours, or a stricter one that stays.
void fill_in_lists(std::vector<Row>&, const std::vector<Found>&, bool first_wins);

// What the rows say for each dimension: the policy's names that the library has words for.
std::map<std::string, std::vector<std::string>> wanted_by(const std::vector<Row>&);

// The stricter value of a dimension that somebody set at the service's own top level, if there is
// one.  A package's default is nobody's wish: the selected policy takes its place.
const Found* stricter_global(const std::vector<Found>&, const std::string& dimension,
                             bool first_wins);

// Does one value of this row decide several dimensions?
bool is_whole(const Row&);

// For rows that decide several dimensions at once: the policy, limited to what somebody's own value
// allows in those dimensions in which it is the stricter one.  nullopt: there is none.
std::optional<service::Facts> limited(const service::Facts&, const std::vector<Row>&,
                                      const std::vector<Found>&, bool first_wins);

// Leaves out rows that would loosen an override that is stricter than the policy.
std::vector<Row> never_loosening(std::vector<Row>, const std::vector<Found>&, bool first_wins);

// Is this override of a lower scope beaten by one of our rows, so that it may stay?
bool is_beaten(const Found&, const std::vector<Row>&,
               const std::map<std::string, std::vector<std::string>>& wanted);

// Both lists' common names, in the order of the first.
std::vector<std::string> common(const std::vector<std::string>&, const std::vector<std::string>&);

}  // namespace tlspolicy::plan
