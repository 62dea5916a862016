// SPDX-License-Identifier: Apache-2.0
// What only the real file system has: extended attributes and ACLs, owners, mounts, a full disk,
// two processes at one lock.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "host/host.hpp"

namespace tlspolicy::host {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr, testing::IsEmpty, testing::Not;
using Kind = FileState::Kind;

class RealFiles : public testing::Test {
 protected:
  RealFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "tlspolicy-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) abort();
    folder_ = name;
    host_ = real_host(folder_);
  }
  ~RealFiles() override { std::filesystem::remove_all(folder_); }
  FileState file(std::string content, mode_t mode = 0644) const {
    return {Kind::file, std::move(content), mode, getuid(), getgid(), {}};
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
  std::unique_ptr<Host> host_;
};

// Runs `body` in a child with mounts of its own; its status is what the child returned.
int with_own_mounts(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      _exit(77);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST_F(RealFiles, KeepModeOwnerAndAttributes) {
  if (getuid() != 0) GTEST_SKIP() << "only root gives files away";
  FileState state{Kind::file, std::string("a\0b", 3), 04751, 12, 34, {{"user.note", "mine"}}};
  ASSERT_TRUE(host_->create("/a", state));
  EXPECT_EQ(host_->read("/a"), state);
  struct stat info {};
  ASSERT_EQ(stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 04751U);
  EXPECT_EQ(info.st_uid, 12U);
}

TEST_F(RealFiles, CarryAnAclOverAndLeaveAFoldersDefaultAclAside) {
  // POSIX ACL, version 2 (acl(5), linux/posix_acl_xattr.h): user::rw-, user:1:r--, group::r--,
  // mask::r--, other::---
  const std::string acl(
      "\x02\0\0\0"
      "\x01\0\x06\0\xff\xff\xff\xff"
      "\x02\0\x04\0\x01\0\0\0"
      "\x04\0\x04\0\xff\xff\xff\xff"
      "\x10\0\x04\0\xff\xff\xff\xff"
      "\x20\0\0\0\xff\xff\xff\xff",
      44);
  if (setxattr(folder_.c_str(), "system.posix_acl_default", acl.data(), acl.size(), 0) != 0)
    GTEST_SKIP() << "no ACLs on this file system";
  ASSERT_TRUE(host_->create("/plain", file("x", 0640)));
  EXPECT_EQ(host_->read("/plain"), file("x", 0640));

  FileState with_acl = file("x", 0640);
  with_acl.xattrs["system.posix_acl_access"] = acl;
  ASSERT_TRUE(host_->create("/acl", with_acl));
  EXPECT_EQ(host_->read("/acl"), with_acl);
}

TEST_F(RealFiles, AppearWholeOrNotAtAll) {
  FileState state = file("x");
  state.xattrs["nonsense.name"] = "this namespace does not exist";
  const auto done = host_->create("/a", state);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().what, HasSubstr("nonsense.name"));
  EXPECT_THAT(*host_->list("/"), IsEmpty());

  std::ofstream(path(".a.tlspolicy-part~")) << "left by a run that was killed";
  ASSERT_TRUE(host_->create("/a", file("whole")));
  EXPECT_EQ(*host_->list("/"), std::vector<std::string>{"a"});
}

TEST_F(RealFiles, SayThatTheDiskIsFullAndLeaveNothingHalfDone) {
  const int status = with_own_mounts([&] {
    if (mount("none", folder_.c_str(), "tmpfs", 0, "size=64k") != 0) return 77;
    if (!host_->append("/journal", "whole record\n")) return 1;
    const auto created = host_->create("/big", file(std::string(200'000, 'x')));
    if (created || created.error().id != "disk-full" || created.error().remedy.empty()) return 2;
    const auto appended = host_->append("/journal", std::string(200'000, 'x'));
    if (appended || appended.error().id != "disk-full") return 3;
    if (host_->read("/journal")->content != "whole record\n") return 4;
    return host_->list("/") == std::vector<std::string>{"journal"} ? 0 : 5;
  });
  if (status == 77) GTEST_SKIP() << "no mounts of our own here";
  EXPECT_EQ(status, 0);
}

TEST_F(RealFiles, RefuseAFileThatIsAMountOfItsOwn) {
  ASSERT_TRUE(host_->create("/a", file("A")));
  ASSERT_TRUE(host_->create("/b", file("B")));
  const int status = with_own_mounts([&] {
    if (mount(path("b").c_str(), path("a").c_str(), nullptr, MS_BIND, nullptr) != 0) return 77;
    if (!host_->create("/new", file("N"))) return 1;
    const auto done = host_->exchange("/new", "/a");
    return !done && done.error().id == "exchange-refused" && done.error().where == "/a" &&
                   !done.error().remedy.empty() && host_->read("/a")->content == "B"
               ? 0
               : 2;
  });
  if (status == 77) GTEST_SKIP() << "no mounts of our own here";
  EXPECT_EQ(status, 0);
}

TEST_F(RealFiles, SayWhenTheFileSystemIsReadOnly) {
  const int status = with_own_mounts([&] {
    if (mount("none", folder_.c_str(), "tmpfs", MS_RDONLY, "size=64k") != 0) return 77;
    const auto done = host_->create("/a", file("A"));
    return !done && done.error().id == "read-only" && !done.error().remedy.empty() ? 0 : 1;
  });
  if (status == 77) GTEST_SKIP() << "no mounts of our own here";
  EXPECT_EQ(status, 0);
}

TEST_F(RealFiles, NameTheHolderOfALock) {
  std::array<int, 2> ready{}, go{};
  ASSERT_EQ(pipe(ready.data()), 0);
  ASSERT_EQ(pipe(go.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto held = host_->lock("/run/lock", milliseconds(0));
    char c = held ? '1' : '0';
    if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1) != 1) _exit(1);
    _exit(0);
  }
  char c = '0';
  ASSERT_EQ(read(ready[0], &c, 1), 1);
  ASSERT_EQ(c, '1');
  const auto refused = host_->lock("/run/lock", milliseconds(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "busy");
  EXPECT_THAT(refused.error().what, HasSubstr(std::to_string(child)));
  ASSERT_EQ(write(go[1], &c, 1), 1);
  EXPECT_TRUE(host_->lock("/run/lock", milliseconds(10'000)));  // free once the holder has gone
  waitpid(child, nullptr, 0);
}

TEST_F(RealFiles, ReadNoDeviceOrPipeAsIfItWereAFile) {
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(host_->read("/fifo")->kind, Kind::other);
  EXPECT_EQ(real_host()->read("/dev/null")->kind, Kind::other);
  EXPECT_THAT(real_host()->boot_id(), Not(IsEmpty()));
}

TEST(NamesBeside, AreHiddenFromEveryIncludePattern) {
  EXPECT_EQ(beside("/etc/apache2/a.conf", "7"), "/etc/apache2/.a.conf.tlspolicy-7~");
  EXPECT_EQ(beside("/a", "7"), "/.a.tlspolicy-7~");
  for (const auto* pattern : {"*", "*.conf", "*~", "?*", "[!a]*", "*.tlspolicy*"})
    EXPECT_FALSE(base::matches_glob(pattern, ".a.conf.tlspolicy-7~")) << pattern;
  const auto long_name = beside("/etc/" + std::string(255, 'x'), "7");
  EXPECT_EQ(long_name.size(), 5U + 255U);
  EXPECT_NE(long_name, beside("/etc/" + std::string(254, 'x') + "y", "7"));
}

TEST(States, AreTheSameWithOrWithoutALabelOfTheKernel) {
  const FileState plain{Kind::file, "x", 0644, 0, 0, {}};
  FileState labelled = plain;
  labelled.xattrs["security.selinux"] = "system_u:object_r:etc_t:s0";
  EXPECT_TRUE(same(plain, labelled));
  FileState otherwise = labelled;
  otherwise.xattrs["security.selinux"] = "system_u:object_r:tmp_t:s0";
  EXPECT_FALSE(same(labelled, otherwise));
  FileState noted = plain;
  noted.xattrs["user.note"] = "x";
  EXPECT_FALSE(same(plain, noted));
  EXPECT_FALSE(same(noted, plain));
  EXPECT_FALSE(same(plain, FileState{}));
}

}  // namespace
}  // namespace tlspolicy::host
