// SPDX-License-Identifier: Apache-2.0
// GnuTLS's words: one priority string for protocols, suites, groups and signatures, built up from
// NONE so that nothing of a library's or a distribution's defaults comes in.
//
// GnuTLS knows no list of suites: a string allows every combination of a key exchange, a cipher and
// a MAC, in TLS 1.2 and 1.3 alike.  What cannot be had without letting in something that was not
// meant is left out and comes back as unsayable.  GnuTLS manual, "Priority strings".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::dialect::gnutls {

struct Meant {
  crypto::Protocols protocols;
  crypto::Suites suites;  // of every version, TLS 1.3 too
  crypto::Groups groups;
  crypto::Schemes schemes;
  bool server_order = false;
};

struct Library {          // what discover found out about the file that is really loaded
  base::Version version;  // 3.7.9
  // The words that it took and did not drop ("AES-128-GCM", "GROUP-X25519", "VERS-TLS1.2"), out of
  // all_words(); not asked: go by the version.
  std::optional<std::vector<std::string>> words;
};

struct Priority {
  std::string text;  // "NONE:+VERS-TLS1.3:…"; empty: nothing of it could be said
  std::vector<std::string> protocols, suites, groups, schemes;  // neutral names that it allows
  std::vector<std::string> unsayable;                           // neutral names that it does not
};

// Empty also where TLS 1.2 or later is meant without a signature scheme.
Priority priority(const Meant&, const Library& = {});

// The neutral term of a name in GnuTLS's lists: "TLS1.2", "SECP256R1", "RSA-PSS-RSAE-SHA256".
std::optional<crypto::Protocol> protocol_called(std::string_view name);
std::optional<crypto::Group> group_called(std::string_view name);
std::optional<crypto::Scheme> scheme_called(std::string_view name);

// Every word that this dialect can say, for the pre-flight child and the oracle tests.
std::vector<std::string> all_words();

}  // namespace tlspolicy::dialect::gnutls
