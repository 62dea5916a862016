// SPDX-License-Identifier: Apache-2.0
// Postfix's main.cf, postconf(5): "name = value" logical lines.
//
// A line that starts with a blank continues the one before, also across comments and empty lines in
// between.  The last of two values of a name wins.  master.cf has the same logical lines.
#include <algorithm>

#include "base/text.hpp"
#include "config/pieces.hpp"

namespace tlspolicy::config {
namespace {

enum class Kind { blank, comment, start, continuation };

struct Line {
  Kind kind;
  std::size_t begin, end;
};

std::vector<Line> physical_lines(std::string_view text) {
  std::vector<Line> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto newline = text.find('\n', at);
    const auto end = newline == std::string_view::npos ? text.size() : newline + 1;
    const auto line = text.substr(at, end - at);
    const auto words = base::trim(line);
    const bool indented = !words.empty() && line.front() != words.front();
    out.push_back({words.empty()          ? Kind::blank
                   : words.front() == '#' ? Kind::comment
                   : indented             ? Kind::continuation
                                          : Kind::start,
                   at, end});
    at = end;
  }
  return out;
}

std::string joined(std::string_view text, const std::vector<Line>& lines, std::size_t from,
                   std::size_t to) {
  std::string out;
  for (auto i = from; i <= to; ++i)
    if (lines[i].kind == Kind::start || lines[i].kind == Kind::continuation)
      out.append(text.substr(lines[i].begin, lines[i].end - lines[i].begin));
  return out;
}

Parsed parse_maincf(std::string_view text) {
  Parsed out;
  for (const auto& piece : postfix_pieces(text)) {
    if (piece.kind == Piece::Kind::unread) out.unread.push_back(unread_of(text, piece, piece.why));
    if (piece.kind != Piece::Kind::setting) continue;
    const auto equals = piece.key.find('=');
    Piece setting = piece;
    setting.key = base::trim(std::string_view(piece.key).substr(0, equals));
    const bool is_name = !setting.key.empty() && base::words(setting.key).size() == 1;
    if (equals == std::string::npos || !is_name) {
      out.unread.push_back(unread_of(text, piece, "no \"name = value\"; Postfix refuses it"));
      continue;
    }
    setting.args = base::words(std::string_view(piece.key).substr(equals + 1));
    out.settings.push_back(setting_of(setting, {}));
  }
  return out;
}

std::string maincf_line(std::string_view key, std::string_view value) {
  const auto words = base::join(base::words(value), " ");
  return std::string(key) + (words.empty() ? " =" : " = ") + words;
}
}  // namespace

std::vector<Piece> postfix_pieces(std::string_view text) {
  std::vector<Piece> out;
  const auto lines = physical_lines(text);
  for (std::size_t i = 0; i < lines.size(); i = static_cast<std::size_t>(out.back().last_line)) {
    Piece piece;
    std::size_t last = i;
    if (lines[i].kind == Kind::comment) piece.kind = Piece::Kind::comment;
    if (lines[i].kind == Kind::continuation) {
      piece.kind = Piece::Kind::unread;
      piece.why = "it starts with a blank, and there is no line that it could continue";
    }
    if (lines[i].kind == Kind::start) {
      piece.kind = Piece::Kind::setting;
      for (auto j = i + 1; j < lines.size() && lines[j].kind != Kind::start; ++j)
        if (lines[j].kind == Kind::continuation) last = j;
      piece.key = joined(text, lines, i, last);
      if (piece.key.find('\0') != std::string::npos) {
        piece.kind = Piece::Kind::unread;
        piece.why = "a NUL byte";
      }
    }
    piece.begin = lines[i].begin;
    piece.end = lines[last].end;
    piece.line = static_cast<int>(i) + 1;
    piece.last_line = static_cast<int>(last) + 1;
    out.push_back(std::move(piece));
  }
  return out;
}

const Syntax kMaincf{.name = "maincf",
                     .parse = parse_maincf,
                     .set_aside = set_aside_by_hash,
                     .line = maincf_line,
                     .include = {},
                     .references = true};

}  // namespace tlspolicy::config
