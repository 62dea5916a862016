// SPDX-License-Identifier: Apache-2.0
// Whole verbs on a host in memory: exit status, what is said, what is left behind.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli/stage.hpp"
#include "journal/journal.hpp"

namespace tlspolicy::cli::test {
namespace {
using testing::ContainsRegex, testing::HasSubstr, testing::Not;
namespace fs = std::filesystem;

std::map<std::string, std::string> etc(const tlspolicy::test::FakeHost& host) {
  std::map<std::string, std::string> out;
  for (const auto& [path, inode] : host.names)
    if (path.starts_with("/etc")) out[path] = inode->content;
  return out;
}

class Verbs : public testing::Test {
 protected:
  int run(std::string verb, std::string policy = {}) {
    return stage.run(stage.request(std::move(verb), std::move(policy)));
  }
  int run_weaker(std::string verb, std::string policy = {}) {
    auto request = stage.request(std::move(verb), std::move(policy));
    request.weaker = true;
    return stage.run(request);
  }
  Stage stage;
};

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

// Settings alone were written, and somebody removed them: the change before it is meant.
TEST_F(Verbs, UndoPassesOverAChangeOfWhichNothingIsLeft) {
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err;
  stage.host.erase(kSettings);
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err;
  ASSERT_TRUE(stage.host.exists(std::string(kGenerations) + "/2"));
  stage.host.erase(kSettings);
  EXPECT_EQ(run_weaker("undo"), 0) << stage.err;
  EXPECT_FALSE(stage.host.exists(kDropin));
  EXPECT_THAT(stage.notes, testing::Contains(HasSubstr("generation 2: nothing of it is left")));
  EXPECT_EQ(run_weaker("undo"), 3);
  EXPECT_THAT(stage.err, HasSubstr("no change that could be taken back"));
}

TEST_F(Verbs, UndoIsNotHeldUpBySettingsThatCannotBeRead) {
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err;
  stage.host.put(kSettings, "junk[[\n");
  EXPECT_EQ(run_weaker("undo"), 0) << stage.err;
  EXPECT_FALSE(stage.host.exists(kDropin) || stage.host.exists(kSshdDropin));
  EXPECT_EQ(stage.host.content(kSettings), "junk[[\n");
  EXPECT_THAT(stage.out, HasSubstr(kSettings));
}

TEST_F(Verbs, ADateThatIsMistypedInTheSettingsIsNotWrongUsage) {
  stage.host.put(kSettings,
                 "policy = \"20261101\"\n[[exempt]]\ntarget = \"httpd\"\npolicy = \"20230602\"\n"
                 "until = \"2099-01-01\"\nreason = \"x\"\n");
  EXPECT_EQ(run("set", "20261101"), 3);
  EXPECT_THAT(stage.err, HasSubstr(std::string(kSettings) + ":4"));
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

TEST_F(Verbs, UndoLeavesEtcByteForByteAsItWas) {
  const auto before = etc(stage.host);
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  ASSERT_NE(etc(stage.host), before);
  EXPECT_EQ(run_weaker("undo"), 0) << stage.err << stage.out;
  EXPECT_EQ(etc(stage.host), before);
  EXPECT_EQ(run("history"), 0);
  EXPECT_THAT(stage.out, ContainsRegex("1 .* set .*upstream +20261101 .*undone by 2"));
}

// An endpoint that nobody could reach before, or cannot now, does not hold the way back up.
TEST_F(Verbs, UndoAsksToServeOnlyOfWhatDidBeforeAndDoesNow) {
  const auto start = etc(stage.host);
  stage.serves_old = false;
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  EXPECT_EQ(run_weaker("undo"), 0) << stage.err << stage.out;
  EXPECT_EQ(etc(stage.host), start);
  stage.serves_old = true;
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  stage.serves_old = stage.serves_new = false;
  EXPECT_EQ(run_weaker("undo"), 0) << stage.err << stage.out;
  EXPECT_EQ(etc(stage.host), start);
}

TEST_F(Verbs, UndoAfterUndoWalksBackStepByStep) {
  const auto start = etc(stage.host);
  ASSERT_EQ(run_weaker("set", "20230601"), 0) << stage.err << stage.out;
  const auto middle = etc(stage.host);
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  EXPECT_EQ(run_weaker("undo"), 0) << stage.err << stage.out;
  EXPECT_EQ(etc(stage.host), middle);
  EXPECT_EQ(run_weaker("undo"), 0) << stage.err << stage.out;
  EXPECT_EQ(etc(stage.host), start);
  EXPECT_EQ(run_weaker("undo"), 3);
  EXPECT_THAT(stage.err, HasSubstr("no change that could be taken back"));
}

TEST_F(Verbs, AnUndoCanBeUndone) {
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err << stage.out;
  const auto changed = etc(stage.host);
  ASSERT_EQ(run_weaker("undo"), 0) << stage.err << stage.out;
  auto request = stage.request("undo");
  request.generation = 1;
  request.weaker = true;
  EXPECT_EQ(stage.run(request), 3);
  EXPECT_THAT(stage.err, HasSubstr("taken back by generation 2"));
  request.generation = 2;
  EXPECT_EQ(stage.run(request), 0) << stage.err << stage.out;
  EXPECT_EQ(etc(stage.host), changed);
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

TEST_F(Verbs, APolicyInTheSettingsThatThereIsNotIsNamedWithItsFile) {
  stage.host.put(std::string(kSettings), "policy = \"20991231\"\n");
  for (const char* verb : {"status", "check"}) {
    EXPECT_EQ(run(verb), 3) << verb;
    EXPECT_THAT(stage.err, HasSubstr(std::string(kSettings)));
  }
}

TEST_F(Verbs, WhatIsNotSeenWithoutRootDoesNotComply) {
  stage.host.root = false;
  stage.sshd_unseen = true;
  EXPECT_EQ(run("check"), 1);
  EXPECT_THAT(stage.out, HasSubstr("sshd: its endpoints are not to be seen without root"));
  auto request = stage.request("check");
  request.targets = {"sshd"};
  EXPECT_EQ(stage.run(request), 1);
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

TEST_F(Verbs, ABrokenSettingsFileIsNamedWithItsPlace) {
  stage.host.put(kSettings, "policy = \"20261101\"\npolice = 1\n");
  for (const char* verb : {"status", "list", "set"}) {
    EXPECT_EQ(run(verb, "20261101"), 3) << verb;
    EXPECT_THAT(stage.err, HasSubstr("/etc/tlspolicy/tlspolicy.toml:2:"));
  }
}

TEST_F(Verbs, ABrokenPolicyFileIsNamedWithItsPlace) {
  const fs::path copy = fs::path(testing::TempDir()) / ("data" + std::to_string(getpid()));
  fs::copy(stage.data, copy, fs::copy_options::recursive);
  std::ofstream(copy / "policies" / "20261101.toml", std::ios::app) << "\nnonsense = [\n";
  stage.data = copy;
  EXPECT_EQ(run("set", "20261101"), 3);
  EXPECT_THAT(stage.err, ContainsRegex("policies/20261101.toml:[0-9]+:[0-9]+"));
  EXPECT_EQ(run("recover"), 0) << "the way back needs no policies";
  fs::remove_all(copy);
}

TEST_F(Verbs, ABrokenClientFileIsNamedWithItsPlace) {
  const fs::path copy = fs::path(testing::TempDir()) / ("clients" + std::to_string(getpid()));
  fs::copy(stage.data, copy, fs::copy_options::recursive);
  std::ofstream(copy / "clients" / "ie8-xp.toml", std::ios::app) << "colour = 1\n";
  stage.data = copy;
  for (const char* verb : {"list", "show", "plan"}) {
    EXPECT_EQ(run(verb, "20261101"), 3) << verb;
    EXPECT_THAT(stage.err, ContainsRegex("clients/ie8-xp.toml:[0-9]+:[0-9]+")) << verb;
  }
  EXPECT_EQ(run("set", "20261101"), 0) << "nobody's safety hangs on the forecast: " << stage.err;
  fs::remove_all(copy);
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
