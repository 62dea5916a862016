// SPDX-License-Identifier: Apache-2.0
// Where a scan gets its targets from while it is under way.
#pragma once

#include <optional>
#include <vector>

#include "scan/result.hpp"

namespace tlspolicy::scan {

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  virtual std::optional<Target> take() = 0;  // never waits; nullopt: none now
  virtual bool over() const = 0;             // none will come any more
  virtual int fd() const { return -1; }      // readable when there may be one; -1: all are there
};

class ListSource : public Source {
 public:
  explicit ListSource(std::vector<Target> targets) : targets_(std::move(targets)) {}
  std::optional<Target> take() override {
    return over() ? std::nullopt : std::optional(targets_[taken_++]);
  }
  bool over() const override { return taken_ == targets_.size(); }

 private:
  std::vector<Target> targets_;
  std::size_t taken_ = 0;
};

}  // namespace tlspolicy::scan
