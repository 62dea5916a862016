// SPDX-License-Identifier: Apache-2.0
// A few threads that make things of one kind, slowly (getaddrinfo blocks, and so may a pipe), and a
// queue of bounded length out of which the loop takes them without ever waiting.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "probe/wake.hpp"

namespace tlspolicy::probe {

template <class Thing>
class Gather {
 public:
  // Called by all threads side by side; nullopt: there are no more.
  using Make = std::function<std::optional<Thing>()>;

  Gather(int threads, std::size_t most, Make make) : most_(most), make_(std::move(make)) {
    busy_ = threads;
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }
  Gather(const Gather&) = delete;
  Gather& operator=(const Gather&) = delete;
  ~Gather() {
    {
      const std::lock_guard hold(lock_);
      stop_ = true;
    }
    room_.notify_all();
    threads_.clear();  // joins
  }

  int fd() const { return wake_.fd(); }  // readable: there may be something to take, or an end
  // Never waits; nullopt: nothing is there now.
  std::optional<Thing> take() {
    const std::lock_guard hold(lock_);
    wake_.hush();
    std::optional<Thing> out;
    if (!made_.empty()) {
      out = std::move(made_.front());
      made_.pop_front();
      room_.notify_one();
    }
    // The end goes on ringing: whoever waits for it is not always who takes.
    if (is_over()) wake_.ring();
    return out;
  }
  bool over() const {  // all was taken, and nothing will come any more
    const std::lock_guard hold(lock_);
    return is_over();
  }

 private:
  bool is_over() const { return made_.empty() && busy_ == 0; }
  void work() {
    for (auto thing = make_(); thing; thing = make_()) {
      std::unique_lock hold(lock_);
      room_.wait(hold, [this] { return stop_ || made_.size() < most_; });
      if (stop_) break;
      made_.push_back(std::move(*thing));
      wake_.ring();
    }
    const std::lock_guard hold(lock_);
    --busy_;
    wake_.ring();
  }

  const std::size_t most_;
  const Make make_;
  mutable std::mutex lock_;
  std::condition_variable room_;
  std::deque<Thing> made_;
  int busy_ = 0;
  bool stop_ = false;
  Wake wake_;
  std::vector<std::jthread> threads_;  // the last member: they end before what they use
};

}  // namespace tlspolicy::probe
