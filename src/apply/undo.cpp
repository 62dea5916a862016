// SPDX-License-Identifier: Apache-2.0
// The change that takes a generation back: what it left becomes what it found, exactly where nobody
// wrote since, and by taking our own lines out where somebody did.
//
// A generation that is not the newest is taken back by the same rule: where newer ones changed the
// same files, theirs count as edits, and where those touch ours it stops and says what to undo
// first.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "apply/part.hpp"
#include "apply/run.hpp"
#include "base/diff.hpp"
#include "plan/pristine.hpp"
#include "policy/settings_text.hpp"

namespace tlspolicy::apply {
namespace {

using host::FileState, host::Host;
using journal::Generation, journal::Journal, journal::Member;
using Kind = FileState::Kind;

// One value, changed by us from `found` to `left`, and standing at `now`.
template <class T>
T without_ours(const T& found, const T& left, const T& now) {
  return now == left ? found : now;
}

std::map<std::string, std::string> xattrs_without_ours(const Member& member, const FileState& now) {
  auto out = now.xattrs;
  for (const auto& [name, value] : member.after.xattrs) {
    const auto here = now.xattrs.find(name);
    if (here != now.xattrs.end() && here->second == value && !member.before.xattrs.contains(name))
      out.erase(name);
  }
  for (const auto& [name, value] : member.before.xattrs) {
    const auto ours = member.after.xattrs.find(name);
    const auto here = now.xattrs.find(name);
    const bool untouched = ours == member.after.xattrs.end()
                               ? here == now.xattrs.end()
                               : here != now.xattrs.end() && here->second == ours->second;
    if (untouched) out[name] = value;
  }
  return out;
}

tl::unexpected<Error> edited_since(const Member& member, const FileState& now, int number) {
  const auto text = [](const FileState& state) {
    return state.kind == Kind::absent ? std::nullopt : std::optional(state.content);
  };
  return fail(
      "edited-since",
      fmt::format("this file was changed since generation {}, where that one changed it:\n{}",
                  number, base::unified_diff(member.path.substr(1), text(member.after), text(now))),
      member.path,
      "undo the newer generations first, where they changed it (tlspolicy history); else take the "
      "lines of this diff back by hand and undo again");
}

bool is_ours_alone(const Member& member) {
  const auto ours = [](const FileState& state) {
    return state.kind == Kind::file && plan::is_ours(state.content);
  };
  return ours(member.before) && ours(member.after);
}

// Of the settings we know which line is ours, whatever somebody wrote around it.
std::optional<std::string> selecting(const FileState& now, const std::string& policy) {
  auto settings = policy::parse_settings(now.content, "");
  if (!settings) return std::nullopt;
  settings->policy = policy;
  return policy::settings_text(now.content, *settings);
}

// The state that the file is to have: `now` without our change.
Result<FileState> taken_out(const Member& member, const FileState& now, const Generation& g) {
  if (host::same(now, member.after)) return member.before;
  if (host::same(now, member.before)) return now;
  // A file of ours alone that somebody removed is what it was under the date before; anybody else's
  // is theirs to remove.
  if (now.kind == Kind::absent) return is_ours_alone(member) ? member.before : now;
  if (now.kind == Kind::folder) return now;  // not ours alone any more
  if (now.kind != Kind::file || member.after.kind != Kind::file)
    return edited_since(member, now, g.number);

  auto merged = base::merge(member.after.content, member.before.content, now.content);
  if (!merged && member.service.empty()) merged = selecting(now, g.selected_before);
  if (!merged) return edited_since(member, now, g.number);
  if (member.before.kind == Kind::absent && merged->empty()) return FileState{};
  FileState out = now;
  out.content = *merged;
  if (member.before.kind != Kind::file) return out;
  out.mode = without_ours(member.before.mode, member.after.mode, now.mode);
  out.uid = without_ours(member.before.uid, member.after.uid, now.uid);
  out.gid = without_ours(member.before.gid, member.after.gid, now.gid);
  out.xattrs = xattrs_without_ours(member, now);
  return out;
}

Result<Member> reversed(Host& host, const Member& member, const Generation& g) {
  auto now = host.read(member.path);
  if (!now) return tl::make_unexpected(now.error());
  auto goal = taken_out(member, *now, g);
  if (!goal) return tl::make_unexpected(goal.error());
  return Member{member.service, member.path, std::move(*now), std::move(*goal)};
}

Result<std::vector<Member>> reversed(Host& host, const Part& part, const Generation& g) {
  std::vector<Member> out;
  for (auto member = part.members.rbegin(); member != part.members.rend(); ++member) {
    auto back = reversed(host, *member, g);
    if (!back) return tl::make_unexpected(back.error());
    if (!host::same(back->before, back->after)) out.push_back(std::move(*back));
  }
  return out;
}

// A folder of ours in which somebody's file stands, or stays, is not ours alone any more.  Members
// are in reverse: what lies in a folder comes before it.
std::vector<Member> without_folders_in_use(Host& host, const std::vector<Member>& members) {
  std::vector<Member> out;
  const auto goes = [&](const host::Path& path) {
    const auto member = std::ranges::find(out, path, &Member::path);
    return member != out.end() && member->after.kind == Kind::absent;
  };
  for (const auto& member : members) {
    if (member.before.kind == Kind::folder && member.after.kind == Kind::absent) {
      const auto names = host.list(member.path);
      const bool all_go = names && std::ranges::all_of(*names, [&](const std::string& name) {
                            return goes(member.path + "/" + name);
                          });
      if (!all_go) continue;
    }
    out.push_back(member);
  }
  return out;
}

std::vector<journal::Step> steps_of(const Generation& g, const std::string& service) {
  std::vector<journal::Step> out;
  std::ranges::copy_if(g.steps, std::back_inserter(out),
                       [&](const auto& step) { return step.service == service; });
  return out;
}

Result<Generation> undoable(Journal& journal, int number) {
  auto g = journal.load(number);
  if (!g) return g;
  if (!g->outcome)
    return fail("open-generation",
                fmt::format("generation {} was never brought to its end", number), "",
                "tlspolicy recover");
  if (*g->outcome != "kept" && *g->outcome != "partly")
    return fail("nothing-to-undo",
                fmt::format("generation {} changed nothing: it was {}", number, *g->outcome));
  return g;
}

// The settings file, and the folders that were made for it.
std::pair<Member, std::vector<Member>> settings_of(const std::vector<Member>& members) {
  std::pair<Member, std::vector<Member>> out;
  for (const auto& member : members) {
    const bool folder = member.before.kind == Kind::folder || member.after.kind == Kind::folder;
    if (folder)
      out.second.push_back(member);
    else
      out.first = member;
  }
  return out;
}

bool stayed(const Generation& g, const std::string& service) {
  const auto has = [&](const auto& names) {
    return std::ranges::find(names, service) != names.end();
  };
  return has(g.touched) && !has(g.backed);
}

}  // namespace

Result<Change> undo_of(Host& host, Journal& journal, int number,
                       std::vector<ServiceOutcome>* left_out) {
  const auto g = undoable(journal, number);
  if (!g) return tl::make_unexpected(g.error());
  const auto parts = parts_of(*g);
  if (!parts) return tl::make_unexpected(parts.error());

  Change change;
  change.verb = fmt::format("undo {}", number);
  change.selected_before = g->selected_after;
  change.selected_after = g->selected_before;
  for (auto part = parts->rbegin(); part != parts->rend(); ++part) {
    const std::string& name = part->service.name;
    const auto back = reversed(host, *part, *g);
    if (!back && name.empty()) {
      change.warnings.push_back(back.error());
      continue;
    }
    if (!back && left_out) {
      left_out->push_back({name, Fate::unchanged, back.error(), {}});
      continue;
    }
    if (!back) return tl::make_unexpected(back.error());
    auto members = without_folders_in_use(host, *back);
    if (name.empty()) {
      std::tie(change.settings, change.settings_folders) = settings_of(members);
      continue;
    }
    // Somebody took our lines out by hand; or the generation itself had put its files back.
    const bool nothing_left = members.empty();
    if (nothing_left && !stayed(*g, name)) continue;
    const bool running =
        !part->active || !host.is_live() ? part->service.running : is_active(host, *part);
    change.services.push_back({.service = name,
                               .members = std::move(members),
                               .steps = steps_of(*g, name),
                               .restart = part->service.restart,
                               .running = running,
                               .after = part->before,
                               .before = part->after,
                               .serving_before = part->service.served,
                               .reread = running && nothing_left});
  }
  return change;
}

}  // namespace tlspolicy::apply
