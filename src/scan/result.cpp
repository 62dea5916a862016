// SPDX-License-Identifier: Apache-2.0
// Names of what results are made of, and looking into them.
#include "scan/result.hpp"

#include <algorithm>
#include <array>

namespace tlspolicy::scan {
namespace {
template <class Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}
}  // namespace

std::string_view name(Order order) {
  static constexpr std::array<std::string_view, 3> kNames{"unknown", "server", "client"};
  return name_in(kNames, order);
}

std::string_view name(Fact fact) {
  static constexpr std::array<std::string_view, 3> kNames{"unknown", "no", "yes"};
  return name_in(kNames, fact);
}

std::string_view name(Severity severity) {
  static constexpr std::array<std::string_view, 5> kNames{"note", "low", "medium", "high",
                                                          "critical"};
  return name_in(kNames, severity);
}

const Version* find(const Endpoint& endpoint, crypto::Protocol protocol) {
  const auto found = std::ranges::find(endpoint.versions, protocol, &Version::protocol);
  return found == endpoint.versions.end() ? nullptr : &*found;
}

bool accepts(const Endpoint& endpoint, crypto::Protocol protocol) {
  const auto* version = find(endpoint, protocol);
  return version != nullptr && version->accepted == Fact::yes;
}

}  // namespace tlspolicy::scan
