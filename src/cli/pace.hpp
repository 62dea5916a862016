// SPDX-License-Identifier: Apache-2.0
// How far a long scan has come, how fast it goes and how long it will take.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace tlspolicy::cli {

class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Pace(std::function<Clock::time_point()> now = Clock::now)
      : now_(std::move(now)), start_(now_()), shown_(start_) {}

  void read(std::optional<double> share) { share_ = share.value_or(0); }  // by another thread
  void ended(bool serves) { ++(serves ? serve_ : silent_); }
  void left_out() { ++left_out_; }

  // "12,345 done, 230/s, 6 min left"; at most five times in a second, else "".
  std::string line();
  std::string sum() const;  // "12,345 targets in 54 s: 12,000 serve, 340 do not, 5 left out"

 private:
  std::uint64_t done() const { return serve_ + silent_ + left_out_; }
  std::function<Clock::time_point()> now_;
  Clock::time_point start_, shown_;
  std::uint64_t serve_ = 0, silent_ = 0, left_out_ = 0;
  std::atomic<double> share_ = 0;
};

}  // namespace tlspolicy::cli
