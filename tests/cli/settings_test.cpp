// SPDX-License-Identifier: Apache-2.0
// What an administrator wrote into the settings by hand: it holds, ends, or is named; never
// silence.
#include <gmock/gmock.h>

#include "cli/stage.hpp"

namespace tlspolicy::cli::test {
namespace {
using testing::HasSubstr, testing::Not;

std::string exemption(const std::string& target, const std::string& until) {
  return "[[exempt]]\ntarget = \"" + target + "\"\npolicy = \"20230601\"\nuntil = \"" + until +
         "\"\nreason = \"the till\"\n";
}

class SettingsOfVerbs : public testing::Test {
 protected:
  int run(std::string verb, std::string policy = {}) {
    return stage.run(stage.request(std::move(verb), std::move(policy)));
  }
  void settings(const std::string& more) {
    stage.host.put(std::string(kSettings), "policy = \"20261101\"\n\n" + more);
  }
  Stage stage;
};

TEST_F(SettingsOfVerbs, ANameThatIsNoServiceIsNamedWithItsFile) {
  for (const auto& wrong : {exemption("htpd", "2099-01-01"), exemption("htpd:443", "2099-01-01"),
                            std::string("[services.htpd]\nminimum = \"20261101\"\n")}) {
    settings(wrong);
    for (const char* verb : {"status", "check", "plan", "set"}) {
      EXPECT_EQ(run(verb, "20261101"), 3) << verb;
      EXPECT_THAT(stage.err, HasSubstr(std::string(kSettings)));
      EXPECT_THAT(stage.err, HasSubstr("did you mean httpd?"));
    }
  }
  settings(exemption("httpd", "2099-01-01"));
  EXPECT_EQ(run("plan", "20261101"), 0) << stage.err;
}

TEST_F(SettingsOfVerbs, AnExemptionPastItsDayHoldsUntilTheNextSet) {
  settings(exemption("httpd", "2099-01-01"));
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  EXPECT_THAT(stage.host.content(kDropin), HasSubstr("20230601"));

  settings(exemption("httpd", "2020-01-01"));
  EXPECT_EQ(run("status"), 1);
  EXPECT_THAT(stage.out, HasSubstr("its day is over"));
  EXPECT_THAT(stage.out, Not(HasSubstr("drift")));
  EXPECT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  EXPECT_THAT(stage.notes, testing::Contains(HasSubstr("exemption of httpd ended")));
  EXPECT_THAT(stage.host.content(kDropin), HasSubstr("20261101"));
  EXPECT_THAT(stage.host.content(kSettings), Not(HasSubstr("the till")));
  EXPECT_EQ(run("status"), 0) << stage.out;
}

TEST_F(SettingsOfVerbs, AListOfSuitesThatNothingFollowsIsNamed) {
  settings("[services.httpd]\nsuites = [\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"]\n");
  run("status");
  EXPECT_THAT(stage.out, HasSubstr("has no effect yet"));
}

}  // namespace
}  // namespace tlspolicy::cli::test
