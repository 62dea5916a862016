// SPDX-License-Identifier: Apache-2.0
// What is pure about files: the names that we use beside a file, and when two states of a file are
// the same.
#include "host/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tlspolicy::host {
namespace {

constexpr std::size_t kLongestName = 255;  // NAME_MAX of every Linux file system that we meet

// Written or computed by the kernel when a file is made; nobody copies them by hand.
constexpr std::array<std::string_view, 4> kKernelLabels{"security.selinux", "security.SMACK64",
                                                        "security.ima", "security.evm"};

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

bool counts(const std::string& name, const FileState& other) {
  return std::ranges::find(kKernelLabels, name) == kKernelLabels.end() ||
         other.xattrs.contains(name);
}

bool xattrs_covered(const FileState& a, const FileState& b) {
  return std::ranges::all_of(a.xattrs, [&](const auto& xattr) {
    if (!counts(xattr.first, b)) return true;
    const auto other = b.xattrs.find(xattr.first);
    return other != b.xattrs.end() && other->second == xattr.second;
  });
}

}  // namespace

// Hidden, because glob(3) and Apache's apr_fnmatch (with FNM_PERIOD) let no "*" match a leading
// dot; "~" at the end, because run-parts, sudo and logrotate skip that one and "*.conf" misses it.
// Only a folder that is read whole would see it (Apache's `Include folder`), never a pattern.
Path beside(const Path& path, std::string_view tag) {
  const Path folder = folder_of(path);
  std::string name = path.substr(path.rfind('/') + 1);
  const std::string end = fmt::format(".tlspolicy-{}~", tag);
  if (1 + name.size() + end.size() > kLongestName) {
    const std::string short_mark = fmt::format("-{:08x}", fnv1a(name));
    name = name.substr(0, kLongestName - 1 - end.size() - short_mark.size()) + short_mark;
  }
  return fmt::format("{}/.{}{}", folder == "/" ? "" : folder, name, end);
}

Path folder_of(const Path& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == Path::npos ? "/" : path.substr(0, slash);
}

bool same(const FileState& a, const FileState& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == FileState::Kind::absent) return true;
  if (a.uid != b.uid || a.gid != b.gid) return false;
  if (a.kind == FileState::Kind::symlink) return a.content == b.content;  // its mode means nothing
  if (a.mode != b.mode) return false;
  if (a.kind == FileState::Kind::folder) return true;
  return a.content == b.content && xattrs_covered(a, b) && xattrs_covered(b, a);
}

}  // namespace tlspolicy::host
