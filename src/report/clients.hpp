// SPDX-License-Identifier: Apache-2.0
// Clients that a policy loses, as text and JSON; list, show and plan say it alike.
#pragma once

#include <string>
#include <vector>

#include "forecast/forecast.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

// A client that is lost for several uses for the same reason stands once: "web, mail".
std::string lost_text(const std::vector<forecast::Lost>&, const Style&, int indent);
// How many clients are cut off, those whose mail merely goes in plaintext not counted.
int cut_off(const std::vector<forecast::Lost>&);
// "15 of 42 known, mail of 1 more goes in plaintext"
std::string counted(const std::vector<forecast::Lost>&, std::size_t known);

}  // namespace tlspolicy::report
