// SPDX-License-Identifier: Apache-2.0
// What a confined process can no longer do, tried in a child for each question.
#include "host/confine.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <thread>

namespace tlspolicy::host {
namespace {

// The exit status of a child that is confined and then does this; it ends without the leak check.
int confined(const std::function<int()>& act) {
  const pid_t child = fork();
  if (child == 0) {
    const auto done = confine();
    if (!done || !done->filtered) _exit(99);
    _exit(act());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
int tried(int result) { return result < 0 ? errno : 0; }

TEST(Confine, NoFileCanBeOpenedForWriting) {
  const auto path = std::filesystem::path(testing::TempDir()) / "confined";
  EXPECT_EQ(confined([&] { return tried(open(path.c_str(), O_WRONLY | O_CREAT, 0600)); }), EPERM);
  EXPECT_EQ(confined([] { return tried(open("/dev/null", O_RDWR)); }), EPERM);
  EXPECT_EQ(confined([] { return tried(open("/dev/null", O_WRONLY)); }), EPERM);
  EXPECT_EQ(confined([] { return tried(open("/tmp", O_TMPFILE | O_RDWR, 0600)); }), EPERM);
  EXPECT_EQ(confined([&] { return tried(unlink(path.c_str())); }), EPERM);
  EXPECT_EQ(confined([&] { return tried(rename("/tmp/a", "/tmp/b")); }), EPERM);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Confine, NoProgramCanBeStarted) {
  EXPECT_EQ(confined([] {
              char name[] = "/bin/true";
              char* argv[] = {name, nullptr};
              execv(name, argv);
              return errno;
            }),
            EPERM);
}

#ifndef __SANITIZE_ADDRESS__  // its leak check needs one
TEST(Confine, NoOtherProcessCanBeMade) {
  EXPECT_EQ(confined([] { return tried(fork()); }), EPERM);
}
#endif

TEST(Confine, RootIsNobodyForGood) {
  if (geteuid() != 0) GTEST_SKIP() << "not root";
  EXPECT_EQ(confined([] { return getuid() != 0 && geteuid() != 0 && getgid() != 0 ? 0 : 1; }), 0);
  EXPECT_EQ(confined([] { return getgroups(0, nullptr) == 0 || errno == EPERM ? 0 : 1; }), 0);
  EXPECT_NE(confined([] { return tried(setuid(0)); }), 0);
  EXPECT_NE(confined([] { return tried(open("/etc/shadow", O_RDONLY)); }), 0);
}

TEST(Confine, WhatAScanNeedsStillWorks) {
  EXPECT_EQ(confined([] { return tried(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }), 0);
  EXPECT_EQ(confined([] { return tried(socket(AF_INET6, SOCK_STREAM, 0)); }), 0);
  EXPECT_EQ(confined([] { return tried(open("/etc/hosts", O_RDONLY)); }), 0);
  EXPECT_EQ(confined([] {
              addrinfo* found = nullptr;
              const int wrong = getaddrinfo("localhost", nullptr, nullptr, &found);
              return wrong == 0 && found ? 0 : 1;
            }),
            0);
  EXPECT_EQ(confined([] {
              int done = 1;
              std::thread([&] { done = 0; }).join();
              return done;
            }),
            0);
}

TEST(Confine, WhatIsOpenStaysOpen) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(confined([&] { return write(ends[1], "x", 1) == 1 ? 0 : errno; }), 0);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 1);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace tlspolicy::host
