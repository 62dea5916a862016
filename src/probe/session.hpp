// SPDX-License-Identifier: Apache-2.0
// libssl sessions of exactly one version, whatever this host's own openssl.cnf says.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "probe/probe.hpp"

namespace tlspolicy::probe {

using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

// Empty where the library cannot offer any of it; `out` says why, and what was left out.
Session make_session(const std::string& sni, const Wish&, Handshake& out);

std::string library_words();  // why OpenSSL failed last

}  // namespace tlspolicy::probe
