// SPDX-License-Identifier: Apache-2.0
// See out_file.hpp.
#include "host/out_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "host/system_error.hpp"

namespace tlspolicy::host {

Result<OutFile> OutFile::open(const std::string& path, std::optional<std::uint64_t> keep) {
  const bool goes_on = keep.value_or(0) > 0;
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | (goes_on ? 0 : O_CREAT), 0644);
  if (fd < 0 && (!goes_on || errno != ENOENT)) return system_error(errno, "write", path);
  struct stat now {};
  const bool there = fd >= 0 && ::fstat(fd, &now) == 0;
  const bool shorter =
      there && S_ISREG(now.st_mode) && std::cmp_less(now.st_size, keep.value_or(0));
  OutFile out(fd, path, keep.value_or(0));
  if (goes_on && (!there || shorter))
    return fail("output-shorter", "what was written before is not there any more", path,
                "put it back, or begin anew: without the file of --resume");
  // A pipe or a terminal has no length to cut.
  if (::ftruncate(fd, static_cast<off_t>(out.size_)) != 0 && errno != EINVAL)
    return system_error(errno, "cut", path);
  return out;
}

OutFile::OutFile(OutFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), size_(other.size_) {}

OutFile::~OutFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> OutFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "write", path_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    size_ += static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace tlspolicy::host
