// SPDX-License-Identifier: Apache-2.0
// What must hold for any text in any syntax: the pieces tile it, and setting lines aside touches
// nothing else and comes back to the byte.  Shared by the tests and the fuzz targets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/pieces.hpp"

namespace tlspolicy::config {

using Pieces = std::vector<Piece> (*)(std::string_view);

inline bool tiles(std::string_view text, const std::vector<Piece>& pieces) {
  std::size_t at = 0;
  int line = 1;
  for (const auto& piece : pieces) {
    if (piece.begin != at || piece.end <= at || piece.line != line) return false;
    at = piece.end;
    line = piece.last_line + 1;
  }
  return at == text.size();
}

inline bool same_meaning(const Setting& a, const Setting& b) {
  return a.key == b.key && a.args == b.args && a.scopes == b.scopes && a.line == b.line &&
         a.last_line == b.last_line;
}

// Bit i of `choice` sets the i-th setting (modulo 64) aside.  "" where all holds, else what broke.
inline std::string broken(const Syntax& syntax, Pieces pieces, std::string_view text,
                          unsigned long long choice) {
  if (!tiles(text, pieces(text))) return "the pieces do not tile the text";
  const Parsed before = syntax.parse(text);
  std::vector<Setting> chosen, others;
  for (std::size_t i = 0; i < before.settings.size(); ++i) {
    // A row of master.cf carries others and is never set aside as a whole.
    const bool is_row = syntax.name == "mastercf" && before.settings[i].key == "service";
    (((choice >> (i % 64)) & 1) && !is_row ? chosen : others).push_back(before.settings[i]);
  }
  const std::string edited = syntax.set_aside(text, chosen);
  const Parsed after = syntax.parse(edited);
  if (after.settings.size() != others.size()) return "other settings came or went";
  for (std::size_t i = 0; i < others.size(); ++i)
    if (!same_meaning(others[i], after.settings[i])) return "another setting changed";
  if (after.unread.size() != before.unread.size()) return "the edit changed what is unreadable";
  const bool has_marks = text.find("#tlspolicy set aside# ") != std::string_view::npos ||
                         text.find("tlspolicy_set_aside_") != std::string_view::npos;
  if (!has_marks && restore_set_aside(edited) != text) return "the bytes did not come back";
  return {};
}

}  // namespace tlspolicy::config
