// SPDX-License-Identifier: Apache-2.0
// Writing: each function is done, or it is not and says why; what it wrote is on the disk before it
// returns.  Names are durable once their folder was synced.
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "base/text.hpp"
#include "host/files.hpp"
#include "host/system_error.hpp"

namespace tlspolicy::host {
namespace {

using Kind = FileState::Kind;

// Hashes of the content that the kernel computes itself (IMA, EVM): a copied one would be wrong.
bool kernel_computes(std::string_view xattr) {
  return xattr == "security.ima" || xattr == "security.evm";
}

Result<void> write_all(const Fd& file, std::string_view bytes, const Path& path) {
  while (!bytes.empty()) {
    const auto written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(errno, "write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Exactly these attributes: those that the folder's default ACL gave are taken off again.  A label
// that the kernel set and does not let go of stays; see same().
Result<void> set_xattrs(const std::string& at, const FileState& state, const Path& path) {
  std::string names(XATTR_LIST_MAX, '\0');
  const auto length = llistxattr(at.c_str(), names.data(), names.size());
  for (const char* name = names.data(); name < names.data() + length; name += strlen(name) + 1) {
    if (state.xattrs.contains(name) || std::string_view(name).starts_with("security.")) continue;
    if (lremovexattr(at.c_str(), name) != 0 && errno != ENODATA)
      return system_error(errno, fmt::format("take off {}", name), path);
  }
  for (const auto& [name, value] : state.xattrs) {
    if (kernel_computes(name)) continue;
    if (lsetxattr(at.c_str(), name.c_str(), value.data(), value.size(), 0) != 0)
      return system_error(errno, fmt::format("set {}", name), path);
  }
  return {};
}

// chmod comes after chown, which clears set-user-ID bits, and before the ACL, which refines it.
Result<void> fill_file(const Entry& part, const FileState& state, const Path& path) {
  const Fd file(openat(part.folder.get(), part.name.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_error(errno, "create", path);
  if (auto done = write_all(file, state.content, path); !done) return done;
  if (fchown(file.get(), state.uid, state.gid) != 0)
    return system_error(errno, "set the owner", path);
  if (fchmod(file.get(), state.mode) != 0) return system_error(errno, "set the mode", path);
  const auto at = fmt::format("/proc/self/fd/{}/{}", part.folder.get(), part.name);
  if (auto done = set_xattrs(at, state, path); !done) return done;
  if (fchmod(file.get(), state.mode) != 0) return system_error(errno, "set the mode", path);
  if (fsync(file.get()) != 0) return system_error(errno, "write", path);
  return {};
}

Result<void> fill_symlink(const Entry& part, const FileState& state, const Path& path) {
  const int folder = part.folder.get();
  if (symlinkat(state.content.c_str(), folder, part.name.c_str()) != 0)
    return system_error(errno, "create", path);
  if (fchownat(folder, part.name.c_str(), state.uid, state.gid, AT_SYMLINK_NOFOLLOW) != 0)
    return system_error(errno, "set the owner", path);
  return set_xattrs(fmt::format("/proc/self/fd/{}/{}", folder, part.name), state, path);
}

Result<void> exchange_refused(int code, const Path& path) {
  return fail("exchange-refused",
              fmt::format("this file cannot be exchanged in one step: {}", std::strerror(code)),
              path,
              code == EBUSY || code == EXDEV
                  ? "the file is a mount of its own (findmnt): change it where it is mounted from"
                  : "the file system knows no RENAME_EXCHANGE: move the file to ext4, xfs, btrfs, "
                    "tmpfs or overlay");
}

Result<void> rename_with(const Root& root, const Path& from, const Path& to, unsigned flags) {
  const auto source = root.find(from);
  if (!source) return tl::make_unexpected(source.error());
  const auto goal = root.find(to);
  if (!goal) return tl::make_unexpected(goal.error());
  if (renameat2(source->folder.get(), source->name.c_str(), goal->folder.get(), goal->name.c_str(),
                flags) == 0)
    return {};
  if (errno == EBUSY || errno == EXDEV || errno == EINVAL || errno == ENOSYS)
    return exchange_refused(errno, to);
  return system_error(errno, "rename", to);
}

Result<Fd> open_to_write(const Root& root, const Path& path, int flags) {
  const auto entry = root.find(path);
  if (!entry) return tl::make_unexpected(entry.error());
  Fd file(openat(entry->folder.get(), entry->name.c_str(),
                 O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0600));
  if (!file) return system_error(errno, "open", path);
  return file;
}

}  // namespace

// A crash may leave the `.tlspolicy-part~` name, never a half-written `path`.  Only one run writes
// at a time (the lock), so that a part found here is a dead one's.
Result<void> create_whole(const Root& root, const Path& path, const FileState& state) {
  if (state.kind != Kind::file && state.kind != Kind::symlink)
    return fail("not-a-file", "only files and symlinks can be created", path);
  const auto part = root.find(beside(path, "part"));
  if (!part) return tl::make_unexpected(part.error());
  unlinkat(part->folder.get(), part->name.c_str(), 0);

  auto done =
      state.kind == Kind::file ? fill_file(*part, state, path) : fill_symlink(*part, state, path);
  if (done) done = rename_with(root, beside(path, "part"), path, RENAME_NOREPLACE);
  if (!done) unlinkat(part->folder.get(), part->name.c_str(), 0);
  return done;
}

// After a failure the file is as long as before: a full disk leaves no torn record.
Result<void> append_bytes(const Root& root, const Path& path, std::string_view bytes) {
  auto file = open_to_write(root, path, O_APPEND | O_CREAT);
  if (!file) return tl::make_unexpected(file.error());
  struct stat info {};
  if (fstat(file->get(), &info) != 0) return system_error(errno, "look at", path);
  auto done = write_all(*file, bytes, path);
  if (done && fsync(file->get()) != 0) done = system_error(errno, "write", path);
  if (!done && ftruncate(file->get(), info.st_size) != 0)
    done.error().what += ", and the part that was written cannot be cut off again";
  return done;
}

Result<void> exchange_names(const Root& root, const Path& a, const Path& b) {
  return rename_with(root, a, b, RENAME_EXCHANGE);
}

Result<void> place_name(const Root& root, const Path& from, const Path& to) {
  return rename_with(root, from, to, RENAME_NOREPLACE);
}

Result<void> remove_name(const Root& root, const Path& path) {
  const auto entry = root.find(path);
  if (!entry) return tl::make_unexpected(entry.error());
  if (unlinkat(entry->folder.get(), entry->name.c_str(), 0) != 0)
    return system_error(errno, "remove", path);
  return {};
}

Result<void> make_folders(const Root& root, const Path& path, mode_t mode) {
  Path so_far;
  for (const auto& name : base::split(path, '/')) {
    if (name.empty()) continue;
    so_far += "/" + name;
    const auto entry = root.find(so_far, true);
    if (!entry) return tl::make_unexpected(entry.error());
    if (mkdirat(entry->folder.get(), entry->name.c_str(), mode) != 0) {
      if (errno == EEXIST) continue;
      return system_error(errno, "make the folder", so_far);
    }
    if (fchmodat(entry->folder.get(), entry->name.c_str(), mode, 0) != 0)  // past the umask
      return system_error(errno, "set the mode", so_far);
    if (auto done = sync_names(root, folder_of(so_far)); !done) return done;
  }
  return {};
}

Result<void> remove_empty_folder(const Root& root, const Path& path) {
  const auto entry = root.find(path);
  if (!entry) return tl::make_unexpected(entry.error());
  if (unlinkat(entry->folder.get(), entry->name.c_str(), AT_REMOVEDIR) != 0)
    return system_error(errno, "remove the folder", path);
  return {};
}

Result<void> sync_names(const Root& root, const Path& folder) {
  const auto entry = root.find(folder, true);
  if (!entry) return tl::make_unexpected(entry.error());
  const Fd open_folder(
      openat(entry->folder.get(), entry->name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open_folder) return system_error(errno, "open the folder", folder);
  if (fsync(open_folder.get()) != 0) return system_error(errno, "write the folder", folder);
  return {};
}

Result<void> cut(const Root& root, const Path& path, std::uint64_t length) {
  const auto file = open_to_write(root, path, 0);
  if (!file) return tl::make_unexpected(file.error());
  if (ftruncate(file->get(), static_cast<off_t>(length)) != 0 || fsync(file->get()) != 0)
    return system_error(errno, "cut", path);
  return {};
}

}  // namespace tlspolicy::host
