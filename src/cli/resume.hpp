// SPDX-License-Identifier: Apache-2.0
// What a long scan has done already, so that it can be broken off and go on.  The file is a list: a
// line for each target that is done, as it was typed, behind the length of the output at that time
// and how it ended, so that the exit status of the last run is that of the whole list.  It is only
// ever appended to, so a line that was not finished is the last one, and does not count.
#pragma once

#include <string>
#include <unordered_set>

#include "base/result.hpp"
#include "host/out_file.hpp"

namespace tlspolicy::cli {

// For the exit status, the worst last.
enum class Ended { well, unknown, fails };

class Resume {
 public:
  // `scan`: what has to be the same to go on (form, policy, shard, output), in its first line.
  static Result<Resume> open(const std::string& path, const std::string& scan);

  bool is_done(const std::string& target) const;
  bool begun() const { return !done_.empty(); }
  std::size_t before() const { return before_; }  // how many targets earlier runs did
  Ended worst_before() const { return worst_; }
  // Of the output file: what lies behind it belongs to a target that is not done.
  std::uint64_t output_length() const { return output_; }

  Result<void> note(const std::string& target, Ended, std::uint64_t output_length);

 private:
  explicit Resume(host::OutFile file) : file_(std::move(file)) {}
  std::unordered_set<std::size_t> done_;  // hashes: a million targets are some tens of MB
  std::size_t before_ = 0;
  Ended worst_ = Ended::well;
  std::uint64_t output_ = 0;
  host::OutFile file_;
};

}  // namespace tlspolicy::cli
