// SPDX-License-Identifier: Apache-2.0
// A host that is not here, made of what somebody knows about it: `show --assume`.
#pragma once

#include <string>

#include "base/result.hpp"
#include "service/host_state.hpp"

namespace tlspolicy::cli {

// `assumed` is "version=2.4.37,openssl=1.1.1": the program's and its library's version, either or
// both.  The service is at its package defaults there, in the manifest's first layout.
Result<service::HostState> assumed_host(const service::Manifest&, const std::string& assumed);

}  // namespace tlspolicy::cli
