// SPDX-License-Identifier: Apache-2.0
// A change outlives who asked for it, and what it starts is as usual.
#include "host/outlive.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "host/host.hpp"

namespace tlspolicy::host {
namespace {

// In a child: the test program's own signals stay as they are.
int status_of_child(void (*work)()) {
  const pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(Outlive, ALostTerminalAndAClosedPipeStopNothing) {
  for (const int lost : {SIGHUP, SIGPIPE}) {
    static int number = 0;
    number = lost;
    EXPECT_TRUE(WIFSIGNALED(status_of_child([] { raise(number); }))) << lost;
    const int status = status_of_child([] {
      outlive_the_asker();
      raise(number);
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << lost;
  }
}

TEST(Outlive, CommandsAreStoppedByThemAsEver) {
  const int status = status_of_child([] {
    outlive_the_asker();
    const auto done = real_host("/")->run({{"sh", "-c", "kill -HUP $$; echo alive"}, {}, {}});
    _exit(done.status == 128 + SIGHUP && done.out.empty() ? 7 : 1);
  });
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace tlspolicy::host
