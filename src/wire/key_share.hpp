// SPDX-License-Identifier: Apache-2.0
// Key shares that a server accepts as well formed, made without any cryptography: nobody knows
// their private halves, and the handshake ends with the server's first flight.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/terms.hpp"
#include "wire/noise.hpp"

namespace tlspolicy::wire {

// The key_exchange bytes of a client's KeyShareEntry (RFC 8446 4.2.8; for ML-KEM and the hybrids
// draft-ietf-tls-mlkem and draft-ietf-tls-ecdhe-mlkem); nullopt for a group that we cannot share.
std::optional<std::vector<std::uint8_t>> key_share(crypto::Group, Noise&);

}  // namespace tlspolicy::wire
