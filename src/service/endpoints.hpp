// SPDX-License-Identifier: Apache-2.0
// Where a service listens, and under which names, out of its configuration.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/flatten.hpp"
#include "service/host_state.hpp"

namespace tlspolicy::service {

// Endpoints by the manifest's [[endpoint]] rows.  What could not be understood goes to `notes`.
std::vector<Endpoint> endpoints(const Manifest&, const std::vector<config::Source>& settings,
                                const std::multimap<std::string, std::string>& dump,
                                std::vector<std::string>& notes);

// One more endpoint for each name in a server's tables; names that cannot be told go to `warnings`.
// `tables`: their texts, as far as they were read.  A text may be newer than what was made of it.
void add_names_of_tables(const Manifest&, const std::map<std::string, std::string>& tables,
                         std::vector<Endpoint>&, std::vector<Error>& warnings);

}  // namespace tlspolicy::service
