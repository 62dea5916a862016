// SPDX-License-Identifier: Apache-2.0
// The verbs that change nothing: plan, check, show, explain.
#include <gmock/gmock.h>

#include "cli/on_stage.hpp"

namespace tlspolicy::cli::test {
namespace {
using testing::ContainsRegex, testing::HasSubstr, testing::Not;

TEST_F(Verbs, WhatIsNotSeenWithoutRootDoesNotComply) {
  stage.host.root = false;
  stage.sshd_unseen = true;
  EXPECT_EQ(run("check"), 1);
  EXPECT_THAT(stage.out, HasSubstr("sshd: its endpoints are not to be seen without root"));
  auto request = stage.request("check");
  request.targets = {"sshd"};
  EXPECT_EQ(stage.run(request), 1);
}

TEST_F(Verbs, PlanNamesTheClientsThatAChangeCutsOff) {
  EXPECT_EQ(run("plan", "20261101"), 0);
  EXPECT_THAT(stage.out, HasSubstr("which of them connect now is not known"));
  EXPECT_THAT(stage.out, ContainsRegex("Internet Explorer 7 and 8, Windows XP +web"));
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err;
  EXPECT_EQ(run("plan", "20261101"), 0);
  EXPECT_THAT(stage.out, Not(HasSubstr("Clients that"))) << "nobody is lost who connects now";
  EXPECT_EQ(run("plan", "20200510"), 0);
  EXPECT_THAT(stage.out, ContainsRegex("Safari and Mail, iOS 5 to 8 +web +no suite"));
  EXPECT_THAT(stage.out, HasSubstr("would connect again"));
}

TEST_F(Verbs, PlanSaysWithItsStatusWhetherSomethingWouldChange) {
  auto request = stage.request("plan", "20261101");
  EXPECT_EQ(stage.run(request), 0);
  EXPECT_THAT(stage.out, HasSubstr("+++ b/etc/apache2/conf-enabled/zz-tlspolicy.conf"));
  request.exit_code = true;
  EXPECT_EQ(stage.run(request), 1);
  EXPECT_EQ(run("plan", "upstream"), 0);
  EXPECT_THAT(stage.out, HasSubstr("Nothing to change"));
  EXPECT_FALSE(stage.host.exists(kDropin));
}

TEST_F(Verbs, CheckFailsAsLongAsOneEndpointIsNotProven) {
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  EXPECT_EQ(run("check"), 0);
  EXPECT_THAT(stage.out, HasSubstr("2 endpoints: 2 complies"));
  stage.proof = prove::Outcome::not_proven;
  EXPECT_EQ(run("check"), 1);
  stage.proof = prove::Outcome::fails;
  EXPECT_EQ(run("check"), 1);
  EXPECT_THAT(stage.out, HasSubstr("FAILS"));
}

TEST_F(Verbs, CheckTakesServicesAndEndpointsAsTargets) {
  auto request = stage.request("check", "20261101");
  request.targets = {"sshd"};
  EXPECT_EQ(stage.run(request), 0);
  EXPECT_THAT(stage.out, Not(HasSubstr("httpd:443")));
  request.targets = {"httpd:443:www.example.org"};
  EXPECT_EQ(stage.run(request), 0);
  EXPECT_THAT(stage.out, HasSubstr("httpd:443:www.example.org"));
  EXPECT_THAT(stage.out, Not(HasSubstr("sshd")));
  request.targets = {"httpd", "postfix"};
  EXPECT_EQ(stage.run(request), 2);
  EXPECT_THAT(stage.err, HasSubstr("\"postfix\""));
}

TEST_F(Verbs, AServiceCanBeUnknownOrOnlyNotInstalled) {
  auto request = stage.request("plan", "20261101");
  request.services = {"htpd"};
  EXPECT_EQ(stage.run(request), 2);
  EXPECT_THAT(stage.err, HasSubstr("did you mean httpd?"));
}

TEST_F(Verbs, ShowRendersForThisHostAndForOneElsewhere) {
  auto request = stage.request("show", "20261101");
  EXPECT_EQ(stage.run(request), 0);
  EXPECT_THAT(stage.out, HasSubstr("X25519MLKEM768"));
  request.services = {"httpd"};
  EXPECT_EQ(stage.run(request), 0) << stage.err;
  EXPECT_THAT(stage.out, HasSubstr("SSLCipherSuite"));
  request.assume = "version=2.4.62,openssl=3.5.0";
  EXPECT_EQ(stage.run(request), 0) << stage.err;
  EXPECT_THAT(stage.out, ContainsRegex("Groups [^\n]*X25519MLKEM768"));
  request.assume = "version=2.4.57,openssl=3.0.11";
  EXPECT_EQ(stage.run(request), 0) << stage.err;
  EXPECT_THAT(stage.out, Not(ContainsRegex("Groups [^\n]*X25519MLKEM768")));
  request.assume = "weather=fine";
  EXPECT_EQ(stage.run(request), 2);
}

TEST_F(Verbs, ShowAfterSetShowsWhatLiesThere) {
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  auto request = stage.request("show");
  request.services = {"httpd"};
  EXPECT_EQ(stage.run(request), 0) << stage.err;
  EXPECT_THAT(stage.out, HasSubstr(kDropin));
  EXPECT_THAT(stage.out, HasSubstr("SSLCipherSuite"));
}

TEST_F(Verbs, ErrorsAreJsonOnStdoutWhenAskedFor) {
  auto request = stage.request("set", "nonsense");
  request.json = true;
  EXPECT_EQ(stage.run(request), 2);
  EXPECT_THAT(stage.out, HasSubstr("tlspolicy.error/1"));
  EXPECT_THAT(stage.err, HasSubstr("tlspolicy: there is no policy"));
}

TEST_F(Verbs, ExplainKnowsItsIdsAndTheNearestOne) {
  auto request = stage.request("explain");
  request.id = "needs-weaker";
  EXPECT_EQ(stage.run(request), 0);
  EXPECT_THAT(stage.out, HasSubstr("What to do:"));
  request.id = "need-weaker";
  EXPECT_EQ(stage.run(request), 2);
  EXPECT_THAT(stage.err, HasSubstr("did you mean needs-weaker?"));
}

}  // namespace
}  // namespace tlspolicy::cli::test
