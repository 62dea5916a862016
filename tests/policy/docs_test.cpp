// SPDX-License-Identifier: Apache-2.0
// What docs/policy-format.md shows is what the parsers take.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "policy/policy.hpp"
#include "policy/settings.hpp"

namespace tlspolicy::policy {
namespace {

std::vector<std::string> toml_blocks() {
  std::ifstream in(TLSPOLICY_SOURCE "/docs/policy-format.md");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  constexpr std::string_view kOpen = "```toml\n";
  std::vector<std::string> out;
  for (auto at = text.find(kOpen); at != std::string::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    out.push_back(text.substr(at, text.find("```", at) - at));
  }
  return out;
}

TEST(PolicyFormat, ShowsAPolicyAndSettingsThatParse) {
  const auto blocks = toml_blocks();
  ASSERT_EQ(blocks.size(), 2U);
  const auto policy = parse_policy(blocks[0], "20261101.toml");
  EXPECT_TRUE(policy) << policy.error().where << " " << policy.error().what;
  const auto settings = parse_settings(blocks[1], "tlspolicy.toml");
  EXPECT_TRUE(settings) << settings.error().where << " " << settings.error().what;
}
}  // namespace
}  // namespace tlspolicy::policy
