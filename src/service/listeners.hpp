// SPDX-License-Identifier: Apache-2.0
// Endpoints of services whose dump has a block for each listener (Dovecot).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/flatten.hpp"
#include "service/host_state.hpp"

namespace tlspolicy::service {

// Fills in what the dump leaves out or empty.
void fill_in(std::multimap<std::string, std::string>& dump,
             const std::multimap<std::string, std::string>& defaults);

// By one row with `listeners`; ids are the caller's.  What is there but cannot be proven goes to
// `notes`.
std::vector<Endpoint> from_listeners(const EndpointRow&, const std::vector<config::Source>&,
                                     const std::multimap<std::string, std::string>& dump,
                                     std::vector<std::string>& notes);

}  // namespace tlspolicy::service
