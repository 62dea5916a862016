// SPDX-License-Identifier: Apache-2.0
// Versions of programs and libraries: dotted numbers, "9.2p1", "3.0.22-1~deb12u2", compared part by
// part.  Only the leading numbers count; what packagers add behind them does not.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tlspolicy::base {

struct Version {
  std::vector<int> parts;                                        // {3, 0, 22}
  std::string text() const;                                      // "3.0.22"
  std::strong_ordering operator<=>(const Version& other) const;  // missing parts are 0
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }
};

// The numbers at the start of `text`: "9.2p1 Debian-2" is 9.2.1; nullopt where it starts otherwise.
std::optional<Version> parse_version(std::string_view text);

}  // namespace tlspolicy::base
