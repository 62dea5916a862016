// SPDX-License-Identifier: Apache-2.0
// Change -> generation -> parts; see part.hpp.
#include "apply/part.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace tlspolicy::apply {
namespace {

using host::FileState, host::Host, host::Path;
using journal::Generation, journal::Member, journal::Step;
using Kind = FileState::Kind;
using Members = std::vector<Member>;

constexpr mode_t kFolderMode = 0755;

bool has_path(const Members& members, const Path& path) {
  return std::ranges::find(members, path, &Member::path) != members.end();
}

// The folders that must be made first, outermost first, each a member of its own: taking the
// change back takes them back, too.
Result<void> add_missing_folders(Host& host, const Member& member, Members& all) {
  if (member.before.kind != Kind::absent) return {};
  Members missing;
  for (Path folder = host::folder_of(member.path); folder != "/";
       folder = host::folder_of(folder)) {
    if (has_path(all, folder)) break;
    const auto there = host.read(folder);
    if (!there) return tl::make_unexpected(there.error());
    if (there->kind != Kind::absent) break;
    const FileState made{Kind::folder, "", kFolderMode, member.after.uid, member.after.gid, {}};
    missing.push_back({member.service, folder, FileState{}, made});
  }
  all.insert(all.end(), missing.rbegin(), missing.rend());
  return {};
}

// A file is exchanged where it lies: a symlink that leads to it stays as it is.
Result<Path> where_it_lies(Host& host, const Member& member) {
  if (member.before.kind != Kind::file) return member.path;
  auto real = host.real_path(member.path);
  if (!real && real.error().id == "absent") return member.path;  // the write will find that out
  return real;
}

Result<void> add_member(Host& host, Member member, Members& all) {
  if (host::same(member.before, member.after)) return {};
  auto path = where_it_lies(host, member);
  if (!path) return tl::make_unexpected(path.error());
  member.path = *path;
  const auto twin = std::ranges::find(all, member.path, &Member::path);
  if (twin != all.end() && twin->after == member.after) return {};  // through a second symlink
  if (twin != all.end())
    return fail("path-twice", "two changes were planned for the same file", member.path,
                "report this as a bug of tlspolicy");
  if (auto done = add_missing_folders(host, member, all); !done) return done;
  all.push_back(std::move(member));
  return {};
}

void add_commands(const ServiceChange& change, Generation& g) {
  g.services.push_back({change.service, change.running, change.restart, change.serving_before});
  for (auto step : change.steps) {
    step.service = change.service;
    g.steps.push_back(std::move(step));
  }
  for (const auto& target : change.after)
    g.targets.push_back({change.service, true, prove::to_json(target)});
  for (const auto& target : change.before)
    g.targets.push_back({change.service, false, prove::to_json(target)});
}

void take_step(const Step& step, Part& part) {
  if (step.kind == Step::Kind::check) part.checks.push_back(step);
  if (step.kind == Step::Kind::reload) part.reload = step;
  if (step.kind == Step::Kind::restart) part.restart = step;
  if (step.kind == Step::Kind::active) part.active = step;
}

}  // namespace

Result<Generation> generation_of(Host& host, const Change& change) {
  Generation g;
  g.boot_id = host.boot_id();
  g.created = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                          fmt::gmtime(std::chrono::system_clock::to_time_t(host.now())));
  g.verb = change.verb;
  g.selected_before = change.selected_before;
  g.selected_after = change.selected_after;
  for (const auto& service : change.services) {
    const auto before = g.members.size();
    for (auto member : service.members) {
      member.service = service.service;
      if (auto done = add_member(host, std::move(member), g.members); !done)
        return tl::make_unexpected(done.error());
    }
    if (g.members.size() > before || service.reread) add_commands(service, g);
  }
  auto last = change.settings_folders;
  last.insert(last.begin(), change.settings);
  for (auto& member : last) {
    member.service = "";
    if (auto done = add_member(host, std::move(member), g.members); !done)
      return tl::make_unexpected(done.error());
  }
  return g;
}

Result<std::vector<Part>> parts_of(const Generation& g) {
  std::vector<Part> parts;
  for (const auto& service : g.services) parts.push_back({service, {}, {}, {}, {}, {}, {}, {}});
  parts.emplace_back();  // the settings
  parts.back().service.running = false;
  const auto part_of = [&](const std::string& service) {
    return std::ranges::find(parts, service, [](const Part& part) { return part.service.name; });
  };
  const auto unknown = [&](const std::string& service) {
    return fail("journal-corrupt",
                fmt::format("generation {} speaks of a service that it does not list", g.number),
                service, "restore the journal from a backup");
  };

  for (const auto& member : g.members) {
    if (part_of(member.service) == parts.end()) return unknown(member.service);
    part_of(member.service)->members.push_back(member);
  }
  for (const auto& step : g.steps) {
    if (part_of(step.service) == parts.end()) return unknown(step.service);
    take_step(step, *part_of(step.service));
  }
  for (const auto& target : g.targets) {
    if (part_of(target.service) == parts.end()) return unknown(target.service);
    auto parsed = prove::target_from_json(target.json);
    if (!parsed) return tl::make_unexpected(parsed.error());
    auto& part = *part_of(target.service);
    (target.after ? part.after : part.before).push_back(std::move(*parsed));
  }
  return parts;
}

}  // namespace tlspolicy::apply
