// SPDX-License-Identifier: Apache-2.0
// Generations and their undoing; see generations.hpp.
#include "cli/generations.hpp"

#include <charconv>
#include <string_view>

namespace tlspolicy::cli {
namespace {

constexpr std::string_view kUndo = "undo ";  // the journal's verb of an undo: "undo 3"

std::optional<int> undoes(const journal::Generation& one) {
  if (!one.verb.starts_with(kUndo)) return std::nullopt;
  int number = 0;
  const char* end = one.verb.data() + one.verb.size();
  const auto read = std::from_chars(one.verb.data() + kUndo.size(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

bool changed_something(const journal::Generation& one) {
  return one.outcome == "kept" || one.outcome == "partly";
}

std::map<int, int> undone_by(const std::vector<journal::Generation>& generations) {
  std::map<int, int> out;
  for (auto one = generations.rbegin(); one != generations.rend(); ++one) {
    const auto number = undoes(*one);
    // A partial undo leaves the rest to be undone: what is back already is seen and left alone.
    if (number && one->outcome == "kept" && !out.contains(one->number))
      out.emplace(*number, one->number);
  }
  return out;
}

Result<report::History> load_history(journal::Journal& journal) {
  const auto numbers = journal.numbers();
  if (!numbers) return tl::make_unexpected(numbers.error());
  report::History out;
  for (const int number : *numbers) {
    auto one = journal.load(number);
    if (one)
      out.generations.push_back(*std::move(one));
    else
      out.unreadable.push_back(one.error());
  }
  out.undone_by = undone_by(out.generations);
  return out;
}

std::optional<int> to_undo(const report::History& history) {
  for (auto one = history.generations.rbegin(); one != history.generations.rend(); ++one)
    if (changed_something(*one) && !undoes(*one) && !history.undone_by.contains(one->number))
      return one->number;
  return std::nullopt;
}

}  // namespace tlspolicy::cli
