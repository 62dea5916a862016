// SPDX-License-Identifier: Apache-2.0
// tlspolicy scan: what endpoints really accept, on this host or any other.
#include <algorithm>

#include "cli/verbs.hpp"
#include "report/scan.hpp"

namespace tlspolicy::cli {

Answer run_scan(const Request& request, Context& context) {
  std::vector<scan::Named> named;
  std::vector<Error> wrong;
  for (const auto& text : request.targets) {
    auto one = scan::parse_target(text, request.starttls);
    if (one)
      named.push_back(std::move(*one));
    else
      wrong.push_back(one.error());
  }
  if (!wrong.empty()) return failed(kUsage, wrong);
  auto resolved = context.resolve(named, request.all_addresses);
  if (resolved.targets.empty()) return failed(kHostRefused, resolved.errors);
  scan::Means means;
  means.limits.answer = std::chrono::milliseconds(static_cast<int>(request.timeout * 1000));
  means.limits.per_host = request.per_host;
  means.retries = request.retries;
  means.ssh_moduli = request.ssh_moduli;
  context.progress("scanning");
  report::Scanned scanned{context.scan(resolved.targets, means), std::move(resolved.errors)};
  const bool all = scanned.left_out.empty() &&
                   std::ranges::all_of(scanned.endpoints, [](const scan::Endpoint& endpoint) {
                     return endpoint.serves == scan::Fact::yes;
                   });
  return Reply{all ? kDone : kHostRefused, request.json
                                               ? report::scan_json(scanned)
                                               : report::scan_text(scanned, context.style)};
}

}  // namespace tlspolicy::cli
