// SPDX-License-Identifier: Apache-2.0
// A file that is written from its beginning to its end while the work goes on: a report that may be
// longer than memory.  What must appear whole or not at all goes through Host instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tlspolicy::host {

class OutFile {
 public:
  // `keep`: how many bytes of a file that is there stay, and must be there ("output-shorter");
  // nullopt: it begins empty.
  static Result<OutFile> open(const std::string& path, std::optional<std::uint64_t> keep = {});
  OutFile(OutFile&& other) noexcept;
  OutFile& operator=(OutFile&&) = delete;
  ~OutFile();

  Result<void> write(std::string_view bytes);
  std::uint64_t size() const { return size_; }

 private:
  OutFile(int fd, std::string path, std::uint64_t size)
      : fd_(fd), path_(std::move(path)), size_(size) {}
  int fd_ = -1;
  std::string path_;
  std::uint64_t size_ = 0;
};

}  // namespace tlspolicy::host
