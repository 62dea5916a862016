// SPDX-License-Identifier: Apache-2.0
// What a long scan has done already, so that it can be broken off and go on.  The file is a list: a
// line for each target that is done, as it was typed, behind the length of the output at that time.
// It is only ever appended to, so a line that was not finished is the last one, and does not count.
#pragma once

#include <string>
#include <unordered_set>

#include "base/result.hpp"
#include "host/out_file.hpp"

namespace tlspolicy::cli {

class Resume {
 public:
  // `scan`: what has to be the same to go on (form, shard, output), in its first line.
  static Result<Resume> open(const std::string& path, const std::string& scan);

  bool is_done(const std::string& target) const;
  bool begun() const { return !done_.empty(); }
  // Of the output file: what lies behind it belongs to a target that is not done.
  std::uint64_t output_length() const { return output_; }

  Result<void> note(const std::string& target, std::uint64_t output_length);

 private:
  explicit Resume(host::OutFile file) : file_(std::move(file)) {}
  std::unordered_set<std::size_t> done_;  // hashes: a million targets are some tens of MB
  std::uint64_t output_ = 0;
  host::OutFile file_;
};

}  // namespace tlspolicy::cli
