// SPDX-License-Identifier: Apache-2.0
// A configuration that is spread over files, as one list in the order in which the program reads
// it.  Pure: the caller says what a file holds and what a pattern matches.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/syntax.hpp"

namespace tlspolicy::config {

struct Source {
  std::string file;
  Setting setting;  // its scopes begin with those of the including files; each names its file
  bool operator==(const Source&) const = default;
};

struct UnreadIn {
  std::string file;
  Unread unread;
};

struct Flattened {
  std::vector<Source> settings;    // the Include lines too, each before what it brings
  std::vector<std::string> files;  // in the order of their first reading, each once
  std::vector<UnreadIn> unread;    // also includes that lead nowhere, into themselves, or too deep
};

using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;
// As glob(7): hidden names only where the pattern says the dot; folders too; any order.  Asked for
// plain names as well: "/etc/x" is there or not.
using Glob = std::function<std::vector<std::string>(const std::string& pattern)>;
inline bool is_pattern(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

// `root_file` may be a pattern.  `include_keys` compare without case; relative paths start at
// `base_folder`, or beside the file where the syntax says so.  Conditions such as IfModule are not
// decided: what stands in them is listed with its scopes.
Flattened flatten(const Syntax& syntax, const std::string& root_file,
                  const std::string& base_folder, const std::vector<std::string>& include_keys,
                  const ReadFile& files, const Glob& glob);

// What a program reads behind it.
void append(Flattened& to, Flattened more);

}  // namespace tlspolicy::config
