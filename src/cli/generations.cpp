// SPDX-License-Identifier: Apache-2.0
// Generations and their undoing; see generations.hpp.
#include "cli/generations.hpp"

namespace tlspolicy::cli {
bool changed_something(const journal::Generation& one) {
  return one.outcome == "kept" || one.outcome == "partly";
}

std::map<int, int> undone_by(const std::vector<journal::Generation>& generations) {
  std::map<int, int> out;
  for (auto one = generations.rbegin(); one != generations.rend(); ++one) {
    const auto number = journal::undoes(*one);
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

std::vector<int> to_undo(const report::History& history) {
  std::vector<int> out;
  for (auto one = history.generations.rbegin(); one != history.generations.rend(); ++one)
    if (changed_something(*one) && !journal::undoes(*one) &&
        !history.undone_by.contains(one->number))
      out.push_back(one->number);
  return out;
}

}  // namespace tlspolicy::cli
