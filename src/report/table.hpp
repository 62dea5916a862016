// SPDX-License-Identifier: Apache-2.0
// Aligned columns for people.  The last column wraps; the others are as wide as their widest cell.
#pragma once

#include <string>
#include <vector>

#include "report/style.hpp"

namespace tlspolicy::report {

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  Cell(std::string t, Tone n = Tone::plain) : text(std::move(t)), tone(n) {}
  Cell(const char* t) : text(t) {}
};

class Table {
 public:
  explicit Table(std::vector<std::string> head = {}) : head_(std::move(head)) {}
  void row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Each line starts with `indent` blanks.  A last cell that has less than a third of the width
  // left stands on a line of its own below its row.
  std::string text(const Style&, int indent = 0) const;

 private:
  std::vector<std::string> head_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace tlspolicy::report
