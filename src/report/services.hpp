// SPDX-License-Identifier: Apache-2.0
// What plan and status say about one service: effective set, shortfalls, warnings, notes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

// "Apache HTTP Server 2.4.66, OpenSSL 3.0.17"
std::string heading(const plan::ServicePlan&);
// What an endpoint will accept, in one line: "TLSv1.2 TLSv1.3; 6+3 suites; groups x25519 …".
std::string effective_line(const std::map<std::string, plan::Predicted>&);
// The same with every name, one dimension a line.
std::string effective_text(const std::map<std::string, plan::Predicted>&, const Style&, int indent);

std::string shortfalls_text(const std::vector<plan::Shortfall>&, const Style&);
std::string notes_text(const std::vector<std::string>&, const Style&);
// "label     what (where)", then the remedy below it.
std::string errors_text(std::string_view label, Tone, const std::vector<Error>&, const Style&);

std::string_view change_of(const plan::FileChange&);  // "new file", "changed", "removed"

inline constexpr std::string_view kPackaged =
    "packaged configuration file (dpkg conffile): editing it holds back unattended upgrades";

}  // namespace tlspolicy::report
