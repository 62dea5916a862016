// SPDX-License-Identifier: Apache-2.0
// Text from strangers made harmless to look at; see visible.hpp.
#include "base/visible.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tlspolicy::base {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t size = 0;  // 0: not UTF-8
};

// RFC 3629: shortest form, no surrogates, at most U+10FFFF.
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  static constexpr std::array<unsigned, 5> kMasks{0, 0, 0x1F, 0x0F, 0x07};
  static constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  char32_t code = lead & kMasks.at(size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    code = code << 6U | (byte(i) & 0x3FU);
  }
  if (code < kLeast.at(size) || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {code, size};
}

struct Range {
  char32_t first, last;
};
// Controls (C0, DEL, C1), soft hyphen, zero-width and bidirectional marks (UAX 9), separators, byte
// order mark, interlinear and tag characters: nothing that a reader would see.
constexpr std::array kHidden{
    Range{0x00, 0x1F},     Range{0x7F, 0x9F},     Range{0xAD, 0xAD},     Range{0x61C, 0x61C},
    Range{0x180E, 0x180E}, Range{0x200B, 0x200F}, Range{0x2028, 0x202E}, Range{0x2060, 0x206F},
    Range{0xFEFF, 0xFEFF}, Range{0xFFF0, 0xFFFB}, Range{0xFFFE, 0xFFFF}, Range{0xE0000, 0xE007F},
};

bool is_hidden(char32_t code) {
  return std::ranges::any_of(
      kHidden, [&](const Range& range) { return code >= range.first && code <= range.last; });
}

}  // namespace

std::string visible_line(std::string_view line) {
  std::string out;
  for (;;) {
    const auto tab = line.find('\t');
    out += visible(line.substr(0, tab));
    if (tab == std::string_view::npos) return out;
    out += '\t';
    line.remove_prefix(tab + 1);
  }
}

std::string visible(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [code, size] = first_of(text);
    if (size == 0) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(text.front()));
    } else if (is_hidden(code)) {
      out += code < 0x100 ? fmt::format("\\x{:02X}", static_cast<unsigned>(code))
                          : fmt::format("\\u{:04X}", static_cast<unsigned>(code));
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

}  // namespace tlspolicy::base
