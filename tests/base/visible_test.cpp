// SPDX-License-Identifier: Apache-2.0
// What strangers write cannot do anything to who looks at it.
#include "base/visible.hpp"

#include <gtest/gtest.h>

namespace tlspolicy::base {
namespace {

TEST(Visible, OrdinaryTextStaysAsItIs) {
  EXPECT_EQ(visible("220 mail.example.org ESMTP"), "220 mail.example.org ESMTP");
  EXPECT_EQ(visible("CN=Müller, O=日本 €"), "CN=Müller, O=日本 €");
  EXPECT_EQ(visible(""), "");
}

TEST(Visible, ControlCharactersAreShown) {
  EXPECT_EQ(visible("\x1b[2J\x1b]0;title\x07"), "\\x1B[2J\\x1B]0;title\\x07");
  EXPECT_EQ(visible("a\r\nb\tc"), "a\\x0D\\x0Ab\\x09c");
  EXPECT_EQ(visible(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(visible("\x7f"), "\\x7F");
  EXPECT_EQ(visible_line("\ta\x1b\tb\t"), "\ta\\x1B\tb\t");
  EXPECT_EQ(visible("\xc2\x9b"
                    "31m"),
            "\\x9B31m");  // C1, which terminals obey too
}

TEST(Visible, WhatTurnsWritingRoundOrHidesItIsShown) {
  EXPECT_EQ(visible("\xe2\x80\xae"
                    "gpj.exe"),
            "\\u202Egpj.exe");
  EXPECT_EQ(visible("a\xe2\x80\x8b"
                    "b"),
            "a\\u200Bb");
  EXPECT_EQ(visible("\xef\xbb\xbf"), "\\uFEFF");
  EXPECT_EQ(visible("\xe2\x81\xa6"), "\\u2066");
}

TEST(Visible, BytesThatAreNotUtf8AreShownOneByOne) {
  EXPECT_EQ(visible("\xff\xfe"), "\\xFF\\xFE");
  EXPECT_EQ(visible("a\xc3"), "a\\xC3");                  // cut off
  EXPECT_EQ(visible("\xc0\xaf"), "\\xC0\\xAF");           // not the shortest form
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\xED\\xA0\\x80");  // a surrogate
  EXPECT_EQ(visible("\xf5\x80\x80\x80"), "\\xF5\\x80\\x80\\x80");
}

TEST(Visible, WhatCameOutComesOutAgain) {
  for (const char* text : {"\x1b[31m", "\xff", "\xe2\x80\xae", "plain"})
    EXPECT_EQ(visible(visible(text)), visible(text));
}

}  // namespace
}  // namespace tlspolicy::base
