// SPDX-License-Identifier: Apache-2.0
// The latest line of a service's own log about TLS that took place.
#pragma once

#include <string>

#include "host/host.hpp"
#include "service/manifest.hpp"

namespace tlspolicy::cli {

// The last of these lines that counts, as it may be shown; "" where there is none.
std::string latest(const service::Evidence&, std::string_view log);
// From the first of the manifest's commands that has such a line; nothing runs under another root.
std::string latest_evidence(host::Host&, const service::Evidence&);

}  // namespace tlspolicy::cli
