// SPDX-License-Identifier: Apache-2.0
// Lists of terms that hellos are made of.
#pragma once

#include <vector>

#include "base/lists.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::prove {

using base::first_of;
using base::has;
using base::only;
using base::with;
using base::without;

template <class T>
void add_once(std::vector<T>& list, const T& item) {
  if (!has(list, item)) list.push_back(item);
}

using crypto::popular_in;
crypto::Groups known_groups();
crypto::Schemes known_schemes();

}  // namespace tlspolicy::prove
