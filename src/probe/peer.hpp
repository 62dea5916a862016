// SPDX-License-Identifier: Apache-2.0
// What a finished libssl handshake tells about the peer, in neutral terms.
#pragma once

#include <openssl/types.h>

#include "probe/probe.hpp"

namespace tlspolicy::probe {

// Fills in everything but done, why and what was left out.
void describe_session(SSL*, Handshake&);

}  // namespace tlspolicy::probe
