// SPDX-License-Identifier: Apache-2.0
// Further instances; see further.hpp.
#include "service/further.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "service/effective.hpp"

namespace tlspolicy::service {

std::vector<std::string> further_folders(const Manifest& manifest,
                                         const std::vector<config::Source>& settings) {
  if (manifest.further.empty()) return {};
  static const std::multimap<std::string, std::string> kNoDefaults;
  const Effective effective(settings, kNoDefaults);
  const auto value = effective.value(manifest.further, nullptr).value_or("");
  std::vector<std::string> out;
  for (const auto& folder : listed(value))
    if (std::ranges::find(out, folder) == out.end()) out.push_back(folder);
  return out;
}

std::string further_name(const std::string& service, const std::string& folder) {
  constexpr std::string_view kUsual = "/etc/";
  const std::string_view name = folder;
  return service + "@" + std::string(name.starts_with(kUsual) ? name.substr(kUsual.size()) : name);
}

std::string plain_name(std::string_view service) {
  return std::string(service.substr(0, service.find('@')));
}

}  // namespace tlspolicy::service
