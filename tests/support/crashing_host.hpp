// SPDX-License-Identifier: Apache-2.0
// A machine that stops: after operation number k (every write and every command counts) it throws
// Crash, a private type that only tests catch.  The code under test must therefore hold no
// destructor that writes, as a real power cut would run none.
//
// What is on the disk afterwards is up to the mode.  LevelDB's fault injection gave the idea of
// dropping what was not synced.
#pragma once

#include <cstddef>
#include <vector>

#include "support/fake_host.hpp"

namespace tlspolicy::test {

struct Crash {
  int operation;
};

enum class Loss {
  nothing,  // the process was killed: the kernel still has all that it did
  names,    // power cut: names changed since the last sync_folder of their folder are lost
  half,     // of those, each folder's first half reached the disk
};

class CrashingHost : public host::Host {
 public:
  CrashingHost(host::Host& below, int crash_after) : below_(below), crash_after_(crash_after) {}
  // Loss of names needs to know the names.
  CrashingHost(FakeHost& below, int crash_after, Loss loss)
      : below_(below),
        crash_after_(crash_after),
        fake_(&below),
        loss_(loss),
        durable_(below.names) {}

  int operations() const { return count_; }
  std::vector<std::string> log;  // "exchange /etc/a", "run apachectl configtest", …

  // Called before operation number `n` (from 1): where an administrator types.
  std::function<void(int n)> meanwhile;

  // Called after every operation, with the names that a crash at this point would leave; so one run
  // shows all its stops.  Only for a FakeHost.
  std::function<void(const Names& remains)> stop;

  Result<host::FileState> read(const host::Path& p) override { return below_.read(p); }
  Result<std::vector<std::string>> list(const host::Path& p) override { return below_.list(p); }
  Result<host::Path> real_path(const host::Path& p) override { return below_.real_path(p); }

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

  Result<std::unique_ptr<host::Lock>> lock(const host::Path& p,
                                           std::chrono::milliseconds wait) override {
    return below_.lock(p, wait);
  }
  std::chrono::system_clock::time_point now() override { return below_.now(); }
  void pause(std::chrono::milliseconds time) override { below_.pause(time); }
  std::string boot_id() override { return below_.boot_id(); }
  bool is_root() override { return below_.is_root(); }
  bool is_live() override { return below_.is_live(); }

 private:
  struct Change {  // one name, before and after one operation; both names of an exchange together
    host::Path folder;
    Names set;
    std::vector<host::Path> gone;
  };
  template <class Operation>
  auto step(std::string what, Operation operation);
  bool loses() const { return loss_ != Loss::nothing; }
  void remember(const Names& before);
  Names remains() const;
  void crash();

  host::Host& below_;
  int crash_after_;  // 0: before the first; negative: never
  int count_ = 0;
  FakeHost* fake_ = nullptr;
  Loss loss_ = Loss::nothing;
  Names durable_;
  std::vector<Change> pending_;
};

}  // namespace tlspolicy::test
