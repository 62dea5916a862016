// SPDX-License-Identifier: Apache-2.0
// All that "byte for byte" means for one path: what host/ reads and writes, what the journal keeps,
// and what the pure planner works on.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

namespace tlspolicy::base {

struct FileState {
  enum class Kind { absent, file, symlink, folder, other };
  Kind kind = Kind::absent;
  std::string content;  // a file's bytes; a symlink's target
  mode_t mode = 0;      // permission bits only (07777)
  uid_t uid = 0;
  gid_t gid = 0;
  std::map<std::string, std::string> xattrs;  // ACLs and SELinux labels are among them
  bool operator==(const FileState&) const = default;
};

}  // namespace tlspolicy::base
