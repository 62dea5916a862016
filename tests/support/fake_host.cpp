// SPDX-License-Identifier: Apache-2.0
// The machine in memory; see fake_host.hpp.
#include "support/fake_host.hpp"

#include <fnmatch.h>

#include "base/text.hpp"

namespace tlspolicy::test {
namespace {

using host::FileState, host::Path;
using Kind = FileState::Kind;

constexpr int kMostLinks = 40;

class FakeLock : public host::Lock {
 public:
  FakeLock(std::shared_ptr<std::set<Path>> locks, Path path)
      : locks_(std::move(locks)), path_(std::move(path)) {}
  ~FakeLock() override { locks_->erase(path_); }
  FakeLock(const FakeLock&) = delete;
  FakeLock& operator=(const FakeLock&) = delete;

 private:
  std::shared_ptr<std::set<Path>> locks_;
  Path path_;
};

Path joined(const Path& folder, const std::string& name) {
  return (folder == "/" ? "" : folder) + "/" + name;
}

}  // namespace

FakeHost::FakeHost() {
  names["/"] = std::make_shared<FileState>(FileState{Kind::folder, {}, 0755, 0, 0, {}});
}

void FakeHost::folder(const Path& path, mode_t mode) {
  if (names.contains(path)) return;
  folder(host::folder_of(path));
  names[path] = std::make_shared<FileState>(FileState{Kind::folder, {}, mode, 0, 0, {}});
}

void FakeHost::put(const Path& path, std::string content, mode_t mode) {
  if (const auto old = inode(path)) {
    old->content = std::move(content);
    return;
  }
  replace(path, std::move(content), mode);
}

void FakeHost::replace(const Path& path, std::string content, mode_t mode) {
  folder(host::folder_of(path));
  names[path] =
      std::make_shared<FileState>(FileState{Kind::file, std::move(content), mode, 0, 0, {}});
}

void FakeHost::link(const Path& path, std::string target) {
  folder(host::folder_of(path));
  names[path] =
      std::make_shared<FileState>(FileState{Kind::symlink, std::move(target), 0777, 0, 0, {}});
}

void FakeHost::erase(const Path& path) { names.erase(path); }

Inode FakeHost::inode(const Path& path) const {
  const auto found = names.find(path);
  return found == names.end() ? nullptr : found->second;
}

std::string FakeHost::content(const Path& path) const {
  const auto found = inode(path);
  return found ? found->content : "";
}

std::vector<Path> FakeHost::paths() const {
  std::vector<Path> out;
  for (const auto& [path, state] : names)
    if (state->kind != Kind::folder) out.push_back(path);
  return out;
}

void FakeHost::on(std::string pattern, Answer answer) {
  answers_.emplace_back(std::move(pattern), std::move(answer));
}

void FakeHost::on(std::string pattern, int status, std::string out, std::string err) {
  on(std::move(pattern), [=](const host::Command&) {
    return host::Finished{status, out, err, false};
  });
}

// Symlinks on the way always, at the end on demand; a folder on the way must be there.
Result<Path> FakeHost::resolved(const Path& path, bool follow_last, int links) const {
  Path here = "/";
  auto parts = base::split(path, '/');
  std::erase_if(parts, [](const auto& part) { return part.empty() || part == "."; });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    if (parts[i] == "..") {
      here = host::folder_of(here);
      continue;
    }
    const Path next = joined(here, parts[i]);
    const auto found = inode(next);
    if (!found && !last) return fail("absent", "cannot find", path);
    if (found && found->kind == Kind::symlink && (!last || follow_last)) {
      if (links >= kMostLinks) return fail("symlink-loop", "cannot find", path);
      Path target = found->content.starts_with('/') ? found->content : joined(here, found->content);
      for (std::size_t rest = i + 1; rest < parts.size(); ++rest) target += "/" + parts[rest];
      return resolved(target, follow_last, links + 1);
    }
    if (found && !last && found->kind != Kind::folder)
      return fail("not-a-folder", "cannot find", path);
    here = next;
  }
  return here;
}

Result<Path> FakeHost::to_write(std::string_view operation, const Path& path) const {
  if (refuse)
    if (const auto error = refuse(operation, path)) return tl::make_unexpected(*error);
  return resolved(path, false);
}

Result<FileState> FakeHost::read(const Path& path) {
  const auto real = resolved(path, false);
  const auto found = real ? inode(*real) : nullptr;
  return found ? *found : FileState{};
}

Result<std::vector<std::string>> FakeHost::list(const Path& path) {
  std::vector<std::string> out;
  const auto real = resolved(path, true);
  if (!real) return out;
  for (const auto& [name, state] : names)
    if (name != "/" && host::folder_of(name) == *real)
      out.push_back(name.substr(name.rfind('/') + 1));
  return out;
}

Result<Path> FakeHost::real_path(const Path& path) {
  auto real = resolved(path, true);
  if (real && !inode(*real)) return fail("absent", "cannot find", path);
  return real;
}

Result<void> FakeHost::create(const Path& path, const FileState& state) {
  const auto real = to_write("create", path);
  if (!real) return tl::make_unexpected(real.error());
  if (state.kind != Kind::file && state.kind != Kind::symlink)
    return fail("not-a-file", "only files and symlinks can be created", path);
  if (inode(*real)) return fail("exists", "cannot create", path);
  names[*real] = std::make_shared<FileState>(state);
  return {};
}

Result<void> FakeHost::append(const Path& path, std::string_view bytes) {
  const auto real = to_write("append", path);
  if (!real) return tl::make_unexpected(real.error());
  auto& found = names[*real];
  if (!found) found = std::make_shared<FileState>(FileState{Kind::file, {}, 0600, 0, 0, {}});
  found->content += bytes;
  return {};
}

Result<void> FakeHost::exchange(const Path& a, const Path& b) {
  const auto first = to_write("exchange", a);
  const auto second = resolved(b, false);
  if (!first) return tl::make_unexpected(first.error());
  if (!second || !inode(*first) || !inode(*second)) return fail("absent", "cannot rename", b);
  std::swap(names[*first], names[*second]);
  return {};
}

Result<void> FakeHost::place(const Path& from, const Path& to) {
  const auto source = to_write("place", from);
  const auto goal = resolved(to, false);
  if (!source) return tl::make_unexpected(source.error());
  if (!goal || !inode(*source)) return fail("absent", "cannot rename", to);
  if (inode(*goal)) return fail("exists", "cannot rename", to);
  names[*goal] = names[*source];
  names.erase(*source);
  return {};
}

Result<void> FakeHost::remove(const Path& path) {
  const auto real = to_write("remove", path);
  if (!real) return tl::make_unexpected(real.error());
  if (!inode(*real)) return fail("absent", "cannot remove", path);
  names.erase(*real);
  return {};
}

Result<void> FakeHost::make_folder(const Path& path, mode_t mode) {
  const auto real = to_write("make_folder", path);
  if (!real && real.error().id != "absent") return tl::make_unexpected(real.error());
  folder(real ? *real : path, mode);
  return {};
}

Result<void> FakeHost::remove_folder(const Path& path) {
  const auto real = to_write("remove_folder", path);
  if (!real) return tl::make_unexpected(real.error());
  if (!inode(*real)) return fail("absent", "cannot remove the folder", path);
  const auto inside = list(path);
  if (inside && !inside->empty()) return fail("not-empty", "cannot remove the folder", path);
  names.erase(*real);
  return {};
}

Result<void> FakeHost::sync_folder(const Path& path) {
  const auto real = to_write("sync_folder", path);
  if (!real) return tl::make_unexpected(real.error());
  if (!inode(*real)) return fail("absent", "cannot open the folder", path);
  return {};
}

Result<void> FakeHost::truncate(const Path& path, std::uint64_t length) {
  const auto real = to_write("truncate", path);
  if (!real) return tl::make_unexpected(real.error());
  if (!inode(*real)) return fail("absent", "cannot cut", path);
  names[*real]->content.resize(length);
  return {};
}

host::Finished FakeHost::run(const host::Command& command) {
  const std::string words = base::join(command.argv, " ");
  ran.push_back(words);
  for (auto rule = answers_.rbegin(); rule != answers_.rend(); ++rule)
    if (fnmatch(rule->first.c_str(), words.c_str(), 0) == 0) return rule->second(command);
  return {127, "", words + ": not found", false};
}

Result<std::unique_ptr<host::Lock>> FakeHost::lock(const Path& path,
                                                   std::chrono::milliseconds wait) {
  if (locks_->contains(path) || locked_elsewhere.contains(path)) {
    pause(wait);
    return fail("busy", "another run holds the lock: process 4242", path, "wait until it is done");
  }
  locks_->insert(path);
  return std::make_unique<FakeLock>(locks_, path);
}

}  // namespace tlspolicy::test
