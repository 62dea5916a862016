// SPDX-License-Identifier: Apache-2.0
// What certificates and OCSP responses are made of, as plain data; wherever they came from.
#pragma once

#include <openssl/types.h>

#include <string>

#include "wire/hello.hpp"

namespace tlspolicy::probe {

wire::View octets(const ASN1_STRING*);
std::string name_text(const X509_NAME*);  // RFC 2253; safe to show
std::string time_text(const ASN1_TIME*);  // RFC 3339; "": no time

}  // namespace tlspolicy::probe
