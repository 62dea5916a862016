// SPDX-License-Identifier: Apache-2.0
// Commands on the real machine: what they see, and that none of them can hang or confuse us.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "base/text.hpp"
#include "host/host.hpp"

namespace tlspolicy::host {
namespace {

using std::chrono::milliseconds, std::chrono::steady_clock;
using testing::ElementsAre, testing::HasSubstr, testing::Lt, testing::Not;

Finished run(std::string script, milliseconds limit = milliseconds(20'000),
             std::string input = {}) {
  return real_host()->run({{"sh", "-c", std::move(script)}, std::move(input), {}, limit});
}

milliseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

TEST(Commands, GiveStatusAndBothOutputs) {
  const auto done = run("echo out; echo err >&2; exit 7");
  EXPECT_EQ(done.status, 7);
  EXPECT_EQ(done.out, "out\n");
  EXPECT_EQ(done.err, "err\n");
  EXPECT_FALSE(done.timed_out);
  EXPECT_EQ(run("kill -TERM $$").status, 128 + 15);
}

// What hangs must not outlive us: the command, nor what it started.
TEST(Commands, GoWhenWeAreToldToGo) {
  for (const int number : {SIGTERM, SIGKILL}) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);  // read from it ends when nobody has the other end any more
    const pid_t us = fork();
    if (us == 0) {
      close(ends[0]);
      const auto shell = number == SIGTERM ? "sleep 600; true" : "exec sleep 600";
      const auto keep =
          fmt::format("exec 9>/proc/{}/fd/{}; echo >&9; {}", getpid(), ends[1], shell);
      run(keep, milliseconds(600'000));
      _exit(0);
    }
    close(ends[1]);
    char started = 0;
    EXPECT_EQ(read(ends[0], &started, 1), 1);
    kill(us, number);
    int status = 0;
    waitpid(us, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number);
    alarm(20);  // for a test that fails: it would hang here
    EXPECT_EQ(read(ends[0], &started, 1), 0);
    alarm(0);
    close(ends[0]);
  }
}

// A limit that somebody set must not end us in the middle of a change.
TEST(Commands, AreNotStartedWhereALimitLeavesNoRoomForTheirInput) {
  const pid_t us = fork();
  if (us == 0) {
    const auto host = real_host();
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto done = host->run({{"cat"}, std::string(10'000, 'x'), {}, milliseconds(9'999)});
    _exit(done.status == 126 && !done.err.empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(us, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Commands, ReadTheirInputWhole) {
  const std::string input(3'000'000, 'x');
  EXPECT_EQ(run("wc -c", milliseconds(20'000), input).out, "3000000\n");
  EXPECT_EQ(run("cat").out, "");
}

TEST(Commands, AreNotFoundWithoutAShellInBetween) {
  const auto done =
      real_host()->run({{"no-such-program-anywhere; true"}, {}, {}, milliseconds(999)});
  EXPECT_EQ(done.status, 127);
  EXPECT_THAT(done.err, HasSubstr("not found"));
  EXPECT_EQ(real_host()->run({{"/etc/passwd"}, {}, {}, milliseconds(999)}).status, 126);
  EXPECT_EQ(real_host()->run({}).status, 127);
}

TEST(Commands, SeeACleanEnvironmentAndTheRootFolder) {
  setenv("TLSPOLICY_LEAK", "1", 1);
  const auto done = real_host()->run({{"env"}, {}, {{"OURS", "a b"}}, milliseconds(9'999)});
  EXPECT_THAT(base::lines(done.out),
              ElementsAre("HOME=/root", "LANG=C.UTF-8", "OURS=a b",
                          "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
  EXPECT_EQ(run("pwd -P").out, "/\n");
}

TEST(Commands, InheritNoDescriptorOfOurs) {
  const auto host = real_host();
  const auto open_file = ::fopen("/etc/passwd", "r");  // without O_CLOEXEC on purpose
  const auto done = run("ls /proc/self/fd | wc -l");
  fclose(open_file);
  EXPECT_EQ(done.out, "4\n");  // 0, 1, 2 and the folder that ls itself reads
}

TEST(Commands, AreKilledWithTheirWholeGroupAtTheLimit) {
  const auto start = steady_clock::now();
  const auto done = run("echo begun; sleep 60 & echo $!; sleep 60", milliseconds(300));
  EXPECT_TRUE(done.timed_out);
  EXPECT_EQ(done.status, 128 + 9);
  EXPECT_THAT(since(start), Lt(milliseconds(5'000)));
  const auto lines = base::lines(done.out);
  ASSERT_EQ(lines.size(), 2U);
  const auto host = real_host();
  for (int i = 0; i < 200; ++i) {  // its parent (init) may take a moment to bury it
    const auto state = host->read("/proc/" + lines[1] + "/stat");
    if (!state || state->kind == FileState::Kind::absent ||
        state->content.find(") Z ") != std::string::npos)
      return;
    host->pause(milliseconds(20));
  }
  FAIL() << "process " << lines[1] << " outlived its group";
}

TEST(Commands, DoNotHangOnADaemonThatKeepsTheirOutputOpen) {
  const auto start = steady_clock::now();
  const auto done = run("echo started; setsid sleep 8 &");
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(done.out, "started\n");
  EXPECT_FALSE(done.timed_out);
  EXPECT_THAT(since(start), Lt(milliseconds(5'000)));
}

TEST(Commands, HaveTheirOutputCutButAreLeftToFinish) {
  const auto done = run("head -c 20000000 /dev/zero; echo end >&2");
  EXPECT_EQ(done.out.size(), 8U << 20);
  EXPECT_EQ(done.err, "end\n");
  EXPECT_EQ(done.status, 0);
}

}  // namespace
}  // namespace tlspolicy::host
