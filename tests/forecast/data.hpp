// SPDX-License-Identifier: Apache-2.0
// The shipped clients and policies, and the reading of a recorded hello.
#pragma once

#include "forecast/forecast.hpp"

namespace tlspolicy::forecast {

const Clients& shipped_clients();
const Client& shipped_client(const std::string& id);
const policy::Catalogue& shipped_policies();

struct Hello {
  crypto::Suites suites;  // without signalling values
  crypto::Groups groups;
  crypto::Schemes schemes;
  crypto::Protocol max{};
  bool sni = false;
};
Hello read_hello(const std::string& record);

}  // namespace tlspolicy::forecast
