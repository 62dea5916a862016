// SPDX-License-Identifier: Apache-2.0
// Lays out a table; see table.hpp.
#include "report/table.hpp"

#include <algorithm>

namespace tlspolicy::report {
namespace {

std::string blanks(int count) { return std::string(static_cast<std::size_t>(count), ' '); }

// Lines of a wrapped cell, each painted by itself so that colour never runs into the indent.
std::string last_cell(const Style& style, int indent, const Cell& cell) {
  Style plain = style;
  plain.colour = false;
  const std::string lines =
      wrapped(plain, blanks(indent), cell.text).substr(static_cast<std::size_t>(indent));
  std::string out;
  std::size_t from = 0;
  while (from < lines.size()) {
    const auto end = lines.find('\n', from);
    const std::string line = lines.substr(from, end - from);
    const auto start = line.find_first_not_of(' ');
    if (start != std::string::npos)
      out += line.substr(0, start) + paint(style, cell.tone, line.substr(start));
    out += '\n';
    from = end + 1;
  }
  return out;
}

std::vector<int> widths(const std::vector<std::string>& head,
                        const std::vector<std::vector<Cell>>& rows) {
  std::vector<int> out;
  const auto widen = [&](std::size_t i, const std::string& text) {
    if (out.size() <= i) out.resize(i + 1);
    out[i] = std::max(out[i], columns(text));
  };
  for (std::size_t i = 0; i < head.size(); ++i) widen(i, head[i]);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widen(i, row[i].text);
  return out;
}

std::string line_of(const Style& style, int indent, const std::vector<int>& wide,
                    const std::vector<Cell>& cells) {
  constexpr int kGap = 2;
  std::string out = blanks(indent);
  int at = indent;
  for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
    const int gap = wide[i] - columns(cells[i].text) + kGap;
    out += paint(style, cells[i].tone, cells[i].text) + blanks(gap);
    at += wide[i] + kGap;
  }
  if (cells.empty()) return "\n";
  const auto& last = cells.back();
  const bool short_enough = at + columns(last.text) <= style.width;
  if (!short_enough && style.width - at < style.width / 3) {
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n" + blanks(indent + kGap) + last_cell(style, indent + kGap, last);
  }
  out += last_cell(style, at, last);
  while (out.size() > 1 && out[out.size() - 2] == ' ') out.erase(out.size() - 2, 1);
  return out;
}

}  // namespace

std::string Table::text(const Style& style, int indent) const {
  const auto wide = widths(head_, rows_);
  std::string out;
  if (!head_.empty()) {
    std::vector<Cell> cells;
    for (const auto& word : head_) cells.emplace_back(word, Tone::title);
    out += line_of(style, indent, wide, cells);
  }
  for (const auto& row : rows_) out += line_of(style, indent, wide, row);
  return out;
}

}  // namespace tlspolicy::report
