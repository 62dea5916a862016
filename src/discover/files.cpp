// SPDX-License-Identifier: Apache-2.0
// Reads a service's configuration with everything that it includes; see parts.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "discover/parts.hpp"

namespace tlspolicy::discover {

Result<base::FileState> state_behind(host::Host& host, const std::string& path) {
  const auto real = host.real_path(path);
  return host.read(real ? *real : path);
}

namespace {
using base::FileState;

constexpr int kMaxMatches = 4096;  // files that one include pattern may bring

// Keeps the bytes of the file behind `path`, whatever symlinks lead there.
std::optional<std::string> keep(host::Host& host, service::Instance& instance,
                                const std::string& path) {
  if (const auto known = instance.files.find(path); known != instance.files.end())
    return known->second.kind == FileState::Kind::file ? std::optional(known->second.content)
                                                       : std::nullopt;
  const auto real = host.real_path(path);
  auto state = real ? host.read(*real) : host.read(path);
  if (!state) {
    instance.notes.push_back(fmt::format("{}: {}", path, state.error().what));
    instance.files[path] = FileState{};
    return std::nullopt;
  }
  if (real && *real != path) instance.real_paths[path] = *real;
  const bool is_file = state->kind == FileState::Kind::file;
  const std::string content = is_file ? state->content : "";
  instance.files[path] = std::move(*state);
  return is_file ? std::optional(content) : std::nullopt;
}

// It may be there, but we may not look.
bool hidden(host::Host& host, const std::string& path) {
  const auto state = state_behind(host, path);
  return !state && state.error().id == "not-permitted";
}

// glob(3) with * ? [set] in any component.
std::vector<std::string> glob(host::Host& host, const std::string& pattern) {
  std::vector<std::string> found{""};
  for (const auto& part : base::split(pattern, '/')) {
    if (part.empty()) continue;
    std::vector<std::string> next;
    for (const auto& folder : found) {
      if (!config::is_pattern(part)) {
        next.push_back(folder + "/" + part);
        continue;
      }
      const auto names = host.list(folder.empty() ? "/" : folder);
      if (!names) continue;
      for (const auto& name : *names)
        if (base::matches_glob(part, name) && next.size() < kMaxMatches)
          next.push_back(folder + "/" + name);
    }
    found = std::move(next);
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

config::Flattened read_configuration(host::Host& host, const service::Manifest& manifest,
                                     service::Instance& instance) {
  const auto expanded = [&](const std::string& text) {
    return service::expand(text, instance.vars).value_or(text);
  };
  const auto content = [&](const std::string& path) { return keep(host, instance, path); };
  const auto matches = [&](const std::string& pattern) {
    auto found = glob(host, pattern);
    std::erase_if(found, [&](const std::string& path) {
      content(path);
      return instance.files.at(path).kind == FileState::Kind::absent;
    });
    instance.globs[pattern] = found;
    return found;
  };
  auto flat =
      config::flatten(*config::syntax_named(manifest.syntax), expanded(manifest.root_file),
                      expanded(manifest.base_folder), manifest.include_keys, content, matches);
  if (hidden(host, expanded(manifest.root_file))) {
    instance.notes.clear();
    instance.broken = Error{"not-readable", "its configuration cannot be read without root",
                            expanded(manifest.root_file), "run it with sudo"};
    return flat;
  }
  for (const auto& one : manifest.also) {
    const auto file = expanded(one.file);
    if (one.optional && (file.empty() || (!config::is_pattern(file) && !content(file)))) continue;
    config::append(flat, config::flatten(*config::syntax_named(one.syntax), file,
                                         expanded(manifest.base_folder), {}, content, matches));
  }
  for (const auto& unread : flat.unread)
    instance.notes.push_back(fmt::format("{}:{}: not understood: {}", unread.file,
                                         unread.unread.line, unread.unread.why));
  for (const auto& place : manifest.places) keep(host, instance, expanded(place.path));
  return flat;
}

}  // namespace tlspolicy::discover
