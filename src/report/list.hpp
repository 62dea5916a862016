// SPDX-License-Identifier: Apache-2.0
// The catalogue, for `tlspolicy list`.
#pragma once

#include <string>

#include "forecast/forecast.hpp"
#include "policy/policy.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct Listing {
  const policy::Catalogue& catalogue;
  std::string selected;         // "" is upstream
  forecast::Clients clients{};  // those that each date is held against
};
std::string list_text(const Listing&, const Style&);
std::string list_json(const Listing&);

}  // namespace tlspolicy::report
