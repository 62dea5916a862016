// SPDX-License-Identifier: Apache-2.0
// What every syntax is made of: a text cut into pieces that tile it without a gap, each with its
// lines and words.  parse() keeps the settings of them; the tests hold the tiling.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/syntax.hpp"

namespace tlspolicy::config {

struct Piece {
  enum class Kind { setting, open, close, comment, blank, unread };
  Kind kind = Kind::blank;
  std::size_t begin = 0, end = 0;  // bytes, with the line ends
  int line = 0, last_line = 0;     // from 1, inclusive
  std::string key;                 // setting: as written; open, close: the section's kind
  std::vector<std::string> args;
  std::string why;  // unread: the reason
};

std::vector<Piece> apache_pieces(std::string_view text);
std::vector<Piece> sshd_pieces(std::string_view text);
std::vector<Piece> dovecot_pieces(std::string_view text);
std::vector<Piece> postfix_pieces(std::string_view text);  // main.cf's and master.cf's lines; the
                                                           // key of a setting is its whole line

std::vector<Piece> exim_pieces(std::string_view text);

Setting setting_of(const Piece& piece, const std::vector<Scope>& scopes);
void mark_unread(Piece& piece, std::string why);
Unread unread_of(std::string_view text, const Piece& piece, std::string why);

inline constexpr std::string_view kSetAside = "#tlspolicy set aside# ";

// Shared by every syntax whose comments start with "#" at the start of a line.
std::string set_aside_by_hash(std::string_view text, const std::vector<Setting>& which);

std::string restore_options(std::string_view text);  // mastercf: an -o that was set aside in place

// The rows that syntax.cpp puts into its table.
extern const Syntax kApache;
extern const Syntax kSshd;
extern const Syntax kDovecot;
extern const Syntax kMaincf;
extern const Syntax kMastercf;
extern const Syntax kExim;
extern const Syntax kEximTransports;

}  // namespace tlspolicy::config
