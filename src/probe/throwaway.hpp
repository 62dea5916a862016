// SPDX-License-Identifier: Apache-2.0
// The server's side of a handshake that takes whatever a client offers, with keys that live as long
// as this program.  It is there to be spoken to, not to be trusted.
#pragma once

#include "probe/session.hpp"

namespace tlspolicy::probe {

// Empty where the library cannot make keys.
Session throwaway_server();

}  // namespace tlspolicy::probe
