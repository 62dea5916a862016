// SPDX-License-Identifier: Apache-2.0
// See outlive.hpp.
#include "host/outlive.hpp"

#include <csignal>

namespace tlspolicy::host {

void outlive_the_asker() {
  // Not SIG_IGN, which programs would inherit: a daemon among them would never reload again.
  struct sigaction nothing = {};
  nothing.sa_handler = [](int) {};
  nothing.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &nothing, nullptr);
  sigaction(SIGPIPE, &nothing, nullptr);
}

}  // namespace tlspolicy::host
