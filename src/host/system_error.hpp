// SPDX-License-Identifier: Apache-2.0
// errno as an Error that an administrator can act on: a stable id, the system's words, a remedy.
#pragma once

#include <string_view>

#include "host/host.hpp"

namespace tlspolicy::host {

// `doing` completes "cannot …", for example "read" or "create".
tl::unexpected<Error> system_error(int code, std::string_view doing, const Path& path);

}  // namespace tlspolicy::host
