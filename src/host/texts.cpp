// SPDX-License-Identifier: Apache-2.0
// See texts.hpp.
#include "host/texts.hpp"

#include <fcntl.h>

#include <cerrno>

#include "host/files.hpp"
#include "host/system_error.hpp"

namespace tlspolicy::host {

Result<std::string> text(const Path& file) {
  const Fd opened(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!opened) return system_error(errno, "read", file);
  return read_all(opened, file);
}

Result<std::map<Path, std::string>> texts(const Path& folder, std::string_view ending) {
  const auto names = list_names(Root("/"), folder);
  if (!names) return tl::make_unexpected(names.error());
  std::map<Path, std::string> out;
  for (const auto& name : *names) {
    if (!name.ends_with(ending) || name.starts_with('.')) continue;
    const Path path = folder + "/" + name;
    auto content = text(path);
    if (!content) return tl::make_unexpected(content.error());
    out.emplace(path, *std::move(content));
  }
  return out;
}

}  // namespace tlspolicy::host
