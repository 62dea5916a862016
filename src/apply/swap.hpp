// SPDX-License-Identifier: Apache-2.0
// One path, forwards and back, driven by what is really there: never over somebody else's bytes.
//
// The other version lies beside the file under `temp` (docs/journal-format.md, "Files beside a
// member").  Bytes there that are neither version came out of an exchange in a race with somebody's
// edit; they are that edit and never removed.
#pragma once

#include "base/result.hpp"
#include "journal/journal.hpp"

namespace tlspolicy::apply {

enum class Swapped {
  done,
  already,  // it was so before
  theirs    // somebody else's bytes stand there, and stay
};

// Writes `after` beside the path, durable, ready to be exchanged.
Result<void> prepare(host::Host&, const journal::Member&, const host::Path& temp);

// before -> after, after prepare().
Result<Swapped> put(host::Host&, const journal::Member&, const host::Path& temp);

// after -> before, from whatever point a run was stopped at.  Removes `temp`, unless it holds
// somebody's bytes.
Result<Swapped> put_back(host::Host&, const journal::Member&, const host::Path& temp);

// Removes `temp` where it holds one of our two versions; says whether other bytes lie there.
Result<bool> sweep(host::Host&, const journal::Member&, const host::Path& temp);

}  // namespace tlspolicy::apply
