// SPDX-License-Identifier: Apache-2.0
// Postfix's master.cf, master(5): one service a logical line, with "-o name=value" and
// "-o { name = value }" behind its command.
//
// Each row is a scope of kind "service" with the argument "NAME TYPE"; it comes as a setting
// "service", whose words are the row's eight fields, and each -o as a setting of its own.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "config/pieces.hpp"

namespace tlspolicy::config {
namespace {
constexpr std::string_view kBetweenWords = " \t\r\n";
constexpr std::string_view kPrefix = "tlspolicy_set_aside_";  // of the name in an -o of ours
constexpr std::size_t kFields = 8;

struct Word {
  std::string text;
  std::size_t begin = 0, end = 0;  // bytes in the file
};

// Behind the brace that closes the one at `at`; npos: none does.
std::size_t behind_brace(std::string_view text, std::size_t at, std::size_t end) {
  int depth = 0;
  for (; at < end; ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

// The words of a logical line; "{ … }" is one, without its braces.  Comments and empty lines in
// between are jumped over: they stand at the start of a physical line.
std::vector<Word> words_of(std::string_view text, const Piece& piece) {
  std::vector<Word> out;
  std::size_t at = piece.begin;
  const auto end_of_line = [&](std::size_t from) {
    const auto newline = text.find('\n', from);
    return newline == std::string_view::npos ? piece.end : std::min(newline + 1, piece.end);
  };
  const auto begins_line = [&](std::size_t from) {
    const auto before = text.substr(piece.begin, from - piece.begin);
    const auto newline = before.rfind('\n');
    return newline != std::string_view::npos && base::trim(before.substr(newline)).empty();
  };
  while (at < piece.end) {
    if (kBetweenWords.find(text[at]) != std::string_view::npos) {
      ++at;
    } else if (text[at] == '#' && begins_line(at)) {
      at = end_of_line(at);
    } else if (const auto behind = behind_brace(text, at, piece.end);
               text[at] == '{' && behind != std::string_view::npos) {
      out.push_back({std::string(base::trim(text.substr(at + 1, behind - at - 2))), at, behind});
      at = behind;
    } else {
      const auto end = std::min(text.find_first_of(kBetweenWords, at), piece.end);
      out.push_back({std::string(text.substr(at, end - at)), at, end});
      at = end;
    }
  }
  return out;
}

int line_at(std::string_view text, const Piece& piece, std::size_t at) {
  const auto before = text.substr(piece.begin, at - piece.begin);
  return piece.line + static_cast<int>(std::ranges::count(before, '\n'));
}

// "name=value" of an -o; its span begins at the "-o".
void read_override(std::string_view text, const Piece& piece, const Scope& scope,
                   const Word& option, Parsed& out) {
  const auto equals = option.text.find('=');
  const std::string name(base::trim(option.text.substr(0, equals)));
  if (name.starts_with(kPrefix)) return;
  Setting setting;
  setting.key = name;
  setting.scopes = {scope};
  setting.begin = option.begin;
  setting.end = option.end;
  setting.line = line_at(text, piece, option.begin);
  setting.last_line = line_at(text, piece, option.end - 1);
  if (equals == std::string::npos || name.empty()) {
    out.unread.push_back({setting.line, option.text, "an -o without \"name=value\""});
    return;
  }
  setting.args = base::words(std::string_view(option.text).substr(equals + 1));
  out.settings.push_back(std::move(setting));
}

void read_row(std::string_view text, const Piece& piece, Parsed& out) {
  const auto words = words_of(text, piece);
  if (words.size() < kFields) {
    out.unread.push_back(unread_of(text, piece, "fewer than eight fields; Postfix refuses it"));
    return;
  }
  const Scope scope{"service", words[0].text + " " + words[1].text, piece.line};
  Setting row = setting_of(piece, {scope});
  row.key = "service";
  row.last_line = row.line;  // its options have lines of their own
  for (std::size_t i = 0; i < kFields; ++i) row.args.push_back(words[i].text);
  out.settings.push_back(std::move(row));
  for (std::size_t i = kFields; i < words.size(); ++i) {
    if (!words[i].text.starts_with("-o")) continue;
    Word option = words[i];
    if (option.text == "-o") {
      if (++i == words.size()) break;
      option = {words[i].text, option.begin, words[i].end};
    } else {
      option.text.erase(0, 2);
    }
    read_override(text, piece, scope, option, out);
  }
}

Parsed parse_mastercf(std::string_view text) {
  Parsed out;
  for (const auto& piece : postfix_pieces(text)) {
    if (piece.kind == Piece::Kind::unread) out.unread.push_back(unread_of(text, piece, piece.why));
    if (piece.kind == Piece::Kind::setting) read_row(text, piece, out);
  }
  std::ranges::stable_sort(out.unread, {}, &Unread::line);
  return out;
}

// Does the option have a continuation line for itself?  Then the line becomes a comment.
bool stands_alone(std::string_view text, const Setting& option) {
  const auto before = text.substr(0, option.begin);
  const auto indent = before.substr(before.rfind('\n') + 1);
  const auto newline = text.find('\n', option.begin);
  const auto behind = text.substr(option.end, newline == std::string_view::npos
                                                  ? newline
                                                  : std::max(newline, option.end) - option.end);
  return newline >= option.end && !indent.empty() && base::trim(indent).empty() &&
         base::trim(behind).empty();
}

// master.cf has no comments behind words: an -o between others keeps its place under a name that
// Postfix does not know, which it passes over.
std::string set_aside(std::string_view text, const std::vector<Setting>& which) {
  std::map<std::size_t, std::string_view> marks;  // where -> what
  for (const auto& setting : which) {
    if (setting.key == "service") continue;
    if (stands_alone(text, setting))
      marks[text.substr(0, setting.begin).rfind('\n') + 1] = kSetAside;
    else
      marks[text.find(setting.key, setting.begin + 2)] = kPrefix;
  }
  std::string out;
  std::size_t done = 0;
  for (const auto& [at, mark] : marks) {
    out.append(text.substr(done, at - done)).append(mark);
    done = at;
  }
  return out.append(text.substr(done));
}

std::string mastercf_line(std::string_view key, std::string_view value) {
  return "  -o { " + std::string(key) + " = " + base::join(base::words(value), " ") + " }";
}
}  // namespace

std::string restore_options(std::string_view text) {
  std::string out(text);
  for (auto at = out.find(kPrefix); at != std::string::npos; at = out.find(kPrefix, at))
    out.erase(at, kPrefix.size());
  return out;
}

const Syntax kMastercf{.name = "mastercf",
                       .parse = parse_mastercf,
                       .set_aside = set_aside,
                       .line = mastercf_line,
                       .include = {},
                       .references = true};

}  // namespace tlspolicy::config
