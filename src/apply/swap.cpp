// SPDX-License-Identifier: Apache-2.0
// The exchange of one path; see swap.hpp.
#include "apply/swap.hpp"

#include <fmt/format.h>

namespace tlspolicy::apply {
namespace {

using host::FileState, host::Host, host::Path, host::same;
using journal::Member;
using Kind = FileState::Kind;

bool is_absent(const FileState& state) { return state.kind == Kind::absent; }
bool is_folder(const Member& member) {
  return member.before.kind == Kind::folder || member.after.kind == Kind::folder;
}

struct Both {
  FileState here, beside;
};

Result<Both> look(Host& host, const Path& path, const Path& temp) {
  auto here = host.read(path);
  if (!here) return tl::make_unexpected(here.error());
  auto beside = host.read(temp);
  if (!beside) return tl::make_unexpected(beside.error());
  return Both{std::move(*here), std::move(*beside)};
}

// Changes the names, whatever of the two is absent.
Result<void> trade(Host& host, const Path& path, const Path& temp, const Both& now) {
  if (is_absent(now.here)) return host.place(temp, path);
  if (is_absent(now.beside)) return host.place(path, temp);
  return host.exchange(temp, path);
}

// `path` holds `from` and `temp` holds what is to come (or nothing).  What comes out of the trade
// is looked at; if it is not `from`, somebody wrote in between, and we trade back.
Result<Swapped> trade_verified(Host& host, const Path& path, const Path& temp, const Both& now) {
  auto traded = trade(host, path, temp, now);
  if (!traded && (traded.error().id == "exists" || traded.error().id == "absent"))
    return Swapped::theirs;  // it appeared, or went, since we looked
  if (!traded) return tl::make_unexpected(traded.error());
  const auto out = host.read(temp);
  if (!out) return tl::make_unexpected(out.error());
  if (same(*out, now.here)) return Swapped::done;

  if (auto back = trade(host, path, temp, {now.beside, *out}); !back)
    return tl::make_unexpected(back.error());
  const auto ours = host.read(temp);
  if (!ours) return tl::make_unexpected(ours.error());
  if (!same(*ours, now.beside))  // written once more in that moment: the newest goes in place
    if (auto again = trade(host, path, temp, {*out, *ours}); !again)
      return tl::make_unexpected(again.error());
  return Swapped::theirs;
}

Result<Swapped> put_folder(Host& host, const Member& member) {
  if (is_absent(member.after)) return Swapped::done;  // goes last of all, once it is empty
  const auto here = host.read(member.path);
  if (!here) return tl::make_unexpected(here.error());
  if (here->kind == Kind::folder) return Swapped::already;
  if (!is_absent(*here)) return Swapped::theirs;
  if (auto made = host.make_folder(member.path, member.after.mode); !made)
    return tl::make_unexpected(made.error());
  return Swapped::done;
}

Result<Swapped> put_folder_back(Host& host, const Member& member) {
  const auto here = host.read(member.path);
  if (!here) return tl::make_unexpected(here.error());
  if (same(*here, member.before)) return Swapped::already;
  if (is_absent(member.before)) {
    auto gone = host.remove_folder(member.path);
    if (!gone && gone.error().id == "not-empty") return Swapped::theirs;
    if (!gone) return tl::make_unexpected(gone.error());
    return Swapped::done;
  }
  if (!is_absent(*here)) return Swapped::theirs;
  if (auto made = host.make_folder(member.path, member.before.mode); !made)
    return tl::make_unexpected(made.error());
  return Swapped::done;
}

bool is_ours(const FileState& state, const Member& member) {
  return is_absent(state) || same(state, member.before) || same(state, member.after);
}

// Somebody's bytes lie beside a version of ours: their edit was swapped out by a run that did not
// live to see it.  It goes in place.
Result<Swapped> put_theirs_in_place(Host& host, const Member& member, const Path& temp,
                                    const Both& now) {
  if (auto done = trade_verified(host, member.path, temp, now); !done) return done;
  return Swapped::theirs;
}

Result<Swapped> put_file_back(Host& host, const Member& member, const Path& temp) {
  auto now = look(host, member.path, temp);
  if (!now) return tl::make_unexpected(now.error());
  const bool here_is_ours = same(now->here, member.before) || same(now->here, member.after);
  if (!is_ours(now->beside, member))
    return here_is_ours ? put_theirs_in_place(host, member, temp, *now)
                        : Result<Swapped>(Swapped::theirs);
  if (same(now->here, member.before)) return Swapped::already;
  if (!here_is_ours) return Swapped::theirs;

  if (!same(now->beside, member.before)) {
    if (!is_absent(now->beside))
      if (auto done = host.remove(temp); !done) return tl::make_unexpected(done.error());
    if (!is_absent(member.before))
      if (auto done = host.create(temp, member.before); !done)
        return tl::make_unexpected(done.error());
    now->beside = member.before;
  }
  return trade_verified(host, member.path, temp, *now);
}

}  // namespace

Result<void> prepare(Host& host, const Member& member, const Path& temp) {
  if (is_folder(member)) {
    if (is_absent(member.after)) return {};
    auto made = put_folder(host, member);  // others are to be written into it
    if (!made) return tl::make_unexpected(made.error());
    return {};
  }
  const auto beside = host.read(temp);
  if (!beside) return tl::make_unexpected(beside.error());
  if (!is_absent(*beside))
    return fail("left-over", "a file of an earlier run lies in the way", temp,
                "compare it with the file that it stands beside, then move it away");
  return is_absent(member.after) ? Result<void>() : host.create(temp, member.after);
}

Result<Swapped> put(Host& host, const Member& member, const Path& temp) {
  if (is_folder(member)) return put_folder(host, member);
  const auto now = look(host, member.path, temp);
  if (!now) return tl::make_unexpected(now.error());
  if (same(now->here, member.after)) return Swapped::already;
  if (!same(now->here, member.before)) return Swapped::theirs;
  return trade_verified(host, member.path, temp, *now);
}

Result<Swapped> put_back(Host& host, const Member& member, const Path& temp) {
  if (is_folder(member)) return put_folder_back(host, member);
  auto swapped = put_file_back(host, member, temp);
  if (!swapped) return swapped;
  const auto left = sweep(host, member, temp);
  if (!left) return tl::make_unexpected(left.error());
  return *left ? Swapped::theirs : swapped;
}

Result<bool> sweep(Host& host, const Member& member, const Path& temp) {
  if (is_folder(member)) return false;
  const Path part = host::beside(temp, "part");  // of a create() that was cut short: never whole
  for (const Path& path : {part, temp}) {
    const auto state = host.read(path);
    if (!state) return tl::make_unexpected(state.error());
    if (is_absent(*state)) continue;
    if (path == temp && !is_ours(*state, member)) return true;
    if (auto done = host.remove(path); !done) return tl::make_unexpected(done.error());
  }
  return false;
}

}  // namespace tlspolicy::apply
