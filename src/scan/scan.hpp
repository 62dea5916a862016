// SPDX-License-Identifier: Apache-2.0
// Scanning endpoints side by side: courses that say what to ask, over one loop that asks.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "probe/probe.hpp"
#include "scan/source.hpp"

namespace tlspolicy::scan {

struct Means {
  probe::Limits limits{};
  int retries = 1;  // of a question that got silence, a reset or no connection
  int endpoints_at_once = 32;
  bool ssh_moduli = false;  // of SSH servers: which fields they give, at one connection a size
  std::string now = {};     // RFC 3339, for certificates; "": nobody knows
  // For all of one endpoint, however often it answers at the last moment; what is not known then
  // stays a gap.
  std::chrono::seconds endpoint{900};
};

// Takes targets as it can use them, and gives each result as soon as it is there, in the order in
// which they end.  Memory holds only the endpoints under way.
void scan(Source& source, const std::function<void(Endpoint)>& done, const Means& = {});

// Was it scanned for that target?  Where nobody was at its address, another of the name was taken.
bool asked_for(const Target& scanned, const Target&);

// The same for a few; results in the order of the targets.
std::vector<Endpoint> scan(const std::vector<Target>&, const Means& = {});

}  // namespace tlspolicy::scan
