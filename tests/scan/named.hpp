// SPDX-License-Identifier: Apache-2.0
// Lists of terms by their registered names.
#pragma once

#include <initializer_list>
#include <string_view>

#include "crypto/terms.hpp"

namespace tlspolicy::scan {

inline crypto::Suites named(std::initializer_list<std::string_view> names) {
  crypto::Suites out;
  for (const auto one : names) out.push_back(crypto::suite_named(one).value());
  return out;
}
inline crypto::Groups groups_named(std::initializer_list<std::string_view> names) {
  crypto::Groups out;
  for (const auto one : names) out.push_back(crypto::group_named(one).value());
  return out;
}
inline crypto::Schemes schemes_named(std::initializer_list<std::string_view> names) {
  crypto::Schemes out;
  for (const auto one : names) out.push_back(crypto::scheme_named(one).value());
  return out;
}

}  // namespace tlspolicy::scan
