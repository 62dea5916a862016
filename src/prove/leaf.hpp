// SPDX-License-Identifier: Apache-2.0
// What a server's own certificate says about its key, read by OpenSSL from DER.
#pragma once

#include <optional>
#include <string>

#include "wire/hello.hpp"

namespace tlspolicy::prove {

struct LeafKey {
  std::string type;  // "RSA", "RSA-PSS", "EC", "ED25519", … as OpenSSL names it
  int bits = 0;
  std::optional<crypto::Group> curve;  // of an EC key on a curve that TLS has a number for
};

// nullopt where the bytes are no certificate with a key that OpenSSL can read.
std::optional<LeafKey> leaf_key(const wire::Bytes& der);

}  // namespace tlspolicy::prove
