// SPDX-License-Identifier: Apache-2.0
// Versions of programs and libraries; see version.hpp.
#include "base/version.hpp"

#include <algorithm>
#include <charconv>

namespace tlspolicy::base {

std::string Version::text() const {
  std::string out;
  for (const int part : parts) out += (out.empty() ? "" : ".") + std::to_string(part);
  return out;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  const std::size_t length = std::max(parts.size(), other.parts.size());
  for (std::size_t i = 0; i < length; ++i) {
    const int mine = i < parts.size() ? parts[i] : 0;
    const int theirs = i < other.parts.size() ? other.parts[i] : 0;
    if (mine != theirs) return mine <=> theirs;
  }
  return std::strong_ordering::equal;
}

std::optional<Version> parse_version(std::string_view text) {
  Version out;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    int number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc{} || number < 0) break;
    out.parts.push_back(number);
    at = next;
    // "p" is OpenSSH's patch level: 9.2p1 comes before 9.2p2.
    if (at == end || (*at != '.' && *at != 'p')) break;
    ++at;
  }
  if (out.parts.empty()) return std::nullopt;
  return out;
}

}  // namespace tlspolicy::base
