// SPDX-License-Identifier: Apache-2.0
// Looks at a host and returns all that the planner may know, as one plain value.  Changes nothing.
#pragma once

#include <map>
#include <set>
#include <string>

#include "host/host.hpp"
#include "service/host_state.hpp"

namespace tlspolicy::discover {

struct Options {
  std::string preflight;       // path of tlspolicy-preflight; asks a service's own library
  std::set<std::string> only;  // these services; empty: all
};

// A service that is not installed has no instance; one whose own check fails has `broken` set.
// Nothing here is an error of its own: what could not be read stands in `notes`.
service::HostState discover(host::Host&, const std::map<std::string, service::Manifest>&,
                            const Options&);

}  // namespace tlspolicy::discover
