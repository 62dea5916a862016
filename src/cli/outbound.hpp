// SPDX-License-Identifier: Apache-2.0
// Makes a client of this host come to us; prove/ judges what it says then.
#pragma once

#include <string>

#include "host/host.hpp"
#include "prove/prove.hpp"

namespace tlspolicy::cli {

// In a few seconds, whatever happens.  Without a hello `id` and `why` tell what was missing.
probe::Caught make_come(host::Host&, const prove::Client&, const std::string& preamble);

}  // namespace tlspolicy::cli
