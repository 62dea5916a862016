// SPDX-License-Identifier: Apache-2.0
// sshd_config(5): "Keyword words", one setting a line, Match blocks that reach to the next Match or
// to the end of the file.
//
// Read as OpenSSH 8.7 and later do: quotes of both kinds, a backslash before a quote, a backslash
// or a blank, and a comment behind the words.  There are no continued lines.
#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "config/pieces.hpp"

namespace tlspolicy::config {
namespace {
constexpr std::string_view kAroundKeyword = " \t\r\n";

std::string_view without_leading(std::string_view text, std::string_view bytes) {
  text.remove_prefix(std::min(text.find_first_not_of(bytes), text.size()));
  return text;
}

// The keyword ends at a blank or at one "=" with blanks around it; part of it may be quoted.
// nullopt: the quote is never closed.
std::optional<std::string> take_keyword(std::string_view& rest) {
  const auto end = rest.find_first_of(" \t\r\n\"=");
  std::string word(rest.substr(0, end));
  if (end == std::string_view::npos) {
    rest = {};
    return word;
  }
  const char delimiter = rest[end];
  rest.remove_prefix(end + 1);
  if (delimiter == '"') {
    const auto close = rest.find('"');
    if (close == std::string_view::npos) return {};
    word += rest.substr(0, close);
    rest = without_leading(rest.substr(close + 1), kAroundKeyword);
    return word;
  }
  rest = without_leading(rest, kAroundKeyword);
  if (delimiter != '=' && rest.starts_with('='))
    rest = without_leading(rest.substr(1), kAroundKeyword);
  return word;
}

bool is_escape(std::string_view rest, char quote) {
  if (rest.size() < 2 || rest[0] != '\\') return false;
  const char next = rest[1];
  return next == '\'' || next == '"' || next == '\\' || (quote == '\0' && next == ' ');
}

// One word; nullopt: its quote is never closed.
std::optional<std::string> take_arg(std::string_view& rest) {
  std::string out;
  char quote = '\0';
  for (; !rest.empty(); rest.remove_prefix(1)) {
    const char c = rest[0];
    if (is_escape(rest, quote)) {
      rest.remove_prefix(1);
      out += rest[0];
    } else if (quote == '\0' && (c == ' ' || c == '\t')) {
      break;
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      out += c;
    }
  }
  if (quote != '\0') return {};
  return out;
}

std::optional<std::vector<std::string>> take_args(std::string_view rest) {
  std::vector<std::string> out;
  for (;;) {
    rest = without_leading(rest, " \t");
    if (rest.empty() || rest[0] == '#') return out;
    auto word = take_arg(rest);
    if (!word) return {};
    out.push_back(*std::move(word));
  }
}

// Fills the piece from one line; returns why it cannot be read, "" where it can.
std::string_view read_keyword(std::string_view line, Piece& piece) {
  line = without_leading(line, kAroundKeyword);
  if (line.empty()) return {};
  // A form feed ends a line as blanks do, but not one that stands alone.
  line = line.substr(0, std::max<std::size_t>(line.find_last_not_of(" \t\r\n\f") + 1, 1));
  if (line.starts_with('#')) {
    piece.kind = Piece::Kind::comment;
    return {};
  }
  if (line.find('\0') != std::string_view::npos) return "a NUL byte";
  auto key = take_keyword(line);
  if (key && key->empty()) key = take_keyword(line);
  if (!key) return "a quote that is never closed; sshd skips this line without a word";
  if (key->empty()) return "no keyword";
  if (!std::ranges::all_of(*key, [](unsigned char c) { return c > ' ' && c < 127; }))
    return "a keyword that is not plain ASCII";
  auto args = take_args(line);
  if (!args) return "a quote that is never closed";
  if (args->empty()) return "nothing behind the keyword";
  piece.kind = base::iequals(*key, "Match") ? Piece::Kind::open : Piece::Kind::setting;
  piece.key = *std::move(key);
  piece.args = *std::move(args);
  return {};
}

Parsed parse_sshd(std::string_view text) {
  Parsed out;
  std::vector<Scope> scopes;
  for (const auto& piece : sshd_pieces(text)) {
    if (piece.kind == Piece::Kind::setting) out.settings.push_back(setting_of(piece, scopes));
    if (piece.kind == Piece::Kind::open)
      scopes = {{piece.key, base::join(piece.args, " "), piece.line}};
    if (piece.kind == Piece::Kind::unread) out.unread.push_back(unread_of(text, piece, piece.why));
  }
  return out;
}

std::string sshd_quoted(std::string_view word) {
  const bool plain =
      word.find_first_of("\\\"'") == std::string_view::npos && word[0] != '#' && word[0] != '=';
  if (plain) return std::string(word);
  const auto escaped = base::replace_all(std::string(word), "\\", "\\\\");
  return "\"" + base::replace_all(escaped, "\"", "\\\"") + "\"";
}

std::string sshd_line(std::string_view key, std::string_view value) {
  std::string out(key);
  for (const auto& word : base::words(value)) out.append(" ").append(sshd_quoted(word));
  return out;
}
}  // namespace

std::vector<Piece> sshd_pieces(std::string_view text) {
  std::vector<Piece> out;
  std::size_t at = 0;
  for (int number = 1; at < text.size(); ++number) {
    const auto newline = text.find('\n', at);
    Piece piece;
    piece.begin = at;
    piece.end = newline == std::string_view::npos ? text.size() : newline + 1;
    piece.line = piece.last_line = number;
    piece.why = read_keyword(text.substr(at, piece.end - at), piece);
    if (!piece.why.empty()) piece.kind = Piece::Kind::unread;
    at = piece.end;
    out.push_back(std::move(piece));
  }
  return out;
}

const Syntax kSshd{.name = "sshd",
                   .parse = parse_sshd,
                   .set_aside = set_aside_by_hash,
                   .line = sshd_line,
                   .include = {}};

}  // namespace tlspolicy::config
