// SPDX-License-Identifier: Apache-2.0
// Targets out of a long list of lines: read as they are wanted, looked up by a few threads, with
// constant memory.  A line that is no target, or a name without an address, is reported and does
// not stop the rest.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "scan/source.hpp"
#include "scan/target.hpp"

namespace tlspolicy::scan {

struct Line {
  std::size_t number = 0;  // from 1; 0: it stands in no list
  std::string text;
};

struct FeedOptions {
  std::string preamble = {};  // of targets that name none
  Lookup lookup = {};
  int shard = 1, shards = 1;  // of the targets, every shards-th, beginning with the shard-th
  // Called by several threads: is it already done?
  std::function<bool(const std::string& target)> is_done = {};
  int threads = 16;
};

class Feed : public Source {
 public:
  // `next` is called by other threads, one at a time, and may wait; nullopt: the list is at its
  // end. Empty lines and those that begin with # are passed over.
  using Next = std::function<std::optional<Line>()>;
  // Called by whoever takes; where: "line 17".
  using OnError = std::function<void(const Error&, const std::string& line)>;
  Feed(Next next, FeedOptions options, OnError on_error);
  ~Feed() override;

  std::optional<Target> take() override;
  bool over() const override;
  int fd() const override;

 private:
  struct Threads;
  std::unique_ptr<Threads> threads_;
  OnError on_error_;
  std::deque<Target> ready_;  // of the line that was taken last
};

}  // namespace tlspolicy::scan
