// SPDX-License-Identifier: Apache-2.0
// Looking up Rows of a constant table: by number (the table is sorted by it) and by name.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <string_view>

namespace tlspolicy::crypto {

template <class Table, class Member>
constexpr bool strictly_ascending(const Table& table, Member number) {
  return std::ranges::adjacent_find(table, std::ranges::greater_equal{}, number) ==
         std::ranges::end(table);
}

template <class Table, class Member, class Number>
constexpr auto find_by_number(const Table& table, Member member, Number number)
    -> decltype(std::ranges::data(table)) {
  const auto at = std::ranges::lower_bound(table, number, {}, member);
  return at != std::ranges::end(table) && (*at).*member == number ? &*at : nullptr;
}

// A table's rows in the order of their names: forty clients name thousands of suites.
template <class Row, std::size_t Rows>
constexpr std::array<const Row*, Rows> sorted_by_name(const Row (&table)[Rows]) {
  std::array<const Row*, Rows> out{};
  std::ranges::transform(table, out.begin(), [](const Row& row) { return &row; });
  std::ranges::sort(out, {}, &Row::name);
  return out;
}

template <class Row, std::size_t Rows, class Number>
constexpr std::optional<Number> number_named(const std::array<const Row*, Rows>& sorted,
                                             Number Row::*number, std::string_view name) {
  const auto at = std::ranges::lower_bound(sorted, name, {}, &Row::name);
  if (at == sorted.end() || (*at)->name != name) return std::nullopt;
  return (*at)->*number;
}

}  // namespace tlspolicy::crypto
