// SPDX-License-Identifier: Apache-2.0
// The walk inside a root folder; see root.hpp.
#include "host/root.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <optional>

#include "base/text.hpp"
#include "host/system_error.hpp"

namespace tlspolicy::host {
namespace {

constexpr int kMostLinks = 40;  // as the kernel, path_resolution(7)

// The folders from the root down to where the walk stands.
struct Walk {
  std::vector<Fd> folders;
  std::vector<std::string> names;  // of folders[1..]
  std::vector<std::string> to_do;  // components still to take, the next one last
  int links = 0;

  void push(std::string_view path) {
    if (path.starts_with('/')) up(names.size());
    auto parts = base::split(path, '/');
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
      if (!part->empty() && *part != ".") to_do.push_back(*part);
  }
  void up(std::size_t levels) {
    for (; levels > 0 && !names.empty(); --levels) {
      names.pop_back();
      folders.pop_back();
    }
  }
  Path here() const { return names.empty() ? "/" : "/" + base::join(names, "/"); }
};

std::optional<std::string> link_target(const Fd& entry) {
  struct stat info {};
  if (fstat(entry.get(), &info) != 0 || !S_ISLNK(info.st_mode)) return std::nullopt;
  std::array<char, PATH_MAX> target{};
  const auto length = readlinkat(entry.get(), "", target.data(), target.size());
  return length < 0 ? std::nullopt
                    : std::optional(std::string(target.data(), static_cast<std::size_t>(length)));
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}

Root::Root(Path folder) : folder_(std::move(folder)) {
  while (folder_.size() > 1 && folder_.ends_with('/')) folder_.pop_back();
  if (folder_.empty()) folder_ = "/";
}

Result<Entry> Root::find(const Path& path, bool follow_last) const {
  Walk walk;
  walk.folders.emplace_back(open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!walk.folders.back()) return system_error(errno, "open the root folder", folder_);
  walk.push(path);
  while (!walk.to_do.empty()) {
    std::string name = std::move(walk.to_do.back());
    walk.to_do.pop_back();
    const bool last = walk.to_do.empty();
    if (name == "..") {
      walk.up(1);
      continue;
    }
    Fd next(openat(walk.folders.back().get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next && !(last && errno == ENOENT)) return system_error(errno, "find", path);
    const auto target = next ? link_target(next) : std::nullopt;
    if (target && (!last || follow_last)) {
      if (++walk.links > kMostLinks) return system_error(ELOOP, "find", path);
      walk.push(*target);
      continue;
    }
    if (last) {
      const Path folder = walk.here();
      return Entry{std::move(walk.folders.back()), name,
                   (folder == "/" ? "" : folder) + "/" + name};
    }
    walk.folders.push_back(std::move(next));
    walk.names.push_back(std::move(name));
  }
  return Entry{std::move(walk.folders.back()), ".", walk.here()};
}

}  // namespace tlspolicy::host
