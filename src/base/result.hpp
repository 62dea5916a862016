// SPDX-License-Identifier: Apache-2.0
// What can go wrong is a value: Result<T> holds a T or an Error that an administrator can act on.
//
// No exception crosses a module; a broken invariant aborts.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tlspolicy {

struct Error {
  std::string id;      // stable, kebab-case: the key of `tlspolicy explain ID`
  std::string what;    // one sentence, without a full stop
  std::string where;   // file:line:column, an endpoint, a command; may be empty
  std::string remedy;  // what to do about it; may be empty
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string id, std::string what, std::string where = {},
                                  std::string remedy = {}) {
  return tl::make_unexpected(
      Error{std::move(id), std::move(what), std::move(where), std::move(remedy)});
}

}  // namespace tlspolicy
