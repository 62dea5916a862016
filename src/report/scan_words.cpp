// SPDX-License-Identifier: Apache-2.0
// What several forms of a scan say alike.
#include <algorithm>

#include "base/text.hpp"
#include "report/scan.hpp"

namespace tlspolicy::report {

NoService no_service(const scan::Endpoint& endpoint) {
  const auto why = endpoint.why.empty() ? "nothing that was offered is accepted" : endpoint.why;
  if (endpoint.serves == scan::Fact::no) return {"all-refused", "refuses us", why};
  return {"no-answer", "no answer", why};
}

std::string other_addresses(const scan::Target& target) {
  if (target.others.empty()) return {};
  return base::join(target.others, ", ") + ": --all-addresses scans them";
}

std::vector<scan::Gap> gaps_of(const scan::Endpoint& endpoint) {
  std::vector<scan::Gap> out;
  for (const auto& gap : endpoint.gaps)
    if (std::ranges::find(out, gap) == out.end()) out.push_back(gap);
  return out;
}

}  // namespace tlspolicy::report
