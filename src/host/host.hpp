// SPDX-License-Identifier: Apache-2.0
// The seam between tlspolicy and the machine: files, commands, time, locks.  Everything that
// touches the system, but for the sockets of probe/, goes through one Host; tests put a FakeHost or
// a CrashingHost there.
//
// Each member that writes is one operation in the sense of the crash tests: it is done or it is
// not.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_state.hpp"
#include "base/result.hpp"

namespace tlspolicy::host {

using Path = std::string;  // absolute, as the services of that host see it

using base::FileState;

struct Command {
  std::vector<std::string> argv;  // found through a fixed PATH, no shell
  std::string input;
  std::map<std::string, std::string> env;   // added to a clean environment
  std::chrono::milliseconds limit{30'000};  // then the whole process group is killed
};

struct Finished {
  int status = -1;       // exit status; 128+signal; 127 not found, 126 found but not to be run
  std::string out, err;  // each cut at 8 MiB
  bool timed_out = false;
};

class Lock {  // held until destroyed
 public:
  virtual ~Lock() = default;
};

class Host {
 public:
  virtual ~Host() = default;

  // Reading.  A path that is not there is FileState{absent}, not an error; symlinks are not
  // followed in the last component.
  virtual Result<FileState> read(const Path& path) = 0;
  virtual Result<std::vector<std::string>> list(
      const Path& folder) = 0;                           // names, sorted; absent: {}
  virtual Result<Path> real_path(const Path& path) = 0;  // every symlink followed

  // Writing.  `create` makes a file or symlink whole or not at all: the name appears once all of
  // `state` is on the disk; a name that is taken is an error ("exists").
  virtual Result<void> create(const Path& path, const FileState& state) = 0;
  virtual Result<void> append(const Path& path,
                              std::string_view bytes) = 0;              // fsynced; created 0600
  virtual Result<void> exchange(const Path& a, const Path& b) = 0;      // RENAME_EXCHANGE
  virtual Result<void> place(const Path& from, const Path& to) = 0;     // RENAME_NOREPLACE
  virtual Result<void> remove(const Path& path) = 0;                    // a file or symlink
  virtual Result<void> make_folder(const Path& path, mode_t mode) = 0;  // with its parents
  virtual Result<void> remove_folder(const Path& path) = 0;             // an empty one
  virtual Result<void> sync_folder(const Path& path) = 0;
  virtual Result<void> truncate(const Path& path,
                                std::uint64_t length) = 0;  // a torn journal tail; fsynced

  // The rest of the machine.
  virtual Finished run(const Command& command) = 0;
  virtual Result<std::unique_ptr<Lock>> lock(const Path& path, std::chrono::milliseconds wait) = 0;
  virtual std::chrono::system_clock::time_point now() = 0;
  virtual void pause(std::chrono::milliseconds) = 0;  // between looks at a condition
  virtual std::string boot_id() = 0;
  virtual bool is_root() = 0;
  virtual bool is_live() = 0;  // false under --root: no reload, no proof
};

std::unique_ptr<Host> real_host(const Path& root = "/");

// The names that a service's include patterns never catch: hidden and with an odd end, beside
// `path`.  `tag` keeps generations apart.
Path beside(const Path& path, std::string_view tag);
Path folder_of(const Path& path);

// Equal in all that anybody but the kernel decides: labels that the kernel itself puts on a new
// file (SELinux, Smack, IMA) count only where both sides have one.  Of folders kind, mode and owner
// count.
bool same(const FileState& a, const FileState& b);

}  // namespace tlspolicy::host
