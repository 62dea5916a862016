// SPDX-License-Identifier: Apache-2.0
// A command that is running goes when we are told to go: nobody would read what it says any more,
// and one that hangs would stay for ever.
#pragma once

#include <sys/types.h>

namespace tlspolicy::host {

// While one lives, SIGTERM, SIGINT and SIGHUP end the command's process group too, and then us, as
// they would have.  Signals that somebody else handles or ignores are left alone.  One at a time.
class WithUs {
 public:
  WithUs();
  WithUs(const WithUs&) = delete;
  WithUs& operator=(const WithUs&) = delete;
  ~WithUs();
  static void ends(pid_t group);  // the group that goes; 0: none
};

}  // namespace tlspolicy::host
