// SPDX-License-Identifier: Apache-2.0
// Who connects to an endpoint, and with what: clients whose offers are known against what a scan
// found.
#pragma once

#include <vector>

#include "forecast/forecast.hpp"
#include "report/json.hpp"
#include "report/style.hpp"
#include "scan/result.hpp"

namespace tlspolicy::report {

struct Reached {
  const forecast::Client* client = nullptr;
  forecast::Outcome outcome;
};
// In the clients' order; {} where no TLS server answered.  What signs in TLS 1.3 is known from
// whole handshakes alone, so there a client counts as served when it takes what was shown.
std::vector<Reached> reached(const scan::Endpoint&, const forecast::Clients&);
// How many connect, and who does not and why; what each gets with --verbose.
std::string reach_text(const scan::Endpoint&, const std::vector<Reached>&, const Style&);
// What that leaves out of account; "; …" or "".
std::string reach_caveat(const scan::Endpoint&);
Json json_of(const std::vector<Reached>&);

}  // namespace tlspolicy::report
