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

// Which addresses of a name are scanned.
struct Lookup {
  bool all = false;          // each of them, not the first
  std::string instead = {};  // this one, wherever the name leads; numeric
};

// Looks names up side by side.  Where one address of several is to be scanned, the others stand
// behind it; the name is asked for by SNI unless it is an address.
struct Resolved {
  std::vector<Target> targets;
  std::vector<Error> errors;
  std::string line = {};  // that it came from, where it stood in a list
};
Resolved resolve(const std::vector<Named>&, const Lookup&);

}  // namespace tlspolicy::scan
