// SPDX-License-Identifier: Apache-2.0
// libssl itself as oracle: what it reads a list of words as, seen in the client hello that it then
// sends (RFC 8446 4.1.2), at security level 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/version.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::dialect {

struct Configured {  // "" leaves the library's own
  std::string ciphers, ciphersuites, groups, schemes;
  crypto::Protocol min = crypto::Protocol::tls10, max = crypto::Protocol::tls13;
};
struct Offered {
  crypto::Suites suites;  // without signalling values
  crypto::Groups groups;
  crypto::Schemes schemes;
};

// nullopt where the library refuses one of the lists.
std::optional<Offered> offered_by_libssl(const Configured&);
// The cipher list alone, with suites that a client would not offer without more configuration (PSK,
// SRP); TLS 1.3's left out.  nullopt where no word of it is known.
std::optional<crypto::Suites> read_by_libssl(const std::string& ciphers);
// Those of them that the string's own security level lets through.
crypto::Suites usable_by_libssl(const std::string& ciphers, crypto::Protocol max);
// Does a server with an RSA certificate and this cipher string shake hands with a client that takes
// everything, in exactly this version?
bool shakes_hands(const std::string& server_ciphers, crypto::Protocol);
base::Version libssl_version();

}  // namespace tlspolicy::dialect
