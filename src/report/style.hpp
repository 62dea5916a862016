// SPDX-License-Identifier: Apache-2.0
// How text for people is laid out: colour and width as one value that the caller decides, so that
// no report ever asks a terminal itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tlspolicy::report {

struct Style {
  bool colour = false;
  int width = 80;        // columns; reports keep to at most 100
  bool verbose = false;  // whole lists instead of counts
};

enum class Tone { plain, good, warning, bad, title, faint };
std::string paint(const Style&, Tone, std::string_view text);

// Columns that UTF-8 text takes: code points, for there is nothing wider in our reports.
int columns(std::string_view text);

// `text` broken at blanks so that no line is longer than the style's width; the first line starts
// after `first` (which may be a label), the others after as many blanks.  A word that is too long
// stays whole.  Ends with a newline.
std::string wrapped(const Style&, std::string_view first, std::string_view text);

// The policy's identifier as people read and type it: "upstream" for the empty value.
std::string shown_policy(std::string_view id);

}  // namespace tlspolicy::report
