// SPDX-License-Identifier: Apache-2.0
// Unified diffs and three-way merge, both composed from libdtl's shortest edit script over lines.
//
// libdtl's own hunks and its Diff3 are not used: neither knows of a missing final newline, and
// Diff3 merges all changes that touch (tests/base/diff_test.cpp holds ours against patch(1) and
// git-merge-file(1)).
#include "base/diff.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <dtl/dtl.hpp>
#include <span>
#include <vector>

namespace tlspolicy::base {
namespace {
using Lines = std::vector<std::string_view>;  // each with its line end

// A change: lines [from_begin, from_end) of one text become [to_begin, to_end) of the other.
struct Change {
  std::size_t from_begin = 0, from_end = 0, to_begin = 0, to_end = 0;
};

Lines lines_of(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    out.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return out;
}

// What differs, in order; two changes have at least one equal line between them.
std::vector<Change> changes(const Lines& from, const Lines& to) {
  dtl::Diff<std::string_view, Lines> diff(from, to);
  diff.compose();
  std::vector<Change> out;
  std::size_t i = 0, j = 0;
  bool open = false;
  for (const auto& [line, info] : diff.getSes().getSequence()) {
    if (info.type == dtl::SES_COMMON) {
      ++i, ++j;
      open = false;
      continue;
    }
    if (!open) out.push_back({i, i, j, j});
    open = true;
    (info.type == dtl::SES_DELETE ? i : j) += 1;
    out.back().from_end = i;
    out.back().to_end = j;
  }
  assert(i == from.size() && j == to.size());
  return out;
}

void print(std::string& out, char sign, const Lines& lines, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    out.append(1, sign).append(lines[i]);
    if (!lines[i].ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

// "12,3": the first line, from 1, and how many; of none, the line before it (POSIX diff -u).
std::string range(std::size_t begin, std::size_t end) {
  const auto first = std::to_string(begin == end ? begin : begin + 1);
  return end - begin == 1 ? first : first + "," + std::to_string(end - begin);
}

constexpr std::size_t kContext = 3;

void print_hunk(std::string& out, const Lines& from, const Lines& to,
                std::span<const Change> hunk) {
  const auto before = std::min(kContext, hunk.front().from_begin);
  const auto after = std::min(kContext, from.size() - hunk.back().from_end);
  const auto from_begin = hunk.front().from_begin - before;
  const auto from_end = hunk.back().from_end + after;
  out += "@@ -" + range(from_begin, from_end) + " +" +
         range(hunk.front().to_begin - before, hunk.back().to_end + after) + " @@\n";
  std::size_t at = from_begin;
  for (const auto& change : hunk) {
    print(out, ' ', from, at, change.from_begin);
    print(out, '-', from, change.from_begin, change.from_end);
    print(out, '+', to, change.to_begin, change.to_end);
    at = change.from_end;
  }
  print(out, ' ', from, at, from_end);
}

// A merge's changes of one side, and where we are in them.
struct Side {
  const Lines& lines;
  std::vector<Change> changes;
  std::size_t next = 0;

  bool left() const { return next < changes.size(); }
  std::size_t begins() const { return left() ? changes[next].from_begin : SIZE_MAX; }
};

void take(std::string& out, const Lines& lines, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) out += lines[i];
}

bool same(const Change& a, const Lines& mine, const Change& b, const Lines& theirs) {
  const auto begin = static_cast<std::ptrdiff_t>(a.to_begin);
  return a.from_begin == b.from_begin && a.from_end == b.from_end &&
         std::equal(mine.begin() + begin, mine.begin() + static_cast<std::ptrdiff_t>(a.to_end),
                    theirs.begin() + static_cast<std::ptrdiff_t>(b.to_begin),
                    theirs.begin() + static_cast<std::ptrdiff_t>(b.to_end));
}

bool only_adds(const Change& one) { return one.from_begin == one.from_end; }
bool only_removes(const Change& one) { return one.to_begin == one.to_end; }

// A line that was added just before or behind lines that the other side takes out: both can be
// done, in one way alone.  `postconf -e` writes right behind a block of ours.
bool apart(const Change& one, const Change& other) {
  const auto beside = [](const Change& added, const Change& removed) {
    return only_adds(added) && only_removes(removed) &&
           (added.from_begin == removed.from_begin || added.from_begin == removed.from_end);
  };
  return beside(one, other) || beside(other, one);
}
}  // namespace

std::string unified_diff(std::string_view name, const std::optional<std::string>& from,
                         const std::optional<std::string>& to) {
  if (from == to) return {};
  const std::string path(name.starts_with('/') ? name.substr(1) : name);
  std::string out = "--- " + (from ? "a/" + path : "/dev/null") + "\n+++ " +
                    (to ? "b/" + path : "/dev/null") + "\n";
  const Lines old_lines = lines_of(from ? *from : std::string_view{});
  const Lines new_lines = lines_of(to ? *to : std::string_view{});
  const auto all = changes(old_lines, new_lines);
  for (std::size_t first = 0, last = 0; first < all.size(); first = last) {
    for (last = first + 1; last < all.size(); ++last)
      if (all[last].from_begin - all[last - 1].from_end > 2 * kContext) break;
    print_hunk(out, old_lines, new_lines, std::span(all).subspan(first, last - first));
  }
  return out;
}

std::optional<std::string> merge(std::string_view base, std::string_view mine,
                                 std::string_view theirs) {
  const Lines base_lines = lines_of(base), my_lines = lines_of(mine),
              their_lines = lines_of(theirs);
  Side one{my_lines, changes(base_lines, my_lines)};
  Side other{their_lines, changes(base_lines, their_lines)};
  std::string out;
  std::size_t done = 0;  // lines of base that are merged
  while (one.left() || other.left()) {
    const bool other_adds = other.left() && only_adds(other.changes[other.next]);
    const bool one_begins =
        one.begins() < other.begins() || (one.begins() == other.begins() && !other_adds);
    Side& first = one_begins ? one : other;
    Side& second = one_begins ? other : one;
    const Change change = first.changes[first.next++];
    if (second.left() && second.begins() <= change.from_end &&
        !apart(change, second.changes[second.next])) {  // they touch
      if (!same(change, first.lines, second.changes[second.next], second.lines)) return {};
      ++second.next;
    }
    take(out, base_lines, done, change.from_begin);
    take(out, first.lines, change.to_begin, change.to_end);
    done = change.from_end;
  }
  take(out, base_lines, done, base_lines.size());
  return out;
}

}  // namespace tlspolicy::base
