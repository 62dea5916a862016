// SPDX-License-Identifier: Apache-2.0
// Colour, width and wrapping of text reports; see style.hpp.  Colours are the eight of ECMA-48, so
// that they follow the terminal's own palette.
#include "report/style.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace tlspolicy::report {
namespace {

std::string_view code(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\x1b[32m";
    case Tone::warning:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::title:
      return "\x1b[1m";
    case Tone::faint:
      return "\x1b[2m";
    case Tone::plain:
      break;
  }
  return "";
}

}  // namespace

std::string paint(const Style& style, Tone tone, std::string_view text) {
  if (!style.colour || tone == Tone::plain || text.empty()) return std::string(text);
  return std::string(code(tone)).append(text).append("\x1b[0m");
}

int columns(std::string_view text) {
  return static_cast<int>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string wrapped(const Style& style, std::string_view first, std::string_view text) {
  std::string out(first);
  const int indent = columns(first);
  int at = indent;
  for (const auto& word : base::words(text)) {
    const bool at_start = at == indent;
    if (!at_start && at + 1 + columns(word) > style.width) {
      out += "\n" + std::string(static_cast<std::size_t>(indent), ' ') + word;
      at = indent + columns(word);
      continue;
    }
    if (!at_start) out += ' ';
    out += word;
    at += columns(word) + (at_start ? 0 : 1);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out + "\n";
}

std::string shown_policy(std::string_view id) {
  return id.empty() ? std::string("upstream") : std::string(id);
}

}  // namespace tlspolicy::report
