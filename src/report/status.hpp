// SPDX-License-Identifier: Apache-2.0
// Where the host stands, for `tlspolicy status`.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "plan/plan.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct Status {
  std::string selected;           // "" is upstream
  std::string newest;             // of the catalogue; "" where there is none
  std::optional<Error> pending;   // a generation that was not finished
  std::vector<Error> exemptions;  // warnings about services that are held at another policy
  plan::Plan plan;                // for `selected`: what it would still change is drift
  // By service: the latest line of its log about TLS that it spoke; "" where none was found.
  std::map<std::string, std::string> evidence = {};
};
// Everything follows what was selected: no drift, nothing unfinished, nothing left out.
bool is_settled(const Status&);
std::string status_text(const Status&, const Style&);
std::string status_json(const Status&);

}  // namespace tlspolicy::report
