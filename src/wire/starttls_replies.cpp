// SPDX-License-Identifier: Apache-2.0
// The shapes of replies before TLS; see starttls_replies.hpp.  Each reader is given everything from
// the reply's first byte and says `more` until it is whole.
#include "wire/starttls_replies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "wire/quoted.hpp"
#include "wire/reader.hpp"

namespace tlspolicy::wire {
namespace {
using What = Heard::What;

std::string_view as_text(View bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

bool begins(std::string_view line, std::string_view word) {
  if (line.size() < word.size()) return false;
  return std::ranges::equal(line.substr(0, word.size()), word, {}, lower, lower);
}

// A whole word: what ends in a letter or digit does not go on with one.
bool begins_with_one_of(std::string_view line, std::string_view words) {
  const auto is_word = [](char c) { return is_digit(c) || is_letter(c); };
  for (;;) {
    const auto word = words.substr(0, words.find('|'));
    const bool goes_on = !word.empty() && is_word(word.back()) && line.size() > word.size() &&
                         is_word(line[word.size()]);
    if (begins(line, word) && !goes_on) return true;
    if (word.size() == words.size()) return false;
    words.remove_prefix(word.size() + 1);
  }
}

// The next whole line without its end; nullopt while it is not there.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Heard said(What what, std::string_view line) { return {what, 0, quoted(line)}; }

// A line that can never become a reply is told before its end comes, which may be never.
constexpr std::size_t kLongestLine = 4096;
Heard no_line_yet(std::string_view rest) {
  if (rest.size() <= kLongestLine) return {};
  return said(What::nonsense, rest);
}

}  // namespace

Heard hear_code(View seen, const Expected& expected) {
  std::string_view rest = as_text(seen);
  std::string_view open;  // the code of a reply that goes on
  std::string_view first;
  while (const auto line = take_line(rest)) {
    const bool has_code = line->size() >= 3 && std::ranges::all_of(line->substr(0, 3), is_digit);
    const char mark = line->size() > 3 ? (*line)[3] : ' ';
    // FTP's inner lines are free (RFC 959 4.2).
    if (!open.empty() && (!has_code || line->substr(0, 3) != open || mark != ' ')) continue;
    if (!has_code || (mark != ' ' && mark != '-')) return said(What::nonsense, *line);
    if (open.empty()) first = *line;
    if (mark == '-') {
      open = line->substr(0, 3);
      continue;
    }
    open = {};
    if (first[0] == '1') continue;
    const auto used = seen.size() - rest.size();
    if (begins_with_one_of(first, expected.good)) return {What::good, used};
    return said(first[0] == '4' || first[0] == '5' ? What::declined : What::nonsense, first);
  }
  return no_line_yet(rest);
}

Heard hear_line(View seen, const Expected& expected) {
  std::string_view rest = as_text(seen);
  while (const auto line = take_line(rest)) {
    if (begins_with_one_of(*line, expected.good)) return {What::good, seen.size() - rest.size()};
    if (begins_with_one_of(*line, expected.declined)) return said(What::declined, *line);
    const bool may_skip = !expected.skipped.empty() && begins(*line, expected.skipped);
    if (!may_skip) return said(What::nonsense, *line);
  }
  return no_line_yet(rest);
}

Heard hear_irc(View seen, const Expected& expected) {
  std::string_view rest = as_text(seen);
  while (const auto line = take_line(rest)) {
    const auto source =
        line->starts_with(':') ? std::min(line->find(' '), line->size() - 1) + 1 : 0;
    const auto words = line->substr(source);
    if (begins_with_one_of(words, expected.good)) return {What::good, seen.size() - rest.size()};
    if (begins_with_one_of(words, expected.declined)) return said(What::declined, words);
  }
  return no_line_yet(rest);
}

Heard hear_tag(View seen, const Expected& expected) {
  const std::string_view text = as_text(seen);
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  if (text[start] != '<') return said(What::nonsense, text);
  for (auto at = start; at != std::string_view::npos; at = text.find('<', at + 1)) {
    const auto end = text.find('>', at);
    if (end == std::string_view::npos) return {};
    const auto tag = text.substr(at, end + 1 - at);
    if (begins_with_one_of(tag, expected.good)) return {What::good, end + 1};
    if (begins_with_one_of(tag, expected.declined)) return said(What::declined, text.substr(at));
  }
  return {};
}

namespace {

// RFC 4511 5.1: definite lengths alone.  nullopt while it is not whole.
std::optional<std::size_t> ber_length(Reader& in) {
  const std::size_t first = in.u8();
  if (first < 0x80) return in.ok() ? std::optional(first) : std::nullopt;
  std::size_t out = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(first & 0x7F, 4); ++i) out = out << 8 | in.u8();
  return in.ok() ? std::optional(out) : std::nullopt;
}

View ber_value(Reader& in, std::uint8_t tag) {
  const bool fits = in.u8() == tag;
  const auto length = ber_length(in);
  return in.take(fits && length ? *length : SIZE_MAX);
}

}  // namespace

Heard hear_ldap(View seen, const Expected&) {
  constexpr std::uint8_t kSequence = 0x30, kInteger = 0x02, kEnumerated = 0x0A, kOctets = 0x04;
  constexpr std::uint8_t kExtendedResponse = 0x78;
  if (seen[0] != kSequence) return {What::nonsense, 0, "not LDAP: " + quoted(seen)};
  Reader in(seen.subspan(1));
  const auto length = ber_length(in);
  if (!length || *length > in.left()) return {};
  const auto used = seen.size() - (in.left() - *length);
  Reader message(in.take(*length));
  ber_value(message, kInteger);
  Reader response(ber_value(message, kExtendedResponse));
  const View code = ber_value(response, kEnumerated);
  ber_value(response, kOctets);  // matchedDN
  const View words = ber_value(response, kOctets);
  if (!response.ok() || code.size() != 1)
    return {What::nonsense, 0, "an LDAP message that is no ExtendedResponse"};
  if (code[0] == 0) return {What::good, used};
  return {What::declined, 0, fmt::format("LDAP result {}: {}", code[0], quoted(words))};
}

Heard hear_postgres(View seen, const Expected&) {
  if (seen[0] == 'S') return {What::good, 1};
  if (seen[0] == 'N') return {What::declined, 0, "\"N\" (no TLS)"};
  if (seen[0] != 'E') return {What::nonsense, 0, "not PostgreSQL: " + quoted(seen)};
  // Servers too old for the request, or too full: text behind a length, field by field.
  Reader in(seen.subspan(1));
  const std::size_t length = in.u32();
  if (in.ok() && (length < 4 || length > kLongestLine))
    return {What::nonsense, 0, "not PostgreSQL: " + quoted(seen)};
  const View fields = in.take(length - 4);
  if (!in.ok()) return {};
  return {What::declined, 0, quoted(fields)};
}

Heard hear_mysql(View seen, const Expected&) {
  constexpr std::uint8_t kHandshake10 = 10, kError = 0xFF;
  constexpr unsigned kClientSsl = 0x0800;
  if (seen.size() < 4) return {};
  const std::size_t length =
      seen[0] | static_cast<std::size_t>(seen[1]) << 8 | static_cast<std::size_t>(seen[2]) << 16;
  if (length == 0 || length > kLongestLine || seen[3] != 0)
    return {What::nonsense, 0, "not MySQL: " + quoted(seen)};
  if (seen.size() - 4 < length) return {};
  const View packet = seen.subspan(4, length);
  Reader in(packet);
  const std::uint8_t type = in.u8();
  if (type == kError) {
    in.take(2);
    return {What::declined, 0, quoted(in.take(in.left()))};
  }
  const auto version_end = std::ranges::find(packet, std::uint8_t{0});
  in.take(static_cast<std::size_t>(version_end - packet.begin()));  // and its NUL
  in.take(4 + 8 + 1);                                               // thread, challenge, filler
  const unsigned capabilities = in.u8() | static_cast<unsigned>(in.u8()) << 8;
  if (!in.ok() || type != kHandshake10)
    return {What::nonsense, 0, "not MySQL's handshake: " + quoted(packet)};
  if ((capabilities & kClientSsl) == 0) return {What::declined, 0, "that it has no CLIENT_SSL"};
  return {What::good, 4 + length};
}

}  // namespace tlspolicy::wire
