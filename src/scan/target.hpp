// SPDX-License-Identifier: Apache-2.0
// Targets as people write them, and the addresses behind their names.
#pragma once

#include "base/result.hpp"
#include "scan/result.hpp"

namespace tlspolicy::scan {

// A target before its name is looked up.
struct Named {
  std::string typed;  // as it stands on the command line
  std::string host;   // name, or numeric address
  std::uint16_t port = 0;
  std::string preamble;  // "", "smtp", …, "ssh"
  bool operator==(const Named&) const = default;
};

// "host", "host:port", "[2001:db8::1]:443", "smtp://host", "ssh://host:22".  Where the text names
// no protocol, `preamble` holds; where it names no port, the protocol's own.
Result<Named> parse_target(const std::string& text, const std::string& preamble = {});

// Looks names up side by side.  The first address of each, with the others behind it, or all of
// them; the name is asked for by SNI unless it is an address.
struct Resolved {
  std::vector<Target> targets;
  std::vector<Error> errors;
  std::string line = {};  // that it came from, where it stood in a list
};
Resolved resolve(const std::vector<Named>&, bool all_addresses);

}  // namespace tlspolicy::scan
