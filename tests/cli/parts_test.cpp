// SPDX-License-Identifier: Apache-2.0
// Pieces behind the verbs: which generation undo means, where the data folder is, what ssh(1) says.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "cli/dpkg.hpp"
#include "cli/generations.hpp"
#include "cli/live.hpp"
#include "cli/terminal.hpp"
#include "cli/world.hpp"
#include "support/fake_host.hpp"

namespace tlspolicy::cli {
namespace {
using testing::ElementsAre, testing::IsEmpty;

journal::Generation generation(int number, std::string verb, std::string outcome = "kept") {
  journal::Generation out;
  out.number = number;
  out.verb = std::move(verb);
  out.outcome = std::move(outcome);
  return out;
}

// The first is what `undo` means; the others follow where nothing of it is left.
std::optional<int> meant(std::vector<journal::Generation> generations) {
  report::History history{std::move(generations), {}, {}};
  history.undone_by = undone_by(history.generations);
  const auto numbers = to_undo(history);
  return numbers.empty() ? std::nullopt : std::optional(numbers.front());
}

// `set … 2>&1 | head -1`, with SIGPIPE ignored as it is while the host is changed.
TEST(Progress, GoesOnWhereNobodyListensAnyMore) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0) _exit(2);
    close(ends[0]);
    Progress progress;
    progress.note("httpd: written");
    progress.note("httpd: reloaded");
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Generations, UndoMeansTheNewestThatStillCounts) {
  EXPECT_EQ(meant({}), std::nullopt);
  EXPECT_EQ(meant({generation(1, "set"), generation(2, "set")}), 2);
  EXPECT_EQ(meant({generation(1, "set"), generation(2, "set", "rolled back")}), 1);
  EXPECT_EQ(meant({generation(1, "set"), generation(2, "set", "recovered")}), 1);
  EXPECT_EQ(meant({generation(1, "set"), generation(2, "set"), generation(3, "undo 2")}), 1);
  EXPECT_EQ(meant({generation(1, "set"), generation(2, "undo 1")}), std::nullopt);
}

TEST(Generations, AnUndoThatWasUndoneNoLongerCounts) {
  EXPECT_EQ(meant({generation(1, "set"), generation(2, "undo 1"), generation(3, "undo 2")}), 1);
}

TEST(Generations, AnUndoThatFailedTookNothingBack) {
  EXPECT_EQ(meant({generation(1, "set"), generation(2, "undo 1", "rolled back")}), 1);
}

TEST(DataFolder, IsThePrefixesShareThenTheSourceTrees) {
  test::FakeHost host;
  host.put("/usr/sbin/tlspolicy", "");
  EXPECT_FALSE(data_folder(host, "", "/usr/sbin/tlspolicy"));
  host.put("/usr/share/tlspolicy/policies/20261101.toml", "");
  EXPECT_EQ(data_folder(host, "", "/usr/sbin/tlspolicy"), "/usr/share/tlspolicy");
  host.put("/src/data/policies/20261101.toml", "");
  EXPECT_EQ(data_folder(host, "", "/src/build/dev/tlspolicy"), "/src/data");
  EXPECT_EQ(data_folder(host, "/src/data", "/usr/sbin/tlspolicy"), "/src/data");
  const auto wrong = data_folder(host, "/nowhere", "/usr/sbin/tlspolicy");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "/nowhere");
}

TEST(Preflight, StandsBesideTheProgramOrInLibexec) {
  test::FakeHost host;
  EXPECT_EQ(preflight_program(host, "/usr/sbin/tlspolicy"), "");
  host.put("/usr/libexec/tlspolicy/tlspolicy-preflight", "");
  EXPECT_EQ(preflight_program(host, "/usr/sbin/tlspolicy"),
            "/usr/libexec/tlspolicy/tlspolicy-preflight");
  host.put("/usr/sbin/tlspolicy-preflight", "");
  EXPECT_EQ(preflight_program(host, "/usr/sbin/tlspolicy"), "/usr/sbin/tlspolicy-preflight");
}

TEST(Today, IsADayInUtc) {
  test::FakeHost host;
  EXPECT_EQ(today(host), "2026-11-01");
}

constexpr char kLocks[] =
    "1: FLOCK  ADVISORY  WRITE 77 fd:01:131 0 EOF\n"
    "2: POSIX  ADVISORY  READ  78 fd:01:131 0 EOF\n"
    "3: POSIX  ADVISORY  WRITE 4242 fd:01:132 0 EOF\n"
    "3: -> POSIX  ADVISORY  WRITE 79 fd:01:132 0 EOF\n";

TEST(Dpkg, IsKnownByTheKernelsTableOfLocks) {
  EXPECT_EQ(lock_holder(kLocks, {"131", "132"}), "4242");
  EXPECT_EQ(lock_holder(kLocks, {"131"}), std::nullopt) << "neither flock nor a reader counts";
  EXPECT_EQ(lock_holder("", {"131"}), std::nullopt);
}

// The oracle is the kernel: another process takes the lock as dpkg does.
TEST(Dpkg, IsSeenInTheTableOfTheRunningKernel) {
  const std::string path = testing::TempDir() + "dpkg-lock-" + std::to_string(getpid());
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0);
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t other = fork();
  if (other == 0) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    const char done = fcntl(file, F_SETLK, &whole) == 0 ? 'y' : 'n';
    if (write(ready[1], &done, 1) == 1) pause();
    _exit(0);
  }
  char done = 0;
  ASSERT_EQ(read(ready[0], &done, 1), 1);
  ASSERT_EQ(done, 'y');
  struct stat info {};
  ASSERT_EQ(fstat(file, &info), 0);
  const std::set<std::string> inodes{std::to_string(info.st_ino)};
  const auto machine = host::real_host("/");
  const auto held = machine->read("/proc/locks");
  ASSERT_TRUE(held) << held.error().what;
  EXPECT_EQ(lock_holder(held->content, inodes), std::to_string(other));
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
  EXPECT_EQ(lock_holder(machine->read("/proc/locks")->content, inodes), std::nullopt);
  for (const int fd : {file, ready[0], ready[1]}) close(fd);
  unlink(path.c_str());
}

TEST(Dpkg, IsWaitedForAndNamedWhenItTakesTooLong) {
  test::FakeHost host;
  host.on("stat *", 0, "131\n132\n");
  host.put("/proc/locks", kLocks);
  std::vector<std::string> said;
  Context context{host, host, {}, {}};
  context.note = [&](const std::string& line) { said.push_back(line); };
  const auto start = host.time;
  const auto waited = wait_for_dpkg(context, std::chrono::seconds(3));
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().id, "dpkg-busy");
  EXPECT_THAT(waited.error().what, testing::HasSubstr("4242"));
  EXPECT_GE(host.time - start, std::chrono::seconds(3));
  EXPECT_EQ(said.size(), 1U);
  host.put("/proc/locks", "");
  EXPECT_TRUE(wait_for_dpkg(context, std::chrono::seconds(3)));
}

TEST(SshSigAlgs, AreReadFromWhatSshSays) {
  EXPECT_THAT(sig_algs_in("debug1: SSH2_MSG_EXT_INFO received\r\n"
                          "debug1: kex_input_ext_info: server-sig-algs=<ssh-ed25519,rsa-sha2-512>"
                          "\r\ndebug1: more\r\n"),
              ElementsAre("ssh-ed25519", "rsa-sha2-512"));
  EXPECT_THAT(sig_algs_in("debug1: nothing of that kind\n"), IsEmpty());
  EXPECT_THAT(sig_algs_in("server-sig-algs=<cut"), IsEmpty());
}

}  // namespace
}  // namespace tlspolicy::cli
