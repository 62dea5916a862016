// SPDX-License-Identifier: Apache-2.0
// A last word of what is broken off: Ctrl-C, or being told to end.
#pragma once

#include <string>

namespace tlspolicy::host {

// Once SIGINT, SIGTERM or SIGHUP comes, `text` is written to stderr, and the process ends by that
// signal as it would have.  A signal that is ignored (nohup) stays ignored.
void say_when_interrupted(const std::string& text);

}  // namespace tlspolicy::host
