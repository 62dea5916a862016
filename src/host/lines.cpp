// SPDX-License-Identifier: Apache-2.0
// See lines.hpp.
#include "host/lines.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "host/system_error.hpp"

namespace tlspolicy::host {
namespace {
constexpr std::size_t kLongest = 4096, kBlock = std::size_t{64} * 1024;
}

Result<Lines> Lines::open(const std::string& path) {
  const int fd = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return system_error(errno, "read", path);
  struct stat about {};
  const bool plain = ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
  return Lines(fd, plain ? about.st_size : 0);
}

Lines::Lines(Lines&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      read_(other.read_),
      buffer_(std::move(other.buffer_)),
      at_(other.at_),
      ended_(other.ended_),
      whole_(other.whole_) {}

Lines::~Lines() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<std::string> Lines::next() {
  std::string out;
  bool begun = false;
  whole_ = false;
  while (true) {
    if (at_ == buffer_.size()) {
      if (ended_) break;
      buffer_.resize(kBlock);
      const ssize_t count = ::read(fd_, buffer_.data(), buffer_.size());
      if (count < 0 && errno == EINTR) continue;
      buffer_.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
      at_ = 0;
      ended_ = count <= 0;
      continue;
    }
    begun = true;
    const auto end = buffer_.find('\n', at_);
    const auto stop = end == std::string::npos ? buffer_.size() : end;
    out.append(buffer_, at_, std::min(stop - at_, kLongest - std::min(kLongest, out.size())));
    read_ += static_cast<std::int64_t>(stop - at_);
    at_ = stop;
    if (end == std::string::npos) continue;
    ++at_;
    ++read_;
    whole_ = true;
    break;
  }
  if (!begun) return std::nullopt;
  if (out.ends_with('\r')) out.pop_back();
  return out;
}

std::optional<double> Lines::share() const {
  if (size_ <= 0) return std::nullopt;
  return static_cast<double>(read_) / static_cast<double>(size_);
}

}  // namespace tlspolicy::host
