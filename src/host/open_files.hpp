// SPDX-License-Identifier: Apache-2.0
// How many files and sockets this process may have open.
#pragma once

#include <cstddef>

namespace tlspolicy::host {

// Asks the system for as many as `wanted`; what it allows in the end.
std::size_t allow_open_files(std::size_t wanted);

}  // namespace tlspolicy::host
