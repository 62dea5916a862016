// SPDX-License-Identifier: Apache-2.0
// The catalogue: all policies of a folder, by date.
#include <fmt/format.h>

#include "policy/policy.hpp"

namespace tlspolicy::policy {

Result<Catalogue> parse_catalogue(const std::map<std::string, std::string>& files) {
  Catalogue out;
  std::map<std::string, std::string> from;
  for (const auto& [file, text] : files) {
    auto policy = parse_policy(text, file);
    if (!policy) return tl::make_unexpected(policy.error());
    const auto [first, fresh] = from.emplace(policy->id, file);
    if (!fresh)
      return fail("duplicate-policy",
                  fmt::format("policy {} stands in {} too", policy->id, first->second), file,
                  "remove one of the two files");
    std::string id = policy->id;
    out.emplace(std::move(id), *std::move(policy));
  }
  return out;
}

const Policy* newest(const Catalogue& catalogue) {
  const Policy* out = nullptr;
  for (const auto& [id, policy] : catalogue)
    if (!policy.preview) out = &policy;
  return out;
}

}  // namespace tlspolicy::policy
