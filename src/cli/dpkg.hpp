// SPDX-License-Identifier: Apache-2.0
// Waiting for dpkg: while packages are unpacked and configured, their configuration files and
// services change under our hands.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/context.hpp"

namespace tlspolicy::cli {

// The process that holds a write lock on a file with one of these inode numbers, by the kernel's
// table of locks, proc_locks(5).
std::optional<std::string> lock_holder(std::string_view proc_locks,
                                       const std::set<std::string>& inodes);

// Returns once dpkg and apt are done; "dpkg-busy" where they still are after `limit`.
Result<void> wait_for_dpkg(Context&, std::chrono::seconds limit);

}  // namespace tlspolicy::cli
