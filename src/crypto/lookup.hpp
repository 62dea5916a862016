// SPDX-License-Identifier: Apache-2.0
// Looking up rows of a constant table: by number (the table is sorted by it) and by name.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>

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

template <class Table, class Member>
constexpr auto number_named(const Table& table, Member member, std::string_view name)
    -> std::optional<std::remove_cvref_t<decltype((*std::ranges::begin(table)).*member)>> {
  for (const auto& row : table)
    if (row.name == name) return row.*member;
  return std::nullopt;
}

}  // namespace tlspolicy::crypto
