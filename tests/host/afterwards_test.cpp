// SPDX-License-Identifier: Apache-2.0
// What is to be done afterwards is done: when the scope ends, when the process is killed; and not
// when it was called off.
#include "host/afterwards.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

namespace tlspolicy::host {
namespace {

class AfterwardsTest : public ::testing::Test {
 protected:
  AfterwardsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tlspolicy.XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    mark_ = folder_ + "/done";
  }
  ~AfterwardsTest() override { std::filesystem::remove_all(folder_); }

  Result<Afterwards> arm() { return Afterwards::will_run({"touch", mark_}); }
  bool done() const { return std::filesystem::exists(mark_); }
  bool done_in_time() const {
    for (int i = 0; i < 2000 && !done(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return done();
  }

  std::string folder_, mark_;
};

TEST_F(AfterwardsTest, RunsAtTheEndOfItsScope) {
  {
    const auto armed = arm();
    ASSERT_TRUE(armed);
    EXPECT_FALSE(done());
  }
  EXPECT_TRUE(done());  // the destructor waited for it
}

TEST_F(AfterwardsTest, DoesNotRunWhereItWasCalledOff) {
  {
    auto armed = arm();
    ASSERT_TRUE(armed);
    armed->call_off();
  }
  EXPECT_FALSE(done());  // its process has ended
}

TEST_F(AfterwardsTest, RunsWhenWeAreKilled) {
  const pid_t child = fork();
  if (child == 0) {
    const auto armed = arm();
    kill(getpid(), SIGKILL);
    _exit(armed.has_value() ? 1 : 2);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(done_in_time());
}

}  // namespace
}  // namespace tlspolicy::host
