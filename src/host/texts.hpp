// SPDX-License-Identifier: Apache-2.0
// Whole files of text that the program brings with it: each is opened once, symlinks lead wherever
// they lead, and nothing counts but the bytes.  The host's own files are read through Host.
#pragma once

#include <map>
#include <string>

#include "host/host.hpp"

namespace tlspolicy::host {

Result<std::string> text(const Path& file);

// Those of a folder whose names end so, by their paths; hidden ones are passed over.  A folder that
// is not there has none.
Result<std::map<Path, std::string>> texts(const Path& folder, std::string_view ending);

}  // namespace tlspolicy::host
