// SPDX-License-Identifier: Apache-2.0
// What certificates and OCSP responses are made of, as plain data; inside of src/scan.
#pragma once

#include <openssl/types.h>

#include <string>

#include "wire/hello.hpp"

namespace tlspolicy::scan {

wire::View octets(const ASN1_STRING*);
std::string time_text(const ASN1_TIME*);  // RFC 3339; "": no time

}  // namespace tlspolicy::scan
