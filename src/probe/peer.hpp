// SPDX-License-Identifier: Apache-2.0
// What a finished libssl handshake tells about the peer, in neutral terms.
#pragma once

#include <openssl/types.h>

#include "probe/probe.hpp"

namespace tlspolicy::probe {

// Fills in everything but done, why and what was left out.
void describe_session(SSL*, Handshake&);
// After a failed handshake up to TLS 1.2: was our flight turned down by an alert, where the server
// had asked for a certificate of ours?
bool ended_for_our_certificate(SSL*, unsigned long error);

}  // namespace tlspolicy::probe
