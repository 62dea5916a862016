// SPDX-License-Identifier: Apache-2.0
// Reading certificates (RFC 5280) by the library.  They are the peer's: whatever cannot be read
// stays empty.
#pragma once

#include "scan/result.hpp"

namespace tlspolicy::scan {

Certificate read_certificate(wire::View der);
std::string sha256_of(wire::View der);  // SHA-256, hexadecimal

// What a server sent to authenticate itself: DER, leaf first, and an OCSP response.
struct Sent {
  std::vector<wire::Bytes> certificates;
  std::optional<wire::Bytes> staple;
};
// Its certificates are not empty, and the first was read already: that takes longer than a hello.
Chain read_chain(const Sent&, Certificate leaf, crypto::Protocols seen_in);

// Adds a chain, or the version to the one with the same leaf.
void add_chain(Endpoint&, const Sent&, crypto::Protocol);

// The name of a finite field that is published: RFC 2409, 3526, 5114, 7919; "" for others.
std::string field_name(const wire::Bytes& prime);

}  // namespace tlspolicy::scan
