// SPDX-License-Identifier: Apache-2.0
// Unified diffs for `plan`, and the three-way merge that takes our change out of a file that an
// administrator edited since.  Over libdtl.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tlspolicy::base {

// Unified diff with three lines of context, "--- a/…" and "+++ b/…" headers built from `name`
// ("/dev/null" on the side where `from`/`to` is absent); "" where both are equal.  A missing final
// newline is said as diff(1) says it.
std::string unified_diff(std::string_view name, const std::optional<std::string>& from,
                         const std::optional<std::string>& to);

// `mine` and `theirs` are two descendants of `base`; nullopt where their changes touch each other,
// other than lines added beside lines taken out.
std::optional<std::string> merge(std::string_view base, std::string_view mine,
                                 std::string_view theirs);

}  // namespace tlspolicy::base
