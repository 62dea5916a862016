// SPDX-License-Identifier: Apache-2.0
// libssl as oracle: a server with a policy's lists and a client with a client's offer shake hands
// in memory.  What this build of libssl cannot offer (RC4, 3DES, SSL 3.0) is taken away first.
#pragma once

#include "forecast/forecast.hpp"

namespace tlspolicy::forecast {

// nullopt: it speaks no version that libssl still has.
std::optional<Client> sayable(const Client&);
policy::Tls sayable(const policy::Tls&);
std::optional<Handshake> handshake(const Client&, const policy::Tls&);  // the group is left out

}  // namespace tlspolicy::forecast
