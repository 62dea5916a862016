// SPDX-License-Identifier: Apache-2.0
// What several forms of a scan say alike.
#include <fmt/format.h>

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

std::string staple_text(const scan::Staple& staple) {
  if (!staple.why.empty()) return "stapled OCSP response: " + staple.why;
  std::string out = "stapled: " + staple.status;
  if (staple.status == "revoked")
    out += fmt::format(" on {}{}", staple.revoked.substr(0, 10),
                       staple.reason.empty() ? "" : fmt::format(" ({})", staple.reason));
  else if (!staple.next_update.empty())
    out += ", until " + staple.next_update.substr(0, 10);
  return out;
}

std::vector<scan::Gap> gaps_of(const scan::Endpoint& endpoint) {
  std::vector<scan::Gap> out;
  for (const auto& gap : endpoint.gaps)
    if (std::ranges::find(out, gap) == out.end()) out.push_back(gap);
  return out;
}

}  // namespace tlspolicy::report
