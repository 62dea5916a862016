// SPDX-License-Identifier: Apache-2.0
// The host's settings: they survive being written and read, mistakes have their place, and the
// precedence of rules R4 and R5 is exemption > minimum > selected.
#include "policy/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/policy.hpp"
#include "policy/settings_text.hpp"

namespace tlspolicy::policy {
namespace {
using testing::HasSubstr, testing::StartsWith;

Settings example() {
  Settings settings;
  settings.policy = "20261101";
  settings.exemptions = {{"httpd:443:old.example.org", "20180330", "2026-12-31", "till \"9\" \\ x"},
                         {"postfix", "", "2027-01-31", "printer\tin the cellar"}};
  settings.services["cockpit"].minimum = "20230601";
  settings.services["httpd"].suites = {crypto::Suite{0xC030}, crypto::Suite{0xC02F}};
  return settings;
}

TEST(Settings, AreReadAsTheyWereWritten) {
  const auto text = print_settings(example());
  const auto again = parse_settings(text, "tlspolicy.toml");
  ASSERT_TRUE(again) << again.error().what << " " << again.error().where;
  EXPECT_EQ(*again, example());
  EXPECT_EQ(print_settings(*again), text);
}

TEST(Settings, SayWhoWroteThem) {
  EXPECT_THAT(print_settings({}), StartsWith("# Written by tlspolicy."));
}

TEST(Settings, ThatAreEmptyOrSayNothingMeanUpstream) {
  for (const auto text : {"", "policy = \"\"\n", "policy = \"upstream\"\n"}) {
    const auto settings = parse_settings(text, "tlspolicy.toml");
    ASSERT_TRUE(settings) << text;
    EXPECT_EQ(*settings, Settings{});
  }
}

// What an administrator wrote into the file, in his order and with his reasons.
const std::string kSelected = R"(# our hosts, see the wiki
policy = "20230601"  # since June

# the printer
)";
const std::string kEnded = R"([[exempt]]
target = "postfix"
policy = "20180330"
until = "2026-01-31"
reason = "till it is replaced"
)";
const std::string kStays = R"(
# the intranet
[[exempt]]
target = "httpd"
policy = ""
until = "2027-01-31"
reason = "old readers"
)";
const std::string kKept = kSelected + kEnded + kStays;

TEST(SettingsText, ChangesTheValueAlone) {
  auto wanted = parse_settings(kKept, "").value();
  wanted.policy = "20261101";
  std::string expected = kKept;
  expected.replace(expected.find("20230601"), 8, "20261101");
  EXPECT_EQ(settings_text(kKept, wanted), expected);
}

TEST(SettingsText, TakesOutAnExemptionAndLeavesWhatIsSaidOfOthers) {
  const auto wanted = without_expired(parse_settings(kKept, "").value(), "2026-11-26");
  EXPECT_EQ(settings_text(kKept, wanted), kSelected + kStays);
}

TEST(SettingsText, PutsAMissingValueBeforeTheTables) {
  constexpr std::string_view kTables = "# mine\n[services.httpd]\nminimum = \"20230601\"\n";
  auto wanted = parse_settings(kTables, "").value();
  wanted.policy = "20261101";
  EXPECT_EQ(settings_text(kTables, wanted), "policy = \"20261101\"\n" + std::string(kTables));
}

// Whatever cannot be changed in its place is written anew: the value counts, not the looks.
TEST(SettingsText, IsWrittenAnewWhereTheTextCannotSayIt) {
  constexpr std::string_view kInline =
      "exempt = [{target = \"a\", policy = \"\", until = \"2026-02-03\", reason = \"x\"}]\n";
  for (const std::string_view text : {kInline, std::string_view("not toml"), std::string_view()})
    EXPECT_EQ(settings_text(text, {.policy = "20261101", .exemptions = {}, .services = {}}),
              print_settings({.policy = "20261101", .exemptions = {}, .services = {}}))
        << text;
}

struct Mistake {
  const char* name;
  const char* text;
  std::string id, where, what, remedy;
};
class SettingsMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(SettingsMistakes, AreErrorsWithTheirPlace) {
  const auto settings = parse_settings(GetParam().text, "t.toml");
  ASSERT_FALSE(settings) << "was taken";
  EXPECT_EQ(settings.error().id, GetParam().id);
  EXPECT_EQ(settings.error().where, "t.toml:" + GetParam().where);
  EXPECT_THAT(settings.error().what, HasSubstr(GetParam().what));
  EXPECT_THAT(settings.error().remedy, HasSubstr(GetParam().remedy));
}

INSTANTIATE_TEST_SUITE_P(
    Settings, SettingsMistakes,
    testing::Values(
        Mistake{"unknown_key", "polcy = \"20261101\"\n", "unknown-key", "1:1", "polcy",
                "did you mean \"policy\"?"},
        Mistake{"not_a_date", "policy = \"2026\"\n", "bad-value", "1:10", "2026", "upstream"},
        Mistake{"not_a_string", "policy = 20261101\n", "bad-value", "1:10", "string", ""},
        Mistake{"no_reason", "[[exempt]]\ntarget = \"a\"\npolicy = \"\"\nuntil = \"2026-01-01\"\n",
                "missing-key", "1:1", "reason", "until"},
        Mistake{
            "bad_day",
            "[[exempt]]\ntarget = \"a\"\npolicy = \"\"\nuntil = \"2026-02-30\"\nreason = \"x\"\n",
            "bad-value", "4:9", "2026-02-30", "2026-12-31"},
        Mistake{
            "exempted_twice",
            "exempt = [{target = \"a\", policy = \"\", until = \"2026-02-03\", reason = \"x\"},\n"
            "{target = \"a\", policy = \"\", until = \"2026-02-03\", reason = \"x\"}]\n",
            "duplicate-name", "2:11", "exempted twice", "remove"},
        Mistake{"unknown_suite", "[services.httpd]\nsuites = [\"TLS_RSA_WITH_AES_128_CBC_SHS\"]\n",
                "unknown-name", "2:11", "SHS", "TLS_RSA_WITH_AES_128_CBC_SHA"},
        Mistake{"bad_minimum", "[services.httpd]\nminimum = \"new\"\n", "bad-value", "2:11", "new",
                "list"}),
    [](const auto& row) { return std::string(row.param.name); });

constexpr std::string_view kToday = "2026-11-23";

TEST(EffectiveId, IsTheSelectedOneWithoutAnythingElse) {
  EXPECT_EQ(effective_id(example(), "sshd", "sshd:22", kToday),
            (Effective{"20261101", Because::selected, "", false}));
  EXPECT_EQ(effective_id({}, "sshd", "sshd:22", kToday).id, kUpstream);
}

TEST(EffectiveId, IsTheMinimumWhereThatIsNewer) {
  Settings settings = example();
  settings.policy = "20180330";
  EXPECT_EQ(effective_id(settings, "cockpit", "cockpit:9090", kToday),
            (Effective{"20230601", Because::minimum, "", false}));
  settings.policy = "";
  EXPECT_EQ(effective_id(settings, "cockpit", "cockpit:9090", kToday).id, "20230601");
  settings.policy = "20261101";
  EXPECT_EQ(effective_id(settings, "cockpit", "cockpit:9090", kToday).because, Because::selected);
}

TEST(EffectiveId, TakesTheNewerOfBothMinimums) {
  Settings settings = example();
  settings.policy = "20180330";
  EXPECT_EQ(effective_id(settings, "cockpit", "x", kToday, "20261101").id, "20261101");
  EXPECT_EQ(effective_id(settings, "cockpit", "x", kToday, "20180330").id, "20230601");
  EXPECT_EQ(effective_id(settings, "admin", "x", kToday, "20230601").id, "20230601");
}

TEST(EffectiveId, IsTheExemptionsBeforeEverythingElse) {
  Settings settings = example();
  settings.services["postfix"].minimum = "20261101";
  EXPECT_EQ(effective_id(settings, "postfix", "postfix:25", kToday),
            (Effective{"", Because::exemption, "printer\tin the cellar", false}));
}

TEST(EffectiveId, PrefersTheEndpointsExemptionToItsServices) {
  Settings settings = example();
  settings.exemptions.push_back({"httpd", "20230601", "2026-12-31", "all of it"});
  EXPECT_EQ(effective_id(settings, "httpd", "httpd:443:old.example.org", kToday).id, "20180330");
  EXPECT_EQ(effective_id(settings, "httpd", "httpd:443:www.example.org", kToday).id, "20230601");
}

TEST(EffectiveId, KeepsAnExpiredExemptionAndSaysSo) {
  const auto id = [](std::string_view today) {
    return effective_id(example(), "httpd", "httpd:443:old.example.org", today);
  };
  EXPECT_FALSE(id("2026-12-31").expired);
  EXPECT_TRUE(id("2027-01-01").expired);
  EXPECT_EQ(id("2027-01-01").id, "20180330");
}
}  // namespace
}  // namespace tlspolicy::policy
