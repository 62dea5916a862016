// SPDX-License-Identifier: Apache-2.0
// What `tlspolicy scan` found.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "report/style.hpp"
#include "scan/against.hpp"
#include "scan/grade.hpp"

namespace tlspolicy::report {

// An endpoint, and what was computed from it.
struct Judged {
  scan::Endpoint endpoint;
  std::optional<scan::Held> held = {};    // --policy
  std::optional<scan::Grade> grade = {};  // TLS that serves
};

struct Scanned {
  std::vector<Judged> endpoints;
  std::vector<Error> left_out;  // targets that could not even be looked up
};
// Of an endpoint that does not serve: one that refuses all that is offered did answer.
struct NoService {
  std::string id, label, why;  // "no-answer", "no answer", "silence"
};
NoService no_service(const scan::Endpoint&);
// What else the name has; "" where all of it was scanned.
std::string other_addresses(const scan::Target&);
std::string staple_text(const scan::Staple&);  // "stapled: good, until 2026-12-01"
// Each once: several questions may have ended alike.
std::vector<scan::Gap> gaps_of(const scan::Endpoint&);
// What an SSH server showed: a label and a text for each line.
std::vector<std::pair<std::string, std::string>> ssh_lines(const scan::Ssh&);
std::string scan_text(const Scanned&, const Style&);
std::string scan_json(const Scanned&);

}  // namespace tlspolicy::report
