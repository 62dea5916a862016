// SPDX-License-Identifier: Apache-2.0
// Suggestions for mistyped names; see nearest.hpp.
#include "base/nearest.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace tlspolicy::base {
namespace {
// Optimal string alignment: the smallest number of edits, row by row over prefixes of `a`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last, now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) now[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::move(last);
    last = now;
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) now[j] = std::min(now[j], before_last[j - 2] + 1);
    }
  }
  return now[b.size()];
}
}  // namespace

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known) {
  const std::string wanted = lower(name);
  std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
  std::optional<std::string> out;
  for (const auto& candidate : known) {
    const std::size_t edits = distance(wanted, lower(candidate));
    if (edits >= best) continue;
    best = edits;
    out = candidate;
  }
  return out;
}

}  // namespace tlspolicy::base
