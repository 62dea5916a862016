// SPDX-License-Identifier: Apache-2.0
// See misread.hpp.
#include "scan/misread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "probe/names.hpp"

namespace tlspolicy::scan {
namespace {
// Where TLS or SSH usually is: as the last group of an address they are rather meant as ports.
constexpr std::array<std::string_view, 25> kUsualPorts{
    "21",   "22",   "25",   "110",  "119",  "143",  "389", "443", "465",
    "563",  "587",  "636",  "853",  "989",  "990",  "993", "995", "2525",
    "3306", "4190", "5222", "5269", "5432", "6697", "8443"};

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// RFC 3986 3.2.2: brackets, because ::1:443 is an address too.
std::optional<Misread> misread_address(std::string_view protocol, std::string_view rest) {
  if (rest.starts_with('[') || std::ranges::count(rest, ':') < 2) return std::nullopt;
  const auto colon = rest.rfind(':');
  const auto before = rest.substr(0, colon), last = rest.substr(colon + 1);
  const bool port = is_number(last) && probe::is_numeric(std::string(before));
  const auto with_port = fmt::format("{}[{}]:{}", protocol, before, last);
  if (!probe::is_numeric(std::string(rest))) {
    if (port) return Misread{"an IPv6 address before a port stands in brackets", with_port};
    return Misread{"it is no IPv6 address, and a name has no colons",
                   "HOST:PORT or [ADDRESS]:PORT"};
  }
  if (!port || std::ranges::find(kUsualPorts, last) == kUsualPorts.end()) return std::nullopt;
  return Misread{fmt::format("{} may be a port, or the end of the address", last),
                 fmt::format("{}, or {}[{}] for the address", with_port, protocol, rest)};
}
}  // namespace

std::optional<Misread> misread(std::string_view protocol, std::string_view rest) {
  if (const auto comment = rest.find('#'); comment != std::string_view::npos)
    return Misread{"a comment stands on a line of its own",
                   fmt::format("{}{}", protocol, base::trim(rest.substr(0, comment)))};
  if (const auto path = rest.find_first_of("/?"); path != std::string_view::npos)
    return Misread{"a target has no path", fmt::format("{}{}", protocol, rest.substr(0, path))};
  if (const auto user = rest.rfind('@'); user != std::string_view::npos)
    return Misread{"a target names no user", fmt::format("{}{}", protocol, rest.substr(user + 1))};
  if (std::ranges::any_of(rest, [](unsigned char c) { return c > 0x7F; }))
    return Misread{"a name in other letters than a to z is not turned into its form in DNS",
                   "the form that begins with xn-- (RFC 5891), as `idn2 NAME` prints it"};
  return misread_address(protocol, rest);
}

}  // namespace tlspolicy::scan
