// SPDX-License-Identifier: Apache-2.0
// See outlive.hpp.
#include "host/outlive.hpp"

#include <csignal>
#include <initializer_list>

namespace tlspolicy::host {

void outlive_the_asker() {
  // Host::run gives each program the usual dispositions: one that ignored SIGHUP never reloads
  // again.
  for (const int number : {SIGHUP, SIGPIPE}) std::signal(number, SIG_IGN);
}

}  // namespace tlspolicy::host
