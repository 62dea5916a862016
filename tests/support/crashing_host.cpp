// SPDX-License-Identifier: Apache-2.0
// The machine that stops; see crashing_host.hpp.
#include "support/crashing_host.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace tlspolicy::test {
namespace {

void apply(const auto& change, Names& names) {
  for (const auto& path : change.gone)  // nobody reaches what lies below a folder that has gone
    std::erase_if(names, [&](const auto& name) {
      return name.first == path || name.first.starts_with(path + "/");
    });
  for (const auto& [path, inode] : change.set) names[path] = inode;
}

}  // namespace

template <class Operation>
auto CrashingHost::step(std::string what, Operation operation) {
  if (crash_after_ == 0) crash();
  ++count_;
  log.push_back(std::move(what));
  const Names untouched = loses() ? fake_->names : Names{};
  if (meanwhile) meanwhile(count_);
  if (loses()) remember(untouched);
  const Names before = loses() ? fake_->names : Names{};
  auto result = operation();
  if (loses()) remember(before);
  if (stop) stop(remains());
  if (count_ == crash_after_) crash();
  return result;
}

// What changed among the names waits for a sync of its folder.
void CrashingHost::remember(const Names& before) {
  Change change;
  for (const auto& [path, inode] : fake_->names) {
    const auto old = before.find(path);
    if (old == before.end() || old->second != inode) change.set[path] = inode;
  }
  for (const auto& [path, inode] : before)
    if (!fake_->names.contains(path)) change.gone.push_back(path);
  if (change.set.empty() && change.gone.empty()) return;
  change.folder =
      host::folder_of(change.set.empty() ? change.gone.front() : change.set.begin()->first);
  pending_.push_back(std::move(change));
}

Names CrashingHost::remains() const {
  if (!loses()) return fake_->names;
  Names out = durable_;
  std::map<host::Path, std::size_t> total, taken;
  for (const auto& change : pending_) ++total[change.folder];
  for (const auto& change : pending_)
    if (loss_ == Loss::half && out.contains(change.folder) &&
        taken[change.folder]++ < total[change.folder] / 2)
      apply(change, out);
  return out;
}

void CrashingHost::crash() {
  if (loses()) fake_->names = remains();
  throw Crash{count_};
}

Result<void> CrashingHost::create(const host::Path& path, const host::FileState& state) {
  return step("create " + path, [&] { return below_.create(path, state); });
}
Result<void> CrashingHost::append(const host::Path& path, std::string_view bytes) {
  return step("append " + path, [&] { return below_.append(path, bytes); });
}
Result<void> CrashingHost::exchange(const host::Path& a, const host::Path& b) {
  return step("exchange " + b, [&] { return below_.exchange(a, b); });
}
Result<void> CrashingHost::place(const host::Path& from, const host::Path& to) {
  return step("place " + to, [&] { return below_.place(from, to); });
}
Result<void> CrashingHost::remove(const host::Path& path) {
  return step("remove " + path, [&] { return below_.remove(path); });
}
Result<void> CrashingHost::make_folder(const host::Path& path, mode_t mode) {
  return step("make_folder " + path, [&] {
    auto made = below_.make_folder(path, mode);
    // As RealHost does, which syncs the folder above each new one.
    for (auto folder = path; made && loses() && folder != "/"; folder = host::folder_of(folder))
      durable_[folder] = fake_->names[folder];
    return made;
  });
}
Result<void> CrashingHost::remove_folder(const host::Path& path) {
  return step("remove_folder " + path, [&] { return below_.remove_folder(path); });
}
Result<void> CrashingHost::sync_folder(const host::Path& path) {
  return step("sync_folder " + path, [&] {
    auto done = below_.sync_folder(path);
    if (!done || !loses()) return done;
    std::erase_if(pending_, [&](const Change& change) {
      if (change.folder == path) apply(change, durable_);
      return change.folder == path;
    });
    return done;
  });
}
Result<void> CrashingHost::truncate(const host::Path& path, std::uint64_t length) {
  return step("truncate " + path, [&] { return below_.truncate(path, length); });
}
host::Finished CrashingHost::run(const host::Command& command) {
  return step("run " + base::join(command.argv, " "), [&] { return below_.run(command); });
}

}  // namespace tlspolicy::test
