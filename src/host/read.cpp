// SPDX-License-Identifier: Apache-2.0
// Reading a path with all that "byte for byte" means: kind, content, mode, owner, xattrs.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "host/files.hpp"
#include "host/system_error.hpp"

namespace tlspolicy::host {
namespace {

constexpr std::size_t kBiggestFile = 512UL << 20;  // bytes; no configuration or log rotates later

using Kind = FileState::Kind;
using Xattrs = std::map<std::string, std::string>;

Kind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return Kind::file;
  if (S_ISLNK(mode)) return Kind::symlink;
  return S_ISDIR(mode) ? Kind::folder : Kind::other;
}

bool is_absent(const Error& error) { return error.id == "absent" || error.id == "not-a-folder"; }

// A symlink has no descriptor that xattr calls take: it is reached through its open folder.
std::string through_proc(const Entry& entry) {
  return fmt::format("/proc/self/fd/{}/{}", entry.folder.get(), entry.name);
}

Result<Xattrs> read_xattrs(const Entry& entry) {
  const std::string path = through_proc(entry);
  std::string names(XATTR_LIST_MAX, '\0');
  const auto length = llistxattr(path.c_str(), names.data(), names.size());
  if (length < 0 && errno == ENOTSUP) return Xattrs{};
  if (length < 0) return system_error(errno, "list the extended attributes", entry.real);
  Xattrs out;
  for (const char* name = names.data(); name < names.data() + length; name += strlen(name) + 1) {
    std::string value(XATTR_SIZE_MAX, '\0');
    const auto size = lgetxattr(path.c_str(), name, value.data(), value.size());
    if (size < 0 && errno == ENODATA) continue;  // removed between the two calls
    if (size < 0) return system_error(errno, fmt::format("read {}", name), entry.real);
    value.resize(static_cast<std::size_t>(size));
    out.emplace(name, std::move(value));
  }
  return out;
}

Result<std::string> read_link(const Entry& entry) {
  std::array<char, PATH_MAX> target{};
  const auto length =
      readlinkat(entry.folder.get(), entry.name.c_str(), target.data(), target.size());
  if (length < 0) return system_error(errno, "read the symlink", entry.real);
  return std::string(target.data(), static_cast<std::size_t>(length));
}

}  // namespace

Result<std::string> read_all(const Fd& file, const Path& path) {
  std::string out;
  std::array<char, 65536> piece;
  for (;;) {
    const auto length = ::read(file.get(), piece.data(), piece.size());
    if (length == 0) return out;
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return system_error(errno, "read", path);
    out.append(piece.data(), static_cast<std::size_t>(length));
    if (out.size() > kBiggestFile)
      return fail("too-big", "cannot read: the file is larger than 512 MiB", path);
  }
}

Result<FileState> read_state(const Root& root, const Path& path) {
  const auto entry = root.find(path);
  if (!entry && is_absent(entry.error())) return FileState{};
  if (!entry) return tl::make_unexpected(entry.error());

  struct stat info {};
  if (fstatat(entry->folder.get(), entry->name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT ? Result<FileState>(FileState{}) : system_error(errno, "look at", path);
  FileState state{kind_of(info.st_mode), {}, info.st_mode & 07777U, info.st_uid, info.st_gid, {}};
  if (state.kind == Kind::other || state.kind == Kind::folder) return state;

  if (state.kind == Kind::symlink) {
    auto target = read_link(*entry);
    if (!target) return tl::make_unexpected(target.error());
    state.content = std::move(*target);
  } else {
    const Fd file(openat(entry->folder.get(), entry->name.c_str(),
                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) return system_error(errno, "read", path);
    auto content = read_all(file, path);
    if (!content) return tl::make_unexpected(content.error());
    state.content = std::move(*content);
  }
  auto xattrs = read_xattrs(*entry);
  if (!xattrs) return tl::make_unexpected(xattrs.error());
  state.xattrs = std::move(*xattrs);
  return state;
}

Result<std::vector<std::string>> list_names(const Root& root, const Path& path) {
  const auto entry = root.find(path, true);
  if (!entry && is_absent(entry.error())) return std::vector<std::string>{};
  if (!entry) return tl::make_unexpected(entry.error());
  const int fd = openat(entry->folder.get(), entry->name.c_str(),
                        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::vector<std::string>{};
  if (fd < 0) return system_error(errno, "list", path);

  const std::unique_ptr<DIR, int (*)(DIR*)> folder(fdopendir(fd), closedir);
  std::vector<std::string> names;
  while (const dirent* item = readdir(folder.get())) {
    const std::string_view name = item->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Result<Path> resolve(const Root& root, const Path& path) {
  const auto entry = root.find(path, true);
  if (!entry) return tl::make_unexpected(entry.error());
  struct stat info {};
  if (fstatat(entry->folder.get(), entry->name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    return system_error(errno, "find", path);
  return entry->real;
}

}  // namespace tlspolicy::host
