// SPDX-License-Identifier: Apache-2.0
// Lists of terms that hellos are made of: complements over the whole registry, and the suites that
// servers are likely to have, in that order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "crypto/terms.hpp"

namespace tlspolicy::prove {

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

// Every suite that a server could answer with in that version, the most widespread first.
crypto::Suites popular_in(crypto::Protocol);
crypto::Groups known_groups();
crypto::Schemes known_schemes();

}  // namespace tlspolicy::prove
