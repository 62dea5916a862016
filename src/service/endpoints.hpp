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

}  // namespace tlspolicy::service
