// SPDX-License-Identifier: Apache-2.0
// Which generations were taken back, and which one `undo` means when it is told none.
#pragma once

#include <map>
#include <vector>

#include "journal/journal.hpp"
#include "report/history.hpp"

namespace tlspolicy::cli {

// Every generation that can be read; those that cannot are named, not hidden.
Result<report::History> load_history(journal::Journal&);

// An undo that was itself undone no longer counts.
std::map<int, int> undone_by(const std::vector<journal::Generation>&);

bool changed_something(const journal::Generation&);

// Those that changed something, are no undo themselves and were not taken back, the newest first:
// one `undo` after the other walks back step by step.
std::vector<int> to_undo(const report::History&);

}  // namespace tlspolicy::cli
