// SPDX-License-Identifier: Apache-2.0
// Exim's configuration: options and macros of the main part, then sections behind "begin".
//
// Exim specification, "The Exim runtime configuration file": a backslash at the end of a line,
// blanks behind it aside, goes on in the next one, also across comments, not across an empty line;
// "#" starts a comment only as the first thing of a line; lines that start with "." are directives;
// a word that starts with a capital and has "=" behind it is a macro.  Of the sections behind
// "begin" only "option = value" is read, with the driver that it belongs to; conditions of access
// lists and rules of rewriting stand between as they are.
#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "config/pieces.hpp"

namespace tlspolicy::config {
namespace {
constexpr std::string_view kNameBytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

std::string take_name(std::string_view& rest) {
  const auto end = std::min(rest.find_first_not_of(kNameBytes), rest.size());
  std::string out(rest.substr(0, end));
  rest = base::trim(rest.substr(end));
  return out;
}

// A string in double quotes: "\\" and "\"" are read here, and what else stands behind a backslash
// is left for exim.
std::string unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  value = value.substr(1, value.size() - 2);
  std::string out;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const bool escaped = value[at] == '\\' && at + 1 < value.size() &&
                         (value[at + 1] == '\\' || value[at + 1] == '"');
    if (escaped) ++at;
    out += value[at];
  }
  return out;
}

// What an include brings behind a "begin" belongs to that section, and is not followed.
void read_directive(std::string_view line, bool is_main, Piece& piece) {
  auto words = base::words(line);
  piece.key = words.front();
  piece.args.assign(words.begin() + 1, words.end());
  if (piece.key == ".include" || piece.key == ".include_if_exists") {
    piece.kind = is_main ? Piece::Kind::setting : Piece::Kind::blank;
  } else if (piece.key.starts_with(".if") || piece.key.starts_with(".el")) {
    piece.kind = Piece::Kind::open;
  } else if (piece.key == ".endif") {
    piece.kind = Piece::Kind::close;
  } else {
    mark_unread(piece, "a directive that exim does not have");
  }
}

// "[hide] name = value", "name", "no_name", "domainlist name = value", "MACRO = value"; `is_main`:
// before any "begin".
void read_option(std::string_view line, bool is_main, Piece& piece) {
  std::string_view rest = line;
  std::string name = take_name(rest);
  if (name == "hide" && !rest.empty() && rest.front() != '=') name = take_name(rest);
  const bool is_list = name == "domainlist" || name == "hostlist" || name == "addresslist" ||
                       name == "localpartlist";
  if (is_list && !rest.empty() && rest.front() != '=') name += " " + take_name(rest);
  const bool has_value = rest.starts_with('=');
  if (name.empty() || (!rest.empty() && !has_value)) {
    if (!is_main) return;  // a condition, a rule: blank, as far as we go
    mark_unread(piece, "no \"option = value\"");
    return;
  }
  if (!is_main && !has_value) return;
  piece.kind = Piece::Kind::setting;
  piece.key = std::move(name);
  if (!has_value) return;
  rest.remove_prefix(rest.starts_with("==") ? 2 : 1);
  piece.args = base::words(unquoted(base::trim(rest)));
}

// The lines of one logical line, joined: without the backslashes, and the blanks around them.
std::string join_across_comments(std::string_view text, Piece& piece) {
  std::string out;
  std::size_t at = piece.begin;
  piece.last_line = piece.line - 1;
  for (bool more = true; more && at < text.size();) {
    ++piece.last_line;
    const auto newline = text.find('\n', at);
    auto line =
        base::trim(text.substr(at, newline == std::string_view::npos ? newline : newline - at));
    at = newline == std::string_view::npos ? text.size() : newline + 1;
    if (piece.last_line > piece.line && line.starts_with('#')) continue;
    more = line.ends_with('\\');
    if (more) line.remove_suffix(1);
    out += line;
  }
  piece.end = at;
  return out;
}

void read_main_or_section(std::string_view text, bool& is_main, Piece& piece) {
  const auto newline = std::min(text.find('\n', piece.begin), text.size());
  const auto first = base::trim(text.substr(piece.begin, newline - piece.begin));
  piece.last_line = piece.line;
  piece.end = std::min(newline + 1, text.size());
  if (first.empty()) return;
  if (first.front() == '#') {
    piece.kind = Piece::Kind::comment;
    return;
  }
  if (first.front() == '.') return read_directive(first, is_main, piece);
  const std::string line = join_across_comments(text, piece);
  if (line.find('\0') != std::string::npos) {
    mark_unread(piece, "a NUL byte");
    return;
  }
  const auto words = base::words(line);
  if (words.size() == 2 && words[0] == "begin") {
    is_main = false;
    piece.kind = Piece::Kind::open;
    piece.key = words[0];
    piece.args = {words[1]};
  } else if (!is_main && words.size() == 1 && line.ends_with(':')) {
    piece.kind = Piece::Kind::open;
    piece.key = "driver";
    piece.args = {words[0].substr(0, words[0].size() - 1)};
  } else {
    read_option(line, is_main, piece);
  }
}

// "begin" ends whatever was open, a driver the driver before it, ".else" its ".ifdef".
void open_scope(const Piece& piece, std::vector<Scope>& scopes) {
  const auto close = [&](std::string_view kind) {
    const auto found =
        std::ranges::find_if(scopes, [&](const Scope& one) { return one.kind.starts_with(kind); });
    scopes.erase(found, scopes.end());
  };
  if (piece.key == "begin") close("begin");
  if (piece.key == "driver") close("driver");
  if (piece.key.starts_with(".el") && !scopes.empty() && scopes.back().kind.starts_with('.'))
    scopes.pop_back();
  scopes.push_back({piece.key, base::join(piece.args, " "), piece.line});
}

std::vector<Piece> pieces_from(std::string_view text, bool is_main) {
  std::vector<Piece> out;
  for (std::size_t at = 0; at < text.size(); at = out.back().end) {
    Piece piece;
    piece.begin = at;
    piece.line = out.empty() ? 1 : out.back().last_line + 1;
    read_main_or_section(text, is_main, piece);
    out.push_back(std::move(piece));
  }
  return out;
}

Parsed parse_from(std::string_view text, bool is_main, std::vector<Scope> scopes) {
  Parsed out;
  for (const auto& piece : pieces_from(text, is_main)) {
    switch (piece.kind) {
      case Piece::Kind::setting:
        out.settings.push_back(setting_of(piece, scopes));
        break;
      case Piece::Kind::open:
        open_scope(piece, scopes);
        break;
      case Piece::Kind::close:
        if (!scopes.empty() && scopes.back().kind.starts_with('.')) scopes.pop_back();
        break;
      case Piece::Kind::unread:
        out.unread.push_back(unread_of(text, piece, piece.why));
        break;
      case Piece::Kind::comment:
      case Piece::Kind::blank:
        break;
    }
  }
  return out;
}

Parsed parse_exim(std::string_view text) { return parse_from(text, true, {}); }

// A file of Debian's conf.d/transport, which has its "begin transports" in another one.
Parsed parse_transports(std::string_view text) {
  return parse_from(text, false, {{"begin", "transports", 0}});
}

std::string exim_line(std::string_view key, std::string_view value) {
  const auto words = base::join(base::words(value), " ");
  std::string out(key);
  out += words.empty() ? " =" : " = ";
  if (!words.starts_with('"') && !words.ends_with('\\')) return out + words;
  out += '"';
  for (const char c : words) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}
}  // namespace

std::vector<Piece> exim_pieces(std::string_view text) { return pieces_from(text, true); }

const Syntax kExim{
    .name = "exim",
    .parse = parse_exim,
    .set_aside = set_aside_by_hash,
    .line = exim_line,
    .include = {.must_match = true, .optional_key = ".include_if_exists", .run_parts = true}};

const Syntax kEximTransports{
    .name = "exim-transports",
    .parse = parse_transports,
    .set_aside = set_aside_by_hash,
    .line = exim_line,
    .include = {.must_match = false, .optional_key = {}, .run_parts = true}};

}  // namespace tlspolicy::config
