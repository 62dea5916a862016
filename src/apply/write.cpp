// SPDX-License-Identifier: Apache-2.0
// The files of one service: all written, or all as before.
#include <fmt/format.h>

#include <set>

#include "apply/run.hpp"
#include "apply/swap.hpp"

namespace tlspolicy::apply {
namespace {

using Kind = host::FileState::Kind;

Error changed_meanwhile(const journal::Member& member) {
  return {"changed-meanwhile", "somebody else changed this file since it was read", member.path,
          "nothing of it is lost; run the same command again"};
}

Error kept_theirs(const journal::Member& member, const host::Path& temp) {
  return {"kept-edit", "somebody changed this file meanwhile: it was left as it is", member.path,
          fmt::format("look at it; the version before the change is in the journal{}",
                      temp.empty() ? "" : ", another one lies at " + temp)};
}

}  // namespace

// First everything that can fail for want of room, then `touch`, then the names.
Written write_part(Run& run, const Part& part) {
  auto& host = run.tools.host;
  for (const auto& member : part.members)
    if (auto done = prepare(host, member, run.beside(member)); !done) return {false, done.error()};
  if (auto done = run.journal.touch(run.number, part.service.name); !done)
    return {false, done.error()};
  for (const auto& member : part.members) {
    const auto swapped = put(host, member, run.beside(member));
    if (!swapped) return {true, swapped.error()};
    if (*swapped == Swapped::theirs) return {true, changed_meanwhile(member)};
  }
  if (auto done = sync_part(host, part); !done) return {true, done.error()};
  return {true, std::nullopt};
}

// Goes on after an error: the more files are back, the better.
Restored restore_part(Run& run, const Part& part) {
  auto& host = run.tools.host;
  Restored restored;
  for (auto member = part.members.rbegin(); member != part.members.rend(); ++member) {
    const auto swapped = put_back(host, *member, run.beside(*member));
    if (!swapped) {
      if (!restored.error) restored.error = swapped.error();
      continue;
    }
    if (*swapped != Swapped::theirs) continue;
    restored.theirs = true;
    const auto other = host.read(run.beside(*member));
    const bool lies_there = other && other->kind != Kind::absent;
    run.warnings.push_back(kept_theirs(*member, lies_there ? run.beside(*member) : ""));
  }
  if (auto done = sync_part(host, part); !done && !restored.error) restored.error = done.error();
  return restored;
}

Restored restore_untouched(Run& run, const Part& part) {
  auto& host = run.tools.host;
  Restored restored;
  for (auto member = part.members.rbegin(); member != part.members.rend(); ++member) {
    const bool is_new_folder =
        member->before.kind == Kind::absent && member->after.kind == Kind::folder;
    Result<void> done;
    if (is_new_folder)
      done = host.remove_folder(member->path);
    else if (const auto left = sweep(host, *member, run.beside(*member)); !left)
      done = tl::make_unexpected(left.error());
    const bool fine = done || done.error().id == "absent" || done.error().id == "not-empty";
    if (!fine && !restored.error) restored.error = done.error();
  }
  if (auto done = sync_part(host, part); !done && !restored.error) restored.error = done.error();
  return restored;
}

void sweep_part(Run& run, const Part& part) {
  for (const auto& member : part.members) {
    const auto left = sweep(run.tools.host, member, run.beside(member));
    if (!left) run.warnings.push_back(left.error());
    if (left && *left)
      run.warnings.push_back(
          {"old-copy-edited",
           "somebody wrote into the old version of this file while it was exchanged: both are kept",
           member.path,
           fmt::format("compare it with {}, then remove that one", run.beside(member))});
  }
}

// Only now, when what was swapped out of them has gone; innermost first, as undo lists them.
void drop_folders(Run& run, const Part& part) {
  for (const auto& member : part.members) {
    if (member.before.kind != Kind::folder || member.after.kind != Kind::absent) continue;
    const auto gone = run.tools.host.remove_folder(member.path);
    if (gone || gone.error().id == "absent") continue;
    run.warnings.push_back({"folder-kept", "this folder was not removed: " + gone.error().what,
                            member.path, "look what else lies in it"});
  }
}

void warn_of_edits(Run& run, const Part& part) {
  for (const auto& member : part.members) {
    const auto here = run.tools.host.read(member.path);
    if (here && (host::same(*here, member.after) || here->kind == Kind::folder)) continue;
    run.warnings.push_back({"edited-meanwhile",
                            "somebody changed this file after it was written: their version stays",
                            member.path, "look whether it still follows: tlspolicy status"});
  }
}

Result<void> sync_part(host::Host& host, const Part& part) {
  std::set<host::Path> folders;
  for (const auto& member : part.members) folders.insert(host::folder_of(member.path));
  for (const auto& folder : folders) {
    auto done = host.sync_folder(folder);
    if (!done && done.error().id != "absent") return done;  // it went with what was taken back
  }
  return {};
}

}  // namespace tlspolicy::apply
