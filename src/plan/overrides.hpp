// SPDX-License-Identifier: Apache-2.0
// Settings elsewhere in a service's configuration that bear on a dimension of the policy, and how
// each compares with the policy's own value (R6).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/flatten.hpp"
#include "service/facts.hpp"

namespace tlspolicy::plan {

enum class Relation { equal, stricter, weaker, unknown };  // unknown counts as weaker

struct Found {
  config::Source source;
  std::string key, dimension;      // of the manifest's [[override]] row
  std::vector<std::string> names;  // what it allows; empty where unknown
  Relation relation = Relation::unknown;
  bool narrows = false;         // only takes away from what others allow: it stays
  bool leaves_nothing = false;  // a bound that takes all of the policy away, and cannot stay
  bool shipped = false;         // in a file that nobody changed since it was packaged
  bool lower = false;           // inside one of the manifest's lower scopes, or it has a `by`
  std::string by;               // of the manifest's row: the scope whose endpoints it counts for
  // In a lower scope that is none of the endpoints' (Apache's Directory): it counts for a request,
  // once the connection stands, so that nothing above beats it and no handshake shows it.
  bool of_request = false;
  bool expanded = false;     // as the program has it, out of a macro: no line to set aside
  std::size_t position = 0;  // in the order in which the program reads
};

// `wanted` are the policy's names for each dimension, limited to what the library can say.
Relation compare(std::string_view dimension, const std::vector<std::string>& names,
                 const std::vector<std::string>& wanted);

std::vector<Found> find_overrides(const service::Manifest&, const service::Capability&,
                                  const std::vector<config::Source>& settings,
                                  const std::multimap<std::string, std::string>& defaults,
                                  const std::map<std::string, std::vector<std::string>>& wanted);

// What a value of that dimension allows, as the manifest's [[override]] of it reads it; nullopt:
// not understood.
std::optional<std::vector<std::string>> allowed_by(
    const service::Manifest&, const service::Capability&, const std::string& dimension,
    const std::string& value, const std::map<std::string, std::vector<std::string>>& wanted);

// Does this override belong to the endpoint's scope?
bool covers(const Found&, const service::Endpoint&);

}  // namespace tlspolicy::plan
