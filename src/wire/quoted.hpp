// SPDX-License-Identifier: Apache-2.0
// What a peer sent, made safe to show: the start of its first line, in quotes, with everything but
// printable ASCII as \xNN.  A peer must never write to a terminal or a report by its own means.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tlspolicy::wire {

inline std::string quoted(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kShown = 60;
  std::string out = "\"";
  for (const std::uint8_t byte : bytes) {
    if (byte == '\r' || byte == '\n' || out.size() > kShown) break;
    if (byte < 0x20 || byte > 0x7E || byte == '"' || byte == '\\')
      out += fmt::format("\\x{:02x}", byte);
    else
      out.push_back(static_cast<char>(byte));
  }
  return out + "\"";
}

inline std::string quoted(std::string_view text) {
  return quoted(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace tlspolicy::wire
