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

struct Scope {            // what encloses a setting, outermost first
  std::string kind;       // "VirtualHost", "IfModule", "Match"
  std::string argument;   // "*:443", "User alice"
  int line = 0;           // where it opens, from 1
  std::string file = {};  // filled in by flatten(); parsers leave it empty
  bool operator==(const Scope&) const = default;
};

struct Setting {
  std::string key;                // as written (dovecot: in full, where a block is a part of it);
                                  // keys of apache and sshd compare without case
  std::vector<std::string> args;  // unquoted words behind it
  std::vector<Scope> scopes;
  int line = 0;                    // of its first line, from 1
  std::size_t begin = 0, end = 0;  // bytes [begin, end): all its lines (continuations too) with
                                   // their line ends
  int last_line = 0;               // of its last continuation; httpd names this one in messages
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

// How a program follows its Include directives; see flatten.hpp.
struct IncludeManner {
  bool folders = false;           // a folder's name stands for all files below it
  bool by_component = false;      // matches sort folder by folder, else as whole paths
  bool must_match = false;        // a pattern or name without a match is an error ...
  std::string_view optional_key;  // ... except under this key
  bool beside_the_file = false;   // relative paths start beside the file that includes
  bool run_parts = false;         // of a pattern only names of letters, digits, "_" and "-", and
                                  // NAME.rul in the place of NAME (Debian's update-exim4.conf)
};

// A syntax is a row of functions; syntax_named() finds it for a manifest's `syntax = "apache"`.
struct Syntax {
  std::string_view name;
  Parsed (*parse)(std::string_view text);
  // Makes settings[i] of parse(text) a comment of ours, reversibly, all its lines; the line says
  // that tlspolicy set it aside.  Several at once: indexes in any order.
  std::string (*set_aside)(std::string_view text, const std::vector<Setting>& which);
  // One line in this syntax without an end: key and the words of value, each quoted where the
  // program would else read something different.  "SSLOpenSSLConfCmd Groups X25519".
  std::string (*line)(std::string_view key, std::string_view value);
  IncludeManner include = {};
  bool references = false;  // "$name" in a value stands for the value of another setting
};
const Syntax* syntax_named(std::string_view name);  // nullptr: no such syntax

// Takes every "set aside" of ours in `text` away: the exact bytes from before.
std::string restore_set_aside(std::string_view text);

// `block` (whole lines) put before everything else / behind everything; the file's own line end is
// used.
std::string with_block_first(std::string_view text, std::string_view block);
std::string with_block_last(std::string_view text, std::string_view block);
std::size_t gap_before_block(std::string_view text);  // bytes that with_block_last puts in between

}  // namespace tlspolicy::config
