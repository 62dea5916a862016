// SPDX-License-Identifier: Apache-2.0
// The planner on sshd: the first value wins, so place is everything; Match blocks win over both.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/pristine.hpp"
#include "world.hpp"

namespace tlspolicy::plan::test {
namespace {
using testing::Contains, testing::HasSubstr, testing::IsEmpty, testing::Not, testing::StartsWith;

const std::string kConf = "/etc/ssh/sshd_config";
const std::string kDropin = "/etc/ssh/sshd_config.d/00-tlspolicy.conf";
const std::string kInclude = "Include /etc/ssh/sshd_config.d/*.conf\n";

TEST(SshdPlan, WritesADropInWhereIncludeStandsFirst) {
  const auto plan =
      plan_one(sshd({{kConf, kInclude + "UsePAM yes\nCiphers aes128-cbc\n"}}), "20261101");
  ASSERT_FALSE(plan.skipped) << plan.skipped->what;
  ASSERT_EQ(plan.files.size(), 1u);
  EXPECT_EQ(plan.files[0].path, kDropin);
  EXPECT_THAT(plan.files[0].after.content, HasSubstr("\nRequiredRSASize 2048\n"));
  EXPECT_THAT(plan.files[0].after.content,
              HasSubstr("\nKexAlgorithms sntrup761x25519-sha512@openssh.com,"));
}

TEST(SshdPlan, WritesToTheTopOfTheMainFileWhereIncludeIsMissing) {
  const auto host = sshd({{kConf, "UsePAM yes\n"}});
  const auto plan = plan_one(host, "20261101");
  ASSERT_EQ(plan.files.size(), 1u);
  EXPECT_EQ(plan.files[0].path, kConf);
  EXPECT_THAT(plan.files[0].after.content, StartsWith("# BEGIN tlspolicy"));
  EXPECT_EQ(without_ours(plan.files[0].after.content), host.files.at(kConf).content);
}

TEST(SshdPlan, WritesToTheTopWhereAWeakerSettingStandsBeforeInclude) {
  const auto plan = plan_one(sshd({{kConf, "Ciphers aes128-cbc\n" + kInclude}}), "20261101");
  ASSERT_EQ(plan.files.size(), 1u);
  EXPECT_EQ(plan.files[0].path, kConf);
}

TEST(SshdPlan, WritesToTheTopWhereAnotherDropInSortsBeforeOurs) {
  const auto plan =
      plan_one(sshd({{kConf, kInclude}, {"/etc/ssh/sshd_config.d/00-a.conf", "MACs hmac-sha1\n"}}),
               "20261101");
  ASSERT_EQ(plan.files.size(), 1u);
  EXPECT_EQ(plan.files[0].path, kConf);
}

// sshd would refuse the drop-in there ("not allowed within a Match block"), also where it is read
// on the top level as well.
TEST(SshdPlan, WritesToTheTopWhereIncludeStandsInsideMatch) {
  const std::string match = "Match User backup\n  " + kInclude;
  for (const auto& conf : {"UsePAM yes\n" + match, kInclude + match}) {
    const auto host = sshd({{kConf, conf}});
    const auto plan = plan_one(host, "20261101");
    ASSERT_EQ(plan.files.size(), 1u) << conf;
    EXPECT_EQ(plan.files[0].path, kConf) << conf;
    EXPECT_THAT(plan.notes, Contains(HasSubstr("inside a block"))) << conf;
    EXPECT_THAT(plan_one(carried_out(host, plan), "20261101").files, IsEmpty()) << conf;
  }
}

TEST(SshdPlan, KeepsAStricterSettingOfTheAdministrator) {
  const auto plan =
      plan_one(sshd({{kConf, kInclude + "Ciphers aes256-gcm@openssh.com\n"}}), "20261101");
  ASSERT_EQ(plan.files.size(), 1u);
  EXPECT_EQ(plan.files[0].path, kDropin);
  EXPECT_THAT(plan.files[0].after.content, Not(HasSubstr("\nCiphers ")));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("stricter")));
}

TEST(SshdPlan, SetsAsideWhatAMatchBlockWouldReopen) {
  const auto host =
      sshd({{kConf, kInclude + "Match User backup\n    PubkeyAcceptedAlgorithms +ssh-rsa\n"
                               "    RequiredRSASize 1024\n    X11Forwarding no\n"
                               "Match User strict\n    RequiredRSASize 4096\n"}});
  const auto plan = plan_one(host, "20261101");
  ASSERT_NE(content(plan, kConf), nullptr);
  const auto& text = *content(plan, kConf);
  EXPECT_THAT(text, Not(HasSubstr("\n    PubkeyAcceptedAlgorithms +ssh-rsa")));
  EXPECT_THAT(text, Not(HasSubstr("\n    RequiredRSASize 1024")));
  EXPECT_THAT(text, HasSubstr("\n    X11Forwarding no"));
  EXPECT_THAT(text, HasSubstr("\n    RequiredRSASize 4096"));
  EXPECT_EQ(without_ours(text), host.files.at(kConf).content);
}

TEST(SshdPlan, ListsUsersKeysThatWouldNoLongerLogIn) {
  auto host = sshd({{kConf, kInclude}});
  host.user_keys = {{"old", "/home/old/.ssh/authorized_keys", "RSA", 1024},
                    {"new", "/home/new/.ssh/authorized_keys", "ED25519", 256}};
  const auto plan = plan_one(host, "20261101");
  ASSERT_EQ(plan.keys_below.size(), 1u);
  EXPECT_THAT(plan.keys_below[0], HasSubstr("old"));
}

TEST(SshdPlan, IsEmptyOnceItWasCarriedOutAndUpstreamRestoresEveryByte) {
  for (const auto& conf :
       std::vector<std::string>{kInclude, "UsePAM yes", "Ciphers 3des-cbc\r\n" + kInclude,
                                kInclude + "Match all\n RequiredRSASize 1024"}) {
    const auto host = sshd({{kConf, conf}});
    for (const std::string first : {"20180330", "20230601", "20261101"})
      for (const std::string second : {"20180330", "20230601", "20261101"}) {
        const auto once = carried_out(host, plan_one(host, first));
        EXPECT_THAT(plan_one(once, first).files, IsEmpty()) << first << conf;
        const auto twice = carried_out(once, plan_one(once, second));
        EXPECT_THAT(plan_one(twice, second).files, IsEmpty()) << first << " then " << second;
        EXPECT_EQ(carried_out(twice, plan_one(twice, "")).files, host.files) << conf;
      }
  }
}

}  // namespace
}  // namespace tlspolicy::plan::test
