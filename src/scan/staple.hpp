// SPDX-License-Identifier: Apache-2.0
// Reading a stapled OCSP response (RFC 6066 8, RFC 6960) by the library.  It is the peer's: what
// cannot be read says so.  Its signature is not checked: a server has no reason to staple a false
// "revoked", and whether it may be believed otherwise hangs on roots that the client has.
#pragma once

#include <string>

#include "scan/result.hpp"

namespace tlspolicy::scan {

// `leaf`: DER, the certificate that it was sent with.
Staple read_staple(wire::View response, wire::View leaf);

// Why a client would not take it; "": it would.  `now`: RFC 3339; "": its time is not judged.
std::string fault_of(const Staple&, const std::string& now);

}  // namespace tlspolicy::scan
