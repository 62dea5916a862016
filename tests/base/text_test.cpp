// SPDX-License-Identifier: Apache-2.0
// Text and versions: the edges that manifests and discovery rely on.
#include "base/text.hpp"

#include <gtest/gtest.h>

#include "base/version.hpp"

namespace tlspolicy::base {
namespace {

std::optional<std::string> lookup(std::string_view name) {
  return name == "a.b" ? std::optional<std::string>("VALUE") : std::nullopt;
}

TEST(Substitution, ReplacesKnownNamesAndDollars) {
  EXPECT_EQ(substitute("x ${a.b} $$y", lookup), "x VALUE $y");
}

TEST(Substitution, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(substitute("${nope}", lookup).error().id, "unknown-name");
  EXPECT_EQ(substitute("${a.b", lookup).error().id, "bad-substitution");
  EXPECT_EQ(substitute("$a", lookup).error().id, "bad-substitution");
}

TEST(Text, SplitsTrimsAndCompares) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(words("  a\tb  "), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(lines("a\nb\n"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_TRUE(iequals("Include", "INCLUDE"));
  EXPECT_FALSE(iequals("Include", "IncludeOptional"));
  EXPECT_TRUE(matches_glob("*.conf", "a.conf"));
  EXPECT_FALSE(matches_glob("*.conf", ".a.conf"));  // as a shell: hidden files are not caught
}

TEST(Versions, CompareByNumber) {
  EXPECT_LT(*parse_version("9.2p1"), *parse_version("10.0p1"));
  EXPECT_EQ(parse_version("3.0.22-1~deb12u2")->text(), "3.0.22");
  EXPECT_EQ(*parse_version("3.5"), *parse_version("3.5.0"));
  EXPECT_LT(*parse_version("9.2p1"), *parse_version("9.2p2"));
  EXPECT_FALSE(parse_version("unknown"));
}

}  // namespace
}  // namespace tlspolicy::base
