// SPDX-License-Identifier: Apache-2.0
// The generations of this host, for `tlspolicy history`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

struct History {
  std::vector<journal::Generation> generations;  // oldest first
  std::map<int, int> undone_by;                  // generation -> the one that took it back
  std::vector<Error> unreadable;                 // generations whose file is damaged
};
std::string history_text(const History&, const Style&);
std::string history_json(const History&);

// A change that goes back by itself unless it is confirmed: as an error for those whom it stops.
Error waits(const journal::Generation&);
std::string confirmed_text(const journal::Generation&);
std::string confirmed_json(const journal::Generation&);
std::string shown_time(std::uint32_t unix_seconds);  // "2026-11-23 14:05:10 UTC"

}  // namespace tlspolicy::report
