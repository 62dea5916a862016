// SPDX-License-Identifier: Apache-2.0
// A command that runs when this goes out of scope, and also when our process is killed: a process
// of its own waits for the end of a pipe.  Only `call_off` prevents it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace tlspolicy::host {

class Afterwards {
 public:
  // argv[0] is a path, or found in the system's usual folders.
  static Result<Afterwards> will_run(const std::vector<std::string>& argv);

  Afterwards(Afterwards&& other) noexcept
      : pipe_(std::exchange(other.pipe_, -1)), child_(std::exchange(other.child_, -1)) {}
  Afterwards& operator=(Afterwards&&) = delete;
  Afterwards(const Afterwards&) = delete;
  Afterwards& operator=(const Afterwards&) = delete;
  ~Afterwards();  // runs it, and waits for its end

  void call_off() const;

 private:
  Afterwards(int pipe, int child) : pipe_(pipe), child_(child) {}
  int pipe_, child_;
};

}  // namespace tlspolicy::host
