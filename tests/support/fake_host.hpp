// SPDX-License-Identifier: Apache-2.0
// A machine in memory for tests: files, scripted commands, time that only `pause` moves, locks.
//
// Names point to inodes as in a real file system, so that a test can hold an old file open while it
// is exchanged, and CrashingHost can lose names without losing contents.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/host.hpp"

namespace tlspolicy::test {

using Inode = std::shared_ptr<host::FileState>;
using Names = std::map<host::Path, Inode>;

class FakeHost : public host::Host {
 public:
  FakeHost();

  // Setting the scene.  `put` makes parents and, like an editor that saves in place, writes into
  // the inode that stands there; `replace` renames a new inode over it.
  void put(const host::Path& path, std::string content, mode_t mode = 0644);
  void replace(const host::Path& path, std::string content, mode_t mode = 0644);
  void link(const host::Path& path, std::string target);
  void folder(const host::Path& path, mode_t mode = 0755);
  void erase(const host::Path& path);
  Inode inode(const host::Path& path) const;          // nullptr: absent
  std::string content(const host::Path& path) const;  // "" where absent
  bool exists(const host::Path& path) const { return inode(path) != nullptr; }
  std::vector<host::Path> paths() const;  // of everything but folders

  // Commands: `pattern` is a shell pattern over the words of argv joined by blanks ("*configtest").
  // The newest rule that fits answers; a command without a rule is "not found" (127).
  using Answer = std::function<host::Finished(const host::Command&)>;
  void on(std::string pattern, Answer answer);
  void on(std::string pattern, int status, std::string out = {}, std::string err = {});
  std::vector<std::string> ran;  // every command, in order

  // Asked before every operation that writes; an Error that it returns is what the caller gets.
  std::function<std::optional<Error>(std::string_view operation, const host::Path&)> refuse;

  Names names;
  std::chrono::system_clock::time_point time{std::chrono::seconds(1'793'491'200)};  // 2026-11-01
  std::string boot = "11111111-2222-3333-4444-555555555555";
  bool root = true, live = true;
  std::set<host::Path> locked_elsewhere;  // by "process 4242", until the test takes it out

  Result<host::FileState> read(const host::Path&) override;
  Result<std::vector<std::string>> list(const host::Path&) override;
  Result<host::Path> real_path(const host::Path&) override;
  Result<void> create(const host::Path&, const host::FileState&) override;
  Result<void> append(const host::Path&, std::string_view) override;
  Result<void> exchange(const host::Path&, const host::Path&) override;
  Result<void> place(const host::Path&, const host::Path&) override;
  Result<void> remove(const host::Path&) override;
  Result<void> make_folder(const host::Path&, mode_t) override;
  Result<void> remove_folder(const host::Path&) override;
  Result<void> sync_folder(const host::Path&) override;
  Result<void> truncate(const host::Path&, std::uint64_t) override;
  host::Finished run(const host::Command&) override;
  Result<std::unique_ptr<host::Lock>> lock(const host::Path&, std::chrono::milliseconds) override;
  std::chrono::system_clock::time_point now() override { return time; }
  void pause(std::chrono::milliseconds length) override { time += length; }
  std::string boot_id() override { return boot; }
  bool is_root() override { return root; }
  bool is_live() override { return live; }

 private:
  Result<host::Path> resolved(const host::Path&, bool follow_last, int links = 0) const;
  Result<host::Path> to_write(std::string_view operation, const host::Path&) const;

  std::vector<std::pair<std::string, Answer>> answers_;
  std::shared_ptr<std::set<host::Path>> locks_ = std::make_shared<std::set<host::Path>>();
};

}  // namespace tlspolicy::test
