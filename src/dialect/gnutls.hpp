// SPDX-License-Identifier: Apache-2.0
// GnuTLS's words: one priority string for protocols, suites, groups and signatures, built up from
// NONE so that nothing of a library's or a distribution's defaults comes in.
//
// GnuTLS knows no list of suites: a string allows every combination of a key exchange, a cipher and
// a MAC, in TLS 1.2 and 1.3 alike.  What cannot be had without letting in something that was not
// meant is left out and comes back as unsayable.  GnuTLS manual, "Priority strings".
#pragma once

#include <string>
#include <vector>

#include "crypto/terms.hpp"

namespace tlspolicy::dialect::gnutls {

struct Meant {
  crypto::Protocols protocols;
  crypto::Suites suites;  // of every version, TLS 1.3 too
  crypto::Groups groups;
  crypto::Schemes schemes;
  bool server_order = false;
};

struct Priority {
  std::string text;  // "NONE:+VERS-TLS1.3:…"; empty: nothing of it could be said
  std::vector<std::string> suites, groups, schemes;  // neutral names that it allows
  std::vector<std::string> unsayable;                // neutral names that it does not
};

// Empty also where TLS 1.2 or later is meant without a signature scheme.
Priority priority(const Meant&);

}  // namespace tlspolicy::dialect::gnutls
