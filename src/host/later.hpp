// SPDX-License-Identifier: Apache-2.0
// A command that runs when this program is long gone, without an init system's help.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace tlspolicy::host {

// Starts a process of nobody's that waits and then becomes argv.  It holds no file of ours open:
// the lock least of all.
Result<void> run_later(const std::vector<std::string>& argv, std::chrono::seconds);

}  // namespace tlspolicy::host
