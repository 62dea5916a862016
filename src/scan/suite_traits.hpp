// SPDX-License-Identifier: Apache-2.0
// What the weaknesses and the grade both ask of a suite; inside of src/scan.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "crypto/terms.hpp"

namespace tlspolicy::scan {

inline bool is_rc4(const crypto::SuiteInfo& suite) { return suite.encryption.starts_with("RC4"); }
inline bool uses_cbc(const crypto::SuiteInfo& suite) {
  return suite.encryption.find("CBC") != std::string_view::npos;
}
inline bool has_small_blocks(const crypto::SuiteInfo& suite) {
  return std::ranges::any_of(std::array{"3DES", "DES", "IDEA", "RC2"},
                             [&](const char* word) { return suite.encryption.starts_with(word); });
}
inline bool is_anonymous(const crypto::SuiteInfo& suite) {
  return suite.auth == crypto::Auth::anon;
}

}  // namespace tlspolicy::scan
