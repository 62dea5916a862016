// SPDX-License-Identifier: Apache-2.0
// Everything in a result that a server wrote, made harmless to look at.  Every form but JSON, which
// escapes by itself, begins with this; a test fills each string of a result and looks for it.
#pragma once

#include "report/scan.hpp"

namespace tlspolicy::report {

Judged cleaned(Judged);

}  // namespace tlspolicy::report
