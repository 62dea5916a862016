// SPDX-License-Identifier: Apache-2.0
// Small pure helpers on text: split, join, trim, and the strict ${name} substitution of manifests.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tlspolicy::base {

// Pieces between separators, empty ones included: split("a,,b", ',') is {"a", "", "b"}.
std::vector<std::string> split(std::string_view text, char separator);
// Words between runs of blanks and tabs, never empty.
std::vector<std::string> words(std::string_view text);
std::vector<std::string> lines(std::string_view text);  // without their ends; a last "\n" adds none
std::string_view trim(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string lower(std::string_view text);
bool iequals(std::string_view a, std::string_view b);  // ASCII only
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// Replaces each ${name} by what `lookup` says.  A name that lookup does not know, an unclosed
// brace, or a "$" before anything else than "{" or "$" is an error: an empty word in a cipher line
// must never come from a typing mistake.  "$$" stands for one dollar.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;
Result<std::string> substitute(std::string_view text, const Lookup& lookup);

// Shell-style pattern with * ? [set] for one path component, as glob(7).
bool matches_glob(std::string_view pattern, std::string_view name);

}  // namespace tlspolicy::base
