// SPDX-License-Identifier: Apache-2.0
// Short lists as sets whose order means something: members, sums, differences.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tlspolicy::base {

template <class T>
bool has(const std::vector<T>& list, const T& item) {
  return std::ranges::find(list, item) != list.end();
}

// `first`, then what `then` adds to it.
template <class T>
std::vector<T> with(std::vector<T> first, const std::vector<T>& then) {
  for (const T& item : then)
    if (!has(first, item)) first.push_back(item);
  return first;
}

template <class T>
std::vector<T> without(std::vector<T> list, const std::vector<T>& gone) {
  std::erase_if(list, [&](const T& item) { return has(gone, item); });
  return list;
}

template <class T, class Keep>
std::vector<T> only(std::vector<T> list, Keep keep) {
  std::erase_if(list, [&](const T& item) { return !keep(item); });
  return list;
}

template <class T>
std::vector<T> first_of(std::vector<T> list, std::size_t most) {
  if (list.size() > most) list.resize(most);
  return list;
}

}  // namespace tlspolicy::base
