// SPDX-License-Identifier: Apache-2.0
// Lossless configuration syntax: text -> settings with byte spans and scopes; edits -> text.
//
// Nothing is normalised: a file that is parsed and edited keeps every other byte, line ends, blanks
// and comments included.  What a parser cannot read it says (`unread`), never skips in silence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tlspolicy::config {

struct Scope {           // what encloses a setting, outermost first
  std::string kind;      // "VirtualHost", "IfModule", "Match"
  std::string argument;  // "*:443", "User alice"
  int line = 0;          // where it opens, from 1
  bool operator==(const Scope&) const = default;
};

struct Setting {
  std::string key;                // as written; keys of apache and sshd compare without case
  std::vector<std::string> args;  // unquoted words behind it
  std::vector<Scope> scopes;
  int line = 0;                    // of its first line, from 1
  std::size_t begin = 0, end = 0;  // bytes [begin, end): all its lines (continuations too) with
                                   // their line ends
  bool operator==(const Setting&) const = default;
};

struct Unread {
  int line = 0;
  std::string text, why;
};

struct Parsed {
  std::vector<Setting> settings;
  std::vector<Unread> unread;
};

// A syntax is a row of functions; syntax_named() finds it for a manifest's `syntax = "apache"`.
struct Syntax {
  std::string_view name;
  Parsed (*parse)(std::string_view text);
  // Makes settings[i] of parse(text) a comment of ours, reversibly, all its lines; the line says
  // that tlspolicy set it aside.  Several at once: indexes in any order.
  std::string (*set_aside)(std::string_view text, const std::vector<Setting>& which);
  // One line in this syntax, quoted where needed, without an end: "SSLOpenSSLConfCmd Groups
  // X25519".
  std::string (*line)(std::string_view key, std::string_view value);
};
const Syntax* syntax_named(std::string_view name);  // nullptr: no such syntax

// `block` (whole lines) put before everything else / behind everything; the file's own line end is
// used.
std::string with_block_first(std::string_view text, std::string_view block);
std::string with_block_last(std::string_view text, std::string_view block);

}  // namespace tlspolicy::config
