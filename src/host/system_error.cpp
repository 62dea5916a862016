// SPDX-License-Identifier: Apache-2.0
// errno -> Error; see system_error.hpp.  One row per cause that has a remedy of its own.
#include "host/system_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tlspolicy::host {
namespace {

struct Cause {
  int code;
  std::string_view id;
  std::string_view remedy;
};

constexpr std::array kCauses{
    Cause{ENOSPC, "disk-full", "make room on the file system of this path (df -h, df -i)"},
    Cause{EDQUOT, "disk-full", "raise the quota of this file system, or make room in it"},
    Cause{EROFS, "read-only", "mount the file system of this path writable"},
    Cause{EACCES, "not-permitted", "run as root; under SELinux look at ausearch -m avc"},
    Cause{EPERM, "not-permitted", "run as root; an immutable file shows an \"i\" in lsattr"},
    Cause{EEXIST, "exists", "another program made it meanwhile: look at it, then try again"},
    Cause{ENOENT, "absent", ""},
    Cause{ENOTDIR, "not-a-folder", ""},
    Cause{ENOTEMPTY, "not-empty", ""},
    Cause{ELOOP, "symlink-loop", "look where the symlinks of this path lead (namei -l)"},
    Cause{ENOTSUP, "not-supported", "use a file system with extended attributes and ACLs"},
    Cause{EIO, "disk-error", "look at the kernel's log (dmesg) for this disk"},
};

}  // namespace

tl::unexpected<Error> system_error(int code, std::string_view doing, const Path& path) {
  const auto* cause = std::ranges::find(kCauses, code, &Cause::code);
  const bool known = cause != kCauses.end();
  return fail(known ? std::string(cause->id) : "system-error",
              fmt::format("cannot {}: {}", doing, std::strerror(code)), path,
              known ? std::string(cause->remedy) : "");
}

}  // namespace tlspolicy::host
