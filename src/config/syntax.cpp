// SPDX-License-Identifier: Apache-2.0
// The table of syntaxes, and the edits that do not depend on one: setting lines aside by a comment
// of ours and back, and whole blocks put first or last.
#include "config/syntax.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.hpp"
#include "config/pieces.hpp"

namespace tlspolicy::config {
namespace {
// The block in the line ends of the file that it goes into.
std::string in_line_ends_of(std::string_view text, std::string_view block) {
  std::string out(block);
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  const auto end = text.find('\n');
  const bool crlf = end != std::string_view::npos && end > 0 && text[end - 1] == '\r';
  return crlf ? base::replace_all(base::replace_all(out, "\r\n", "\n"), "\n", "\r\n") : out;
}

// What must stand between `text` and a line behind it.  A file that ends in a backslash would
// swallow our first line as a continuation: as many empty lines as there are backslashes end it.
std::string gap_behind(std::string_view text) {
  if (text.empty()) return {};
  std::string out = text.ends_with('\n') ? "" : "\n";
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  for (; text.ends_with('\\'); text.remove_suffix(1)) out += '\n';
  return out;
}
}  // namespace

const Syntax* syntax_named(std::string_view name) {
  static const std::array kSyntaxes{&kApache,   &kSshd, &kDovecot,       &kMaincf,
                                    &kMastercf, &kExim, &kEximTransports};
  const auto* found = std::ranges::find(kSyntaxes, name, [](const Syntax* s) { return s->name; });
  return found == kSyntaxes.end() ? nullptr : *found;
}

std::string set_aside_by_hash(std::string_view text, const std::vector<Setting>& which) {
  std::vector<std::size_t> marks;  // where lines of ours start
  for (const auto& setting : which) {
    if (setting.begin >= setting.end || setting.end > text.size())
      std::abort();  // not of this text
    for (std::size_t at = setting.begin; at < setting.end;) {
      marks.push_back(at);
      const auto end = text.find('\n', at);
      at = end == std::string_view::npos ? setting.end : end + 1;
    }
  }
  std::ranges::sort(marks);
  marks.erase(std::ranges::unique(marks).begin(), marks.end());

  std::string out;
  std::size_t done = 0;
  for (const auto at : marks) {
    out.append(text.substr(done, at - done)).append(kSetAside);
    done = at;
  }
  return out.append(text.substr(done));
}

std::string restore_set_aside(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with(kSetAside)) text.remove_prefix(kSetAside.size());
    const auto end = text.find('\n');
    const auto line = text.substr(0, end == std::string_view::npos ? end : end + 1);
    out += line;
    text.remove_prefix(line.size());
  }
  return restore_options(out);
}

std::string with_block_first(std::string_view text, std::string_view block) {
  return in_line_ends_of(text, block).append(text);
}

std::string with_block_last(std::string_view text, std::string_view block) {
  return std::string(text) + in_line_ends_of(text, gap_behind(text) + std::string(block));
}

std::size_t gap_before_block(std::string_view text) {
  const auto gap = gap_behind(text);
  return gap.empty() ? 0 : in_line_ends_of(text, gap).size();
}

Setting setting_of(const Piece& piece, const std::vector<Scope>& scopes) {
  return {.key = piece.key,
          .args = piece.args,
          .scopes = scopes,
          .line = piece.line,
          .begin = piece.begin,
          .end = piece.end,
          .last_line = piece.last_line};
}

void mark_unread(Piece& piece, std::string why) {
  piece.kind = Piece::Kind::unread;
  piece.why = std::move(why);
}

Unread unread_of(std::string_view text, const Piece& piece, std::string why) {
  const auto line = text.substr(piece.begin, piece.end - piece.begin);
  return {piece.line, std::string(base::trim(line)), std::move(why)};
}

}  // namespace tlspolicy::config
