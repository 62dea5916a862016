// SPDX-License-Identifier: Apache-2.0
// Strict TOML: what is wrong is said with its line and column, and what was probably meant.
#include "base/toml.hpp"

#include <gtest/gtest.h>

#include "base/nearest.hpp"

namespace tlspolicy::base {
namespace {

TEST(Toml, GivesEachWordOfAListItsPlace) {
  auto table = TomlTable::parse("names = [\n  \"a\",\n  \"b\",\n]\n", "x.toml");
  ASSERT_TRUE(table);
  const auto words = table->words("names");
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[1].text, "b");
  EXPECT_EQ(words[1].where, "x.toml:3:3");
  EXPECT_TRUE(table->finish());
}

TEST(Toml, NamesAnUnknownKeyAndTheOneThatWasMeant) {
  auto table = TomlTable::parse("[tls]\nordre = \"server\"\n", "x.toml");
  ASSERT_TRUE(table);
  auto tls = table->table("tls");
  ASSERT_TRUE(tls);
  tls->string("order");
  const auto finished = table->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().id, "unknown-key");
  EXPECT_EQ(finished.error().where, "x.toml:2:1");
  EXPECT_EQ(finished.error().remedy, "did you mean \"order\"?");
}

TEST(Toml, KeepsTheFirstErrorOfTheDocument) {
  auto table = TomlTable::parse("a = 1\nb = 2\n", "x.toml");
  ASSERT_TRUE(table);
  table->string("b");
  table->string("a");
  EXPECT_EQ(table->finish().error().where, "x.toml:2:5");
}

TEST(Toml, SaysWhichKeyIsMissing) {
  auto table = TomlTable::parse("a = 1\n", "x.toml");
  ASSERT_TRUE(table);
  table->integer("a");
  table->need_string("name");
  const auto finished = table->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().id, "missing-key");
  EXPECT_EQ(finished.error().what, "\"name\" is missing");
}

TEST(Toml, SuggestsTheMissingKeyForAMistypedOne) {
  auto table = TomlTable::parse("nmae = \"x\"\n", "x.toml");
  ASSERT_TRUE(table);
  table->need_string("name");
  EXPECT_EQ(table->finish().error().remedy, "did you mean \"name\"?");
}

TEST(Toml, RefusesWhatIsNotToml) {
  const auto table = TomlTable::parse("a = \n", "x.toml");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().id, "bad-toml");
  EXPECT_EQ(table.error().where.substr(0, 9), "x.toml:1:");
}

TEST(Nearest, FindsWhatWasMeantAndNothingFarAway) {
  const std::vector<std::string> known{"x25519", "secp256r1", "secp384r1"};
  EXPECT_EQ(nearest("X25519", known), "x25519");
  EXPECT_EQ(nearest("x25159", known), "x25519");
  EXPECT_EQ(nearest("sepc256r1", known), "secp256r1");
  EXPECT_EQ(nearest("hello world", known), std::nullopt);
  EXPECT_EQ(nearest("", known), std::nullopt);
}
}  // namespace
}  // namespace tlspolicy::base
