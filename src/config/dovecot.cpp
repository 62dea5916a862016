// SPDX-License-Identifier: Apache-2.0
// Dovecot's syntax: "key = value", "name argument {" to "}", comments, continued lines.
//
// doc.dovecot.org, "Configuration file syntax".  What it leaves open was tried against doveconf
// 2.3.19: a continuation is given up by a comment or an empty line behind it, and with it all that
// was joined so far; a NUL ends its line; quotes protect "#", not the end of a value; "{" ends its
// line.
#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "config/pieces.hpp"

namespace tlspolicy::config {
namespace {
constexpr std::string_view kBlank = " \t";

std::string_view without_blanks(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(kBlank), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

// The line up to its comment.  A quote that is never closed protects all that follows.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '#') return line.substr(0, at);
    if (c != '"' && c != '\'') continue;
    for (++at; at < line.size() && line[at] != c; ++at)
      if (line[at] == '\\') ++at;
  }
  return line;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  return out;
}

// "</path" and "$name" keep their sign: the value stands elsewhere.
void read_value(std::string_view value, Piece& piece) {
  piece.kind = Piece::Kind::setting;
  const auto quoted = [&](char c) {
    return value.size() >= 2 && value.front() == c && value.back() == c;
  };
  if (value.starts_with('<')) {
    piece.args = {"<" + std::string(without_blanks(value.substr(1)))};
  } else if (quoted('"') || quoted('\'')) {
    piece.args = base::words(unescaped(value.substr(1, value.size() - 2)));
  } else {
    piece.args = base::words(value);
  }
}

// What stands between a block's name and "{"; nullopt: there is no "{".
std::optional<std::string> take_argument(std::string_view& rest) {
  std::string out;
  if (rest.starts_with('{')) return out;
  if (rest.starts_with('"')) {
    const auto close = rest.find('"', 1);
    if (close == std::string_view::npos) return std::nullopt;
    out = unescaped(rest.substr(1, close - 1));
    rest.remove_prefix(close + 1);
  } else {
    const auto end = std::min(rest.find_first_of(kBlank), rest.size());
    out = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  rest = without_blanks(rest);
  return rest.starts_with('{') ? std::optional(out) : std::nullopt;
}

// A whole line, joined, without its comment and the blanks around it.
void read_statement(std::string_view line, Piece& piece) {
  const auto end = std::min(line.find_first_of(" \t="), line.size());
  piece.key = line.substr(0, end);
  auto rest = without_blanks(line.substr(end));
  if (piece.key == "!include" || piece.key == "!include_try") {
    piece.kind = Piece::Kind::setting;
    if (!rest.empty()) piece.args = {std::string(rest)};
    return;
  }
  if (piece.key.empty()) return mark_unread(piece, "a \"=\" without a name before it");
  if (rest.starts_with('=')) return read_value(without_blanks(rest.substr(1)), piece);
  if (piece.key == "}" && rest.empty()) {
    piece.kind = Piece::Kind::close;
    return;
  }
  const auto argument = take_argument(rest);
  if (!argument) return mark_unread(piece, "neither \"=\" nor \"{\" behind the name");
  if (rest != "{") return mark_unread(piece, "something stands behind \"{\"");
  piece.kind = Piece::Kind::open;
  if (!argument->empty()) piece.args = {*argument};
}

// One logical line at text[piece.begin]; its span and lines go into `piece`.
void read_logical_line(std::string_view text, Piece& piece) {
  std::string joined;
  bool has_nul = false;
  std::size_t at = piece.begin;
  piece.last_line = piece.line - 1;
  for (bool more = true; more;) {
    ++piece.last_line;
    const auto newline = text.find('\n', at);
    auto line = text.substr(at, newline == std::string_view::npos ? newline : newline - at);
    at = newline == std::string_view::npos ? text.size() : newline + 1;
    if (newline != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    if (const auto nul = line.find('\0'); nul != std::string_view::npos) {
      has_nul = true;
      line = line.substr(0, nul);
    }
    line = without_blanks(line);
    const bool comment = line.starts_with('#');
    line = without_blanks(without_comment(line));
    if (line.empty()) {  // gives up what was joined
      if (comment) piece.kind = Piece::Kind::comment;
      if (!joined.empty()) mark_unread(piece, "a continued line that nothing continues");
      break;
    }
    more = line.ends_with('\\');
    if (more) line = without_blanks(line.substr(0, line.size() - 1));
    joined.append(line).append(more && !line.empty() ? " " : "");
    if (more && at == text.size()) {
      mark_unread(piece, "a continued line at the end of the file");
      break;
    }
    if (!more) read_statement(joined, piece);
  }
  piece.end = at;
  if (has_nul) mark_unread(piece, "a NUL byte, behind which Dovecot reads nothing");
}

// 2.4: "ssl_server { key_file = … }" is another way to write ssl_server_key_file.
bool is_prefix(const Scope& scope) {
  return scope.argument.empty() && (scope.kind == "ssl_server" || scope.kind == "ssl_client");
}

Parsed parse_dovecot(std::string_view text) {
  Parsed out;
  std::vector<Scope> scopes;
  std::vector<Piece> open;
  for (const auto& piece : dovecot_pieces(text)) {
    if (piece.kind == Piece::Kind::setting) {
      out.settings.push_back(setting_of(piece, scopes));
      if (!scopes.empty() && is_prefix(scopes.back()))
        out.settings.back().key.insert(0, scopes.back().kind + "_");
    }
    if (piece.kind == Piece::Kind::unread) out.unread.push_back(unread_of(text, piece, piece.why));
    if (piece.kind == Piece::Kind::open) {
      scopes.push_back({piece.key, base::join(piece.args, " "), piece.line});
      open.push_back(piece);
    }
    if (piece.kind != Piece::Kind::close) continue;
    if (scopes.empty()) {
      out.unread.push_back(unread_of(text, piece, "no block is open here"));
    } else {
      scopes.pop_back();
      open.pop_back();
    }
  }
  for (const auto& piece : open)
    out.unread.push_back(unread_of(text, piece, "this block is never closed"));
  std::ranges::stable_sort(out.unread, {}, &Unread::line);
  return out;
}

std::string dovecot_line(std::string_view key, std::string_view value) {
  std::string words = base::join(base::words(value), " ");
  const bool plain = words.find_first_of("\\\"'#") == std::string::npos && !words.starts_with('$');
  if (!plain) {
    words = base::replace_all(base::replace_all(words, "\\", "\\\\"), "\"", "\\\"");
    words = "\"" + words + "\"";
  }
  return std::string(key) + " = " + words;
}
}  // namespace

std::vector<Piece> dovecot_pieces(std::string_view text) {
  std::vector<Piece> out;
  std::size_t at = 0;
  for (int line = 1; at < text.size(); line = out.back().last_line + 1) {
    Piece piece;
    piece.begin = at;
    piece.line = line;
    read_logical_line(text, piece);
    at = piece.end;
    out.push_back(std::move(piece));
  }
  return out;
}

const Syntax kDovecot{
    .name = "dovecot",
    .parse = parse_dovecot,
    .set_aside = set_aside_by_hash,
    .line = dovecot_line,
    .include = {.must_match = true, .optional_key = "!include_try", .beside_the_file = true}};

}  // namespace tlspolicy::config
