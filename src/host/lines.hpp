// SPDX-License-Identifier: Apache-2.0
// A file's lines, or standard input's, read as they are wanted: the file may be longer than memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace tlspolicy::host {

class Lines {
 public:
  static Result<Lines> open(const std::string& path);  // "-": standard input
  Lines(Lines&& other) noexcept;
  Lines& operator=(Lines&&) = delete;
  ~Lines();

  // Without its end; may wait.  A line of more than 4,096 bytes is cut there.
  std::optional<std::string> next();
  bool whole() const { return whole_; }  // the line that came last had an end
  // How much of a plain file was read, 0 to 1; nullopt where nobody knows its length.
  std::optional<double> share() const;

 private:
  explicit Lines(int fd, std::int64_t size) : fd_(fd), size_(size) {}
  int fd_ = -1;
  std::int64_t size_ = 0, read_ = 0;
  std::string buffer_;
  std::size_t at_ = 0;
  bool ended_ = false, whole_ = false;
};

}  // namespace tlspolicy::host
