// SPDX-License-Identifier: Apache-2.0
// Apache httpd's syntax: directives, quoted words, continued lines, nested sections.
//
// See "Configuration Files" of httpd's manual.  What the manual leaves open was tried against
// httpd 2.4: a continued line is joined before anything else is looked at, so that a comment can be
// continued too; the backslash that continues is the last byte of what was joined so far.
#include "config/apache.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "config/pieces.hpp"

namespace tlspolicy::config {
namespace {
constexpr std::string_view kSpace = " \t\n\v\f\r";  // isspace(3) in the C locale
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_space(char c) { return kSpace.find(c) != std::string_view::npos; }

void skip_space(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kSpace), rest.size()));
}

// The next word and what is behind it; inside quotes a backslash protects the quote, and it
// protects itself everywhere.  A quote that is never closed reaches to the end, as httpd has it.
std::string take_word(std::string_view& rest) {
  skip_space(rest);
  const char quote = !rest.empty() && (rest[0] == '"' || rest[0] == '\'') ? rest[0] : '\0';
  if (quote != '\0') rest.remove_prefix(1);
  std::string out;
  while (!rest.empty() && (quote != '\0' ? rest[0] != quote : !is_space(rest[0]))) {
    const bool escaped = rest[0] == '\\' && rest.size() > 1 &&
                         (rest[1] == '\\' || (quote != '\0' && rest[1] == quote));
    if (escaped) rest.remove_prefix(1);
    out += rest[0];
    rest.remove_prefix(1);
  }
  if (quote != '\0' && !rest.empty()) rest.remove_prefix(1);
  skip_space(rest);
  return out;
}

std::vector<std::string> take_words(std::string_view rest) {
  std::vector<std::string> out;
  for (skip_space(rest); !rest.empty();) out.push_back(take_word(rest));
  return out;
}

// One logical line at text[begin]: its span and lines go into `piece`, its bytes are returned.
std::string join_continued(std::string_view text, Piece& piece) {
  std::string joined;
  std::size_t at = piece.begin;
  piece.last_line = piece.line - 1;
  for (;;) {
    ++piece.last_line;
    const auto newline = text.find('\n', at);
    const auto line = text.substr(at, newline == std::string_view::npos ? newline : newline - at);
    joined += line;
    at = newline == std::string_view::npos ? text.size() : newline + 1;
    if (newline == std::string_view::npos) break;  // a backslash at the very end continues nothing
    if (line.find('\0') != std::string_view::npos) break;  // nor one behind a NUL
    if (joined.ends_with('\r')) joined.pop_back();
    if (!joined.ends_with('\\')) break;
    joined.pop_back();
    if (at == text.size()) break;
  }
  piece.end = at;
  return joined;
}

void read_close(Piece& piece) {
  piece.kind = Piece::Kind::close;
  if (!piece.key.ends_with('>')) return mark_unread(piece, "the section's end lacks its \">\"");
  piece.key = piece.key.substr(2, piece.key.size() - 3);
  if (piece.key.empty()) mark_unread(piece, "the end of a section without a name");
}

// "<Kind argument>": the last ">" of the line ends it, httpd does not look behind it.
void read_open(std::string_view rest, Piece& piece) {
  piece.kind = Piece::Kind::open;
  piece.key.erase(0, 1);
  const bool bare = piece.key.ends_with('>');
  if (bare) piece.key.pop_back();
  const auto close = rest.rfind('>');
  if (close == std::string_view::npos && !bare)
    return mark_unread(piece, "the section lacks its \">\"");
  if (piece.key.empty()) return mark_unread(piece, "a section without a name");
  piece.args = take_words(rest.substr(0, close == std::string_view::npos ? 0 : close));
}

void read_joined(std::string_view joined, Piece& piece) {
  joined = base::trim(joined);  // behind the last word too, where a quote may be open
  if (joined.empty()) return;
  if (joined[0] == '#') {
    piece.kind = Piece::Kind::comment;
    return;
  }
  if (joined.find('\0') != std::string_view::npos)
    return mark_unread(piece, "a NUL byte, behind which httpd reads nothing");
  if (joined.starts_with(kByteOrderMark))
    return mark_unread(piece, "a byte order mark, which httpd takes for a part of the directive");
  piece.key = take_word(joined);
  if (piece.key.empty()) return mark_unread(piece, "an empty directive");
  if (piece.key.starts_with("</")) return read_close(piece);
  if (piece.key.starts_with('<')) return read_open(joined, piece);
  piece.kind = Piece::Kind::setting;
  piece.args = take_words(joined);
}

struct Place {  // where a section opens
  int line = 0;
  std::string file = {};
};

// Sections that are open at one point of a file.
class Sections {
 public:
  Sections(std::string_view text, Parsed& parsed) : text_(text), parsed_(parsed) {}

  const std::vector<Scope>& scopes() const { return scopes_; }

  void open(const Piece& piece, const Place& place) {
    scopes_.push_back({piece.key, base::join(piece.args, " "), place.line, place.file});
    pieces_.push_back(piece);
  }

  // An end that fits none is told and changes nothing; one that fits an outer section ends it.
  void close(const Piece& piece) {
    const auto fits = [&](const Scope& scope) { return base::iequals(scope.kind, piece.key); };
    const auto found = std::find_if(scopes_.rbegin(), scopes_.rend(), fits);
    if (found == scopes_.rend()) {
      parsed_.unread.push_back(unread_of(text_, piece, "no such section is open here"));
      return;
    }
    const auto depth = static_cast<std::size_t>(scopes_.rend() - found);
    end_unclosed(depth);
    pop();
  }

  void end_unclosed(std::size_t keep) {
    while (scopes_.size() > keep) {
      parsed_.unread.push_back(unread_of(text_, pieces_.back(), "this section is never closed"));
      pop();
    }
  }

 private:
  void pop() {
    scopes_.pop_back();
    pieces_.pop_back();
  }

  std::string_view text_;
  Parsed& parsed_;
  std::vector<Scope> scopes_;
  std::vector<Piece> pieces_;
};

// Every piece in order with the sections around it; parse and the dump differ in what they keep.
template <class Visit>
Parsed walk(std::string_view text, Visit visit) {
  Parsed out;
  Sections sections(text, out);
  for (const auto& piece : apache_pieces(text)) {
    const Place place = visit(piece, sections.scopes(), out);
    if (piece.kind == Piece::Kind::open) sections.open(piece, place);
    if (piece.kind == Piece::Kind::close) sections.close(piece);
    if (piece.kind == Piece::Kind::unread) out.unread.push_back(unread_of(text, piece, piece.why));
  }
  sections.end_unclosed(0);
  std::ranges::stable_sort(out.unread, {}, &Unread::line);
  return out;
}

Parsed parse_apache(std::string_view text) {
  return walk(text, [](const Piece& piece, const std::vector<Scope>& scopes, Parsed& out) {
    if (piece.kind == Piece::Kind::setting) out.settings.push_back(setting_of(piece, scopes));
    return Place{piece.line};
  });
}

std::string httpd_quoted(std::string_view word) {
  const bool plain = word.find('\\') == std::string_view::npos && word[0] != '"' && word[0] != '\'';
  if (plain) return std::string(word);
  const auto escaped = base::replace_all(std::string(word), "\\", "\\\\");
  return "\"" + base::replace_all(escaped, "\"", "\\\"") + "\"";
}

std::string apache_line(std::string_view key, std::string_view value) {
  std::string out(key);
  for (const auto& word : base::words(value)) out.append(" ").append(httpd_quoted(word));
  return out;
}

// "#  12:" of the dump, which stands before each directive and section.
std::optional<int> line_number(std::string_view comment) {
  auto digits = base::trim(comment);
  if (!digits.starts_with('#') || !digits.ends_with(':')) return {};
  digits = base::trim(digits.substr(1, digits.size() - 2));
  int number = 0;
  const auto* last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, number);
  if (error != std::errc{} || end != last) return {};
  return number;
}
}  // namespace

std::vector<Piece> apache_pieces(std::string_view text) {
  std::vector<Piece> out;
  std::size_t at = 0;
  for (int line = 1; at < text.size(); line = out.back().last_line + 1) {
    Piece piece;
    piece.begin = at;
    piece.line = line;
    read_joined(join_continued(text, piece), piece);
    at = piece.end;
    out.push_back(std::move(piece));
  }
  return out;
}

std::vector<DumpSetting> parse_apache_dump(std::string_view text) {
  constexpr std::string_view kFile = "# In file: ";
  std::vector<DumpSetting> out;
  std::string file;
  int line = 0;
  walk(text, [&](const Piece& piece, const std::vector<Scope>& scopes, Parsed&) {
    const auto words = base::trim(text.substr(piece.begin, piece.end - piece.begin));
    if (piece.kind == Piece::Kind::comment) {
      if (words.starts_with(kFile)) file = words.substr(kFile.size());
      if (const auto number = line_number(words)) line = *number;
      return Place{};
    }
    if (piece.kind == Piece::Kind::setting && words != "Syntax OK")
      out.push_back({setting_of(piece, scopes), file, line});
    return Place{std::exchange(line, 0), file};
  });
  return out;
}

const Syntax kApache{.name = "apache",
                     .parse = parse_apache,
                     .set_aside = set_aside_by_hash,
                     .line = apache_line,
                     .include = {.folders = true,
                                 .by_component = true,
                                 .must_match = true,
                                 .optional_key = "IncludeOptional"}};

}  // namespace tlspolicy::config
