// SPDX-License-Identifier: Apache-2.0
// Looking names up: what getaddrinfo(3) knows on this host (files, DNS, mDNS).
#pragma once

#include <string>
#include <vector>

#include "wire/hello.hpp"

namespace tlspolicy::probe {

struct Addresses {
  std::vector<std::string> numeric;  // each once, in the resolver's order
  std::string error;                 // the resolver's words where there are none
};
// One answer for each name, in their order.  A numeric address is its own; no resolver is asked.
std::vector<Addresses> look_up(const std::vector<std::string>& hosts);

std::string address_text(wire::View bytes);  // of 4 or 16 bytes; "" for others
bool is_numeric(const std::string& host);
bool is_ipv4(const std::string& host);  // four plain numbers, as inet_pton(3) has it

}  // namespace tlspolicy::probe
