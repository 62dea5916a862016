// SPDX-License-Identifier: Apache-2.0
// Paths inside one root folder, resolved step by step with descriptors so that no symlink and no
// ".." leads out of it, whoever changes the tree meanwhile.
//
// openat2(RESOLVE_IN_ROOT) would do the same, but seccomp filters of containers refuse it, and it
// cannot say the resolved path; one way that always works is better than two.
#pragma once

#include <string>
#include <utility>

#include "host/host.hpp"

namespace tlspolicy::host {

class Fd {  // owns a descriptor
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

struct Entry {       // one name in an open folder
  Fd folder;         // O_PATH
  std::string name;  // "." for the root itself
  Path real;         // the path with every symlink but the last resolved
};

class Root {
 public:
  explicit Root(Path folder);
  const Path& folder() const { return folder_; }  // "/" or without a slash at the end
  // Symlinks on the way are followed; `follow_last`: those at the end as well.  The last name need
  // not exist, its folder must.
  Result<Entry> find(const Path& path, bool follow_last = false) const;

 private:
  Path folder_;
};

}  // namespace tlspolicy::host
