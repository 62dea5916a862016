// SPDX-License-Identifier: Apache-2.0
// The verb set: what it writes, refuses, takes back alone, and needs consent for.
#include <gmock/gmock.h>

#include "cli/on_stage.hpp"
#include "journal/journal.hpp"

namespace tlspolicy::cli::test {
namespace {
using testing::ContainsRegex, testing::HasSubstr;

TEST_F(Verbs, SetWritesProvesAndRemembers) {
  EXPECT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  EXPECT_THAT(stage.host.content(kDropin), HasSubstr("SSLProtocol"));
  EXPECT_THAT(stage.host.content(kSettings), HasSubstr("20261101"));
  EXPECT_GT(stage.proofs, 0);
  EXPECT_THAT(stage.out, ContainsRegex("httpd +changed"));
  EXPECT_THAT(stage.out, HasSubstr("tlspolicy undo 1"));
  EXPECT_EQ(run("status"), 0) << stage.out;
  EXPECT_THAT(stage.out, HasSubstr("selected  20261101"));
}

TEST_F(Verbs, ASecondSetDoesNothingAndAsksNothing) {
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  stage.proofs = stage.measures = 0;
  stage.host.ran.clear();
  EXPECT_EQ(run("set", "20261101"), 0);
  EXPECT_EQ(stage.out, "nothing to do: the host already follows 20261101\n");
  EXPECT_EQ(stage.proofs + stage.measures, 0);
  EXPECT_THAT(stage.host.ran, testing::Each(HasSubstr("/var/lib/dpkg/lock")));
  EXPECT_FALSE(stage.host.exists(std::string(kGenerations) + "/2"));
  auto request = stage.request("set", "20261101");
  request.services = {"httpd"};
  EXPECT_EQ(stage.run(request), 0);
  EXPECT_EQ(stage.out, "nothing to do: httpd already follows 20261101\n");
}

TEST_F(Verbs, AnUnknownDateIsWrongUsageAndTheNearestIsNamed) {
  EXPECT_EQ(run("set", "20261110"), 2);
  EXPECT_THAT(stage.err, HasSubstr("there is no policy \"20261110\""));
  EXPECT_THAT(stage.err, HasSubstr("20261101"));
  EXPECT_EQ(run("plan", "yesterday"), 2);
  EXPECT_EQ(stage.out, "");
}

TEST_F(Verbs, WithoutRootNothingIsChangedAndSudoIsNamed) {
  stage.host.root = false;
  const auto before = stage.host.names;
  for (const char* verb : {"set", "undo", "recover"}) {
    EXPECT_EQ(run(verb, "20261101"), 3) << verb;
    EXPECT_THAT(stage.err, HasSubstr("sudo"));
  }
  EXPECT_EQ(stage.host.names, before);
  for (const char* verb : {"list", "show", "status", "history"}) EXPECT_EQ(run(verb), 0) << verb;
  EXPECT_EQ(run("plan", "20261101"), 0);
}

TEST_F(Verbs, ASecondRunAtTheSameTimeIsRefusedAndNamesTheFirst) {
  stage.host.locked_elsewhere.insert(kLock);
  for (const char* verb : {"set", "undo", "recover"}) {
    EXPECT_EQ(run(verb, "20261101"), 3) << verb;
    EXPECT_THAT(stage.err, HasSubstr("4242"));
  }
}

TEST_F(Verbs, WhatIsWeakerNeedsConsent) {
  stage.weak_now = false;
  const auto before = etc(stage.host);
  EXPECT_EQ(run("set", "20180330"), 3);
  EXPECT_THAT(stage.err, HasSubstr("TLSv1.0"));
  EXPECT_THAT(stage.err, HasSubstr("--weaker"));
  EXPECT_EQ(etc(stage.host), before);

  stage.answer = "no";
  EXPECT_EQ(run("set", "20180330"), 3);
  EXPECT_THAT(stage.asked, HasSubstr("TLSv1.0"));
  stage.answer = "yes";
  EXPECT_EQ(run("set", "20180330"), 0) << stage.err << stage.out;
  EXPECT_THAT(stage.out, HasSubstr("weaker"));
}

TEST_F(Verbs, TheOptionWeakerIsConsent) {
  stage.weak_now = false;
  EXPECT_EQ(run_weaker("set", "20180330"), 0) << stage.err << stage.out;
}

TEST_F(Verbs, AServiceThatWasBrokenBeforeIsNamedAndTheOthersGoOn) {
  stage.sshd_broken = true;
  EXPECT_EQ(run("set", "20261101"), 4);
  EXPECT_THAT(stage.out, HasSubstr("Bad configuration option: Foo"));
  EXPECT_TRUE(stage.host.exists(kDropin));
  EXPECT_FALSE(stage.host.exists(kSshdDropin));
  EXPECT_EQ(run("status"), 1);
}

TEST_F(Verbs, WhereNothingCanFollowTheSelectedValueStays) {
  stage.sshd_broken = true;
  auto request = stage.request("set", "20261101");
  request.services = {"sshd"};
  EXPECT_EQ(stage.run(request), 3);
  EXPECT_FALSE(stage.host.exists(kSettings));
}

TEST_F(Verbs, AServiceThatNoLongerServesIsRolledBackAlone) {
  stage.serves_new = false;
  EXPECT_EQ(run("set", "20261101"), 4);
  EXPECT_THAT(stage.out, ContainsRegex("httpd +ROLLED BACK"));
  EXPECT_FALSE(stage.host.exists(kDropin));
  EXPECT_TRUE(stage.host.exists(kSshdDropin));
  EXPECT_THAT(stage.host.content(kSettings), HasSubstr("20261101"));
}

TEST_F(Verbs, AtomicTakesTheOthersBackToo) {
  const auto before = etc(stage.host);
  stage.serves_new = false;
  auto request = stage.request("set", "20261101");
  request.atomic = true;
  EXPECT_EQ(stage.run(request), 3);
  EXPECT_EQ(etc(stage.host), before);
}

TEST_F(Verbs, AtomicStopsWhereAServiceWouldBeLeftOut) {
  const auto before = etc(stage.host);
  stage.sshd_broken = true;
  auto request = stage.request("set", "20261101");
  request.atomic = true;
  EXPECT_EQ(stage.run(request), 3);
  EXPECT_THAT(stage.err, HasSubstr("sshd would be left out: Bad configuration option: Foo"));
  EXPECT_EQ(etc(stage.host), before);
}

TEST_F(Verbs, AnEmptyNameOfAPolicyIsNotUpstream) {
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err;
  EXPECT_EQ(run("set", ""), 2);
  EXPECT_EQ(run("plan", ""), 2);
  EXPECT_TRUE(stage.host.exists(kDropin));
}

TEST_F(Verbs, AnUnfinishedChangeIsReportedByStatusAndTakenBackByTheNextSet) {
  journal::Journal journal(stage.host, kGenerations);
  journal::Generation half;
  half.created = "2026-11-01T00:00:00Z";
  half.boot_id = stage.host.boot;
  half.verb = "set";
  half.selected_after = "20230601";
  ASSERT_TRUE(journal.begin(half));
  stage.host.locked_elsewhere.insert(kLock);
  EXPECT_EQ(run("status"), 1);
  EXPECT_THAT(stage.out, HasSubstr("generation 1 is being carried out"));
  stage.host.locked_elsewhere.clear();
  EXPECT_EQ(run("status"), 1);
  EXPECT_THAT(stage.out, testing::StartsWith("  PENDING"));
  EXPECT_THAT(stage.out, HasSubstr("sudo tlspolicy recover"));
  EXPECT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  EXPECT_EQ(journal.load(1)->outcome, "recovered");
  EXPECT_EQ(run("recover"), 0);
  EXPECT_THAT(stage.out, HasSubstr("nothing to recover"));
}

TEST_F(Verbs, UnderAnotherRootFilesAreWrittenAndNothingRuns) {
  stage.host.live = stage.host.root = false;
  EXPECT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  EXPECT_TRUE(stage.host.exists(kDropin));
  EXPECT_EQ(stage.proofs + stage.measures, 0);
  EXPECT_THAT(stage.host.ran, testing::IsEmpty());
  EXPECT_THAT(stage.out, HasSubstr("nothing was checked, reloaded or proven"));
  EXPECT_EQ(run("check"), 3);
}

TEST_F(Verbs, AFullDiskIsNamedAndLeavesEverythingAsItWas) {
  const auto before = etc(stage.host);
  stage.host.refuse = [](std::string_view operation,
                         const host::Path& path) -> std::optional<Error> {
    if (operation != "create" || !path.starts_with("/etc/apache2")) return std::nullopt;
    return Error{"disk-full", "cannot create: No space left on device", path, "make room"};
  };
  auto request = stage.request("set", "20261101");
  request.services = {"httpd"};
  EXPECT_EQ(stage.run(request), 3) << stage.out;
  EXPECT_THAT(stage.out + stage.err, HasSubstr("No space left on device"));
  EXPECT_EQ(etc(stage.host), before);
}

}  // namespace
}  // namespace tlspolicy::cli::test
