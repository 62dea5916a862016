// SPDX-License-Identifier: Apache-2.0
// The executor on a site in memory: what is kept, what goes back and why, and what the
// administrator does meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "site.hpp"

namespace tlspolicy::apply {
namespace {

using host::FileState, host::Path;
using testing::Contains, testing::HasSubstr, testing::IsEmpty, testing::Not;
using Kind = FileState::Kind;

class Execute : public testing::Test {
 protected:
  Execute() : before_(site_.files()) {}
  Result<Outcome> run(const Change& change, Options options = {}) {
    auto tools = site_.tools();
    auto journal = site_.journal();
    return execute(tools, journal, change, options);
  }
  std::string outcome_of(int number) {
    return site_.journal().load(number)->outcome.value_or("open");
  }
  void expect_sound() {
    EXPECT_THAT(site_.strays(), IsEmpty());
    for (const auto& [name, daemon] : site_.daemons) {
      EXPECT_TRUE(daemon.alive) << name;
      EXPECT_EQ(daemon.loaded, daemon.on_disk(site_.fake)) << name;
    }
  }

  Site site_;
  std::map<Path, FileState> before_;
};

TEST_F(Execute, BringsEveryServiceAndThenTheSettings) {
  const auto out = run(site_.change());
  ASSERT_TRUE(out);
  EXPECT_EQ(out->generation, 1);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::kept);
  EXPECT_EQ(of(*out, "sshd").fate, Fate::kept);
  EXPECT_EQ(of(*out, "httpd").verdicts.front().outcome, prove::Outcome::complies);
  EXPECT_TRUE(out->settings_written);
  EXPECT_THAT(out->warnings, IsEmpty());
  EXPECT_EQ(outcome_of(1), "kept");
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "new ssl\n");
  EXPECT_EQ(site_.fake.inode("/etc/httpd/ssl.conf")->mode, 0640U);
  EXPECT_EQ(site_.fake.inode("/etc/httpd/ssl.conf")->xattrs.at("user.note"), "kept");
  EXPECT_EQ(site_.fake.content("/etc/httpd/conf.d/deep/zz-tlspolicy.conf"), "new drop-in\n");
  EXPECT_FALSE(site_.fake.exists("/etc/httpd/legacy.conf"));
  EXPECT_TRUE(site_.fake.exists(kSettings));
  expect_sound();
  EXPECT_THAT(site_.said, Contains("httpd: reloaded"));
  EXPECT_THAT(site_.said, Contains("sshd: proven"));
}

TEST_F(Execute, LeavesASymlinkASymlinkAndChangesItsFile) {
  ASSERT_TRUE(run(site_.change()));
  EXPECT_EQ(site_.fake.inode("/etc/sshd_config")->kind, Kind::symlink);
  EXPECT_EQ(site_.fake.content("/etc/ssh.real/sshd_config"), "new sshd\n");
  EXPECT_EQ(site_.fake.inode("/etc/ssh.real/sshd_config")->mode, 0600U);
}

TEST_F(Execute, DoesNothingWhereNothingChanges) {
  Change change = site_.change();
  for (auto& service : change.services)
    for (auto& member : service.members) member.after = member.before;
  change.settings.after = change.settings.before;
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->generation, 0);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::unchanged);
  EXPECT_THAT(site_.fake.ran, IsEmpty());
  EXPECT_THAT(*site_.journal().numbers(), IsEmpty());
}

TEST_F(Execute, WritesTheSettingsAloneWhereTheServicesFollowAlready) {
  Change change = site_.change();
  change.services.clear();
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->settings_written);
  EXPECT_EQ(outcome_of(1), "kept");
}

TEST_F(Execute, RefusesWhileAGenerationIsOpen) {
  ASSERT_TRUE(site_.journal().begin({}));
  const auto out = run(site_.change());
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().id, "open-generation");
  EXPECT_EQ(out.error().remedy, "tlspolicy recover");
  EXPECT_EQ(site_.files(), before_);
}

TEST_F(Execute, TakesOneServiceBackWhoseCheckFailsAndKeepsTheOther) {
  Change change = site_.change();
  change.services[0] = site_.httpd("SYNTAX\n");
  const auto out = run(change);
  ASSERT_TRUE(out);
  const auto& httpd = of(*out, "httpd");
  EXPECT_EQ(httpd.fate, Fate::rolled_back);
  EXPECT_EQ(httpd.error->id, "check-failed");
  EXPECT_EQ(httpd.error->what, "line 3: SYNTAX is no directive");
  EXPECT_EQ(httpd.error->where, "httpd check");
  EXPECT_EQ(of(*out, "sshd").fate, Fate::kept);
  EXPECT_TRUE(out->settings_written);
  EXPECT_EQ(outcome_of(1), "partly");
  for (const auto* path : {"/etc/httpd/ssl.conf", "/etc/httpd/legacy.conf"})
    EXPECT_EQ(site_.files()[path], before_[path]);
  EXPECT_FALSE(site_.fake.exists("/etc/httpd/conf.d"));
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd restart")));
  expect_sound();
}

TEST_F(Execute, WakesADaemonThatDiedOfAConfigurationThatItsCheckLetPass) {
  Change change = site_.change();
  change.services[0] = site_.httpd("FATAL\n");
  const auto start = site_.fake.time;
  const auto out = run(change);
  ASSERT_TRUE(out);
  const auto& httpd = of(*out, "httpd");
  EXPECT_EQ(httpd.fate, Fate::rolled_back);
  EXPECT_EQ(httpd.error->id, "not-active");
  EXPECT_EQ(httpd.verdicts.front().outcome, prove::Outcome::complies);  // with its old settings
  EXPECT_THAT(site_.fake.ran, Contains("httpd restart"));
  EXPECT_LT(site_.fake.time - start, std::chrono::seconds(10));
  EXPECT_EQ(outcome_of(1), "partly");
  expect_sound();
}

TEST_F(Execute, NoticesADaemonThatDiesAMomentAfterItWasProven) {
  Change change = site_.change();
  change.services.resize(1);
  site_.while_proving = [&] {
    if (site_.proofs == 1) site_.fake.on("httpd active", 3);  // the proof itself still sees it
  };
  site_.fake.on("httpd restart", [&](const host::Command&) {
    site_.fake.on("httpd active", 0);
    site_.daemon("httpd").load(site_.fake);
    return host::Finished{0, "", "", false};
  });
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::rolled_back);
  EXPECT_EQ(of(*out, "httpd").error->id, "not-active");
  EXPECT_EQ(site_.files(), before_);
}

TEST_F(Execute, WaitsForAReloadThatTakesAWhile) {
  Change change = site_.change();
  site_.fake.on("httpd reload", 0);  // says so, and does it later
  site_.while_proving = [&] {
    if (site_.proofs == 4) site_.daemon("httpd").load(site_.fake);
  };
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::kept);
}

TEST_F(Execute, TakesBackWhatCannotBeProvenAndProvesTheOld) {
  Change change = site_.change();
  change.services[0].after[0].place.sni = "something else";
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::rolled_back);
  EXPECT_EQ(of(*out, "httpd").error->id, "proof-failed");
  EXPECT_EQ(of(*out, "httpd").error->where, "httpd:443:");
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd restart")));  // nobody was cut off
  expect_sound();
}

TEST_F(Execute, RestartsWhatKeepsTheNewSettingsAfterItWasTakenBack) {
  Change change = site_.change();
  change.services.resize(1);
  change.services[0].after[0].place.sni = "something else";
  site_.while_proving = [&] { site_.fake.on("httpd reload", 0); };  // from now on it does nothing
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::rolled_back);
  EXPECT_THAT(site_.fake.ran, Contains("httpd restart"));
  expect_sound();
}

TEST_F(Execute, SaysThatAServiceIsStuckWhenNeitherSettingsServe) {
  Change change = site_.change();
  change.services[0] = site_.httpd("FATAL\n");
  site_.fake.on("httpd restart", 1, "", "no such luck\n");
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::stuck);
  EXPECT_TRUE(warned(*out, "restart-failed"));
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "old ssl\n");
  EXPECT_EQ(outcome_of(1), "partly");
}

TEST_F(Execute, DoesNotBlameAnEndpointThatWasDeadBefore) {
  Change change = site_.change();
  change.services[0].serving_before.clear();
  change.services[0].steps.pop_back();  // without an `active` step
  site_.daemon("httpd").alive = false;
  site_.fake.on("httpd reload", 0);
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::kept);
}

TEST_F(Execute, WritesAndChecksAStoppedServiceButNeverStartsIt) {
  Change change = site_.change();
  change.services.resize(1);
  change.services[0].running = false;
  site_.daemon("httpd").alive = false;
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::kept);
  EXPECT_EQ(site_.fake.ran, std::vector<std::string>{"httpd check"});
  EXPECT_EQ(site_.proofs, 0);
}

TEST_F(Execute, ReloadsAndProvesNothingOnAnotherRoot) {
  site_.fake.live = false;
  const auto out = run(site_.change());
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::kept);
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd reload")));
  EXPECT_EQ(site_.proofs, 0);
}

TEST_F(Execute, RestartsOnlyWhereASettingNeedsIt) {
  Change change = site_.change();
  change.services[0].restart = true;
  ASSERT_TRUE(run(change));
  EXPECT_THAT(site_.fake.ran, Contains("httpd restart"));
  EXPECT_THAT(site_.fake.ran, Not(Contains("sshd restart")));
}

TEST_F(Execute, DoesNotRestartForAFailedCheck) {
  Change change = site_.change();
  change.services[0] = site_.httpd("SYNTAX\n");
  change.services[0].restart = true;
  ASSERT_TRUE(run(change));
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd restart")));
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd reload")));
}

TEST_F(Execute, KeepsTheOldSelectionWhenNoServiceTookIt) {
  Change change = site_.change();
  change.services = {site_.httpd("SYNTAX\n"), site_.sshd("FATAL\n")};
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_FALSE(out->settings_written);
  EXPECT_EQ(outcome_of(1), "rolled back");
  EXPECT_EQ(site_.files(), before_);
  expect_sound();
}

TEST_F(Execute, TakesEverythingBackForOneFailureWhereThatWasAskedFor) {
  Change change = site_.change();
  change.services = {site_.httpd(), site_.sshd("FATAL\n")};
  const auto out = run(change, {.atomic = true});
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").fate, Fate::rolled_back);
  EXPECT_EQ(of(*out, "httpd").error->id, "atomic");
  EXPECT_EQ(of(*out, "sshd").error->id, "not-active");
  EXPECT_EQ(site_.files(), before_);
  EXPECT_EQ(outcome_of(1), "rolled back");
  expect_sound();
}

TEST_F(Execute, LosesNothingOfAnEditMadeSinceTheFilesWereRead) {
  const Change change = site_.change();
  site_.fake.replace("/etc/httpd/ssl.conf", "the administrator's\n", 0600);
  before_ = site_.files();
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").error->id, "changed-meanwhile");
  EXPECT_EQ(of(*out, "httpd").error->where, "/etc/httpd/ssl.conf");
  EXPECT_EQ(of(*out, "sshd").fate, Fate::kept);
  EXPECT_EQ(site_.files()["/etc/httpd/ssl.conf"], before_["/etc/httpd/ssl.conf"]);
  EXPECT_TRUE(site_.fake.exists("/etc/httpd/legacy.conf"));
  EXPECT_FALSE(site_.fake.exists("/etc/httpd/conf.d"));
  EXPECT_THAT(site_.strays(), IsEmpty());
}

TEST_F(Execute, PutsNoNewFileOverOneThatAppearedMeanwhile) {
  const Change change = site_.change();
  site_.fake.put("/etc/httpd/conf.d/deep/zz-tlspolicy.conf", "theirs\n");
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").error->id, "changed-meanwhile");
  EXPECT_EQ(site_.fake.content("/etc/httpd/conf.d/deep/zz-tlspolicy.conf"), "theirs\n");
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "old ssl\n");
  EXPECT_THAT(site_.strays(), IsEmpty());
}

TEST_F(Execute, KeepsAnEditMadeWhileItWasProven) {
  Change change = site_.change();
  site_.while_proving = [&] {
    if (site_.proofs == 1) site_.fake.replace("/etc/httpd/ssl.conf", "the administrator's\n");
  };
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_TRUE(warned(*out, "edited-meanwhile"));
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "the administrator's\n");
  EXPECT_THAT(site_.strays(), IsEmpty());
}

TEST_F(Execute, KeepsBothWhenAnEditorWroteIntoTheOldInode) {
  const auto held = site_.fake.inode("/etc/httpd/ssl.conf");
  Change change = site_.change();
  site_.while_proving = [&] { held->content = "saved in place\n"; };
  const auto out = run(change);
  ASSERT_TRUE(out);
  ASSERT_TRUE(warned(*out, "old-copy-edited"));
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "new ssl\n");
  ASSERT_EQ(site_.strays().size(), 1U);
  EXPECT_EQ(site_.fake.content(site_.strays()[0]), "saved in place\n");
  EXPECT_THAT(out->warnings[0].remedy, HasSubstr(site_.strays()[0]));
}

TEST_F(Execute, LeavesAnEditAloneWhenItRollsBack) {
  Change change = site_.change();
  change.services[0].after[0].place.sni = "something else";
  site_.while_proving = [&] { site_.fake.replace("/etc/httpd/ssl.conf", "the administrator's\n"); };
  const auto out = run(change);
  ASSERT_TRUE(out);
  EXPECT_TRUE(warned(*out, "kept-edit"));
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "the administrator's\n");
  EXPECT_EQ(site_.fake.content("/etc/httpd/legacy.conf"), "old legacy\n");
  EXPECT_FALSE(site_.fake.exists("/etc/httpd/conf.d"));
  EXPECT_THAT(site_.strays(), IsEmpty());
}

TEST_F(Execute, ReportsARefusedExchangeAndChangesNothing) {
  site_.fake.refuse = [](std::string_view operation, const Path& path) -> std::optional<Error> {
    if (operation == "exchange" && path.find("ssl.conf") != Path::npos)
      return Error{"exchange-refused", "this file cannot be exchanged in one step", path,
                   "findmnt"};
    return std::nullopt;
  };
  const auto out = run(site_.change());
  ASSERT_TRUE(out);
  EXPECT_EQ(of(*out, "httpd").error->id, "exchange-refused");
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "old ssl\n");
  expect_sound();
}

// At each operation that needs room in turn, and for good from then on or only once.
TEST_F(Execute, LeavesNothingHalfDoneOnAFullDisk) {
  for (const bool for_good : {false, true}) {
    for (int failing = 1;; ++failing) {
      Site site;
      const auto before = site.files();
      int count = 0;
      site.fake.refuse = [&](std::string_view operation, const Path& path) -> std::optional<Error> {
        if (operation != "create" && operation != "append" && operation != "make_folder")
          return std::nullopt;
        ++count;
        const bool fails = for_good ? count >= failing : count == failing;
        return fails ? std::optional(Error{"disk-full", "no room", path, "make room"})
                     : std::nullopt;
      };
      auto tools = site.tools();
      auto journal = site.journal();
      const Change change = site.change();
      const auto out = execute(tools, journal, change, {});
      if (count < failing) break;
      const bool begun = out.has_value() || !journal.numbers()->empty();
      EXPECT_TRUE(out || out.error().id == "disk-full") << failing;
      EXPECT_TRUE(!out || !out->open || warned(*out, "open-generation")) << failing;
      if (begun) {
        site.fake.refuse = nullptr;
        ASSERT_TRUE(recover(tools, journal)) << failing;
      }
      const auto after = site.files();
      const bool new_httpd = site.fake.content("/etc/httpd/ssl.conf") == "new ssl\n";
      const bool new_sshd = site.fake.content("/etc/ssh.real/sshd_config") == "new sshd\n";
      EXPECT_EQ(site.fake.exists("/etc/httpd/conf.d"), new_httpd) << failing << for_good;
      EXPECT_EQ(site.fake.exists("/etc/httpd/legacy.conf"), !new_httpd) << failing << for_good;
      EXPECT_EQ(site.fake.exists(kSettings), new_httpd || new_sshd) << failing << for_good;
      EXPECT_TRUE(!for_good || after == before) << failing;
      EXPECT_THAT(site.strays(), IsEmpty()) << failing << for_good;
      for (const auto& [name, daemon] : site.daemons)
        EXPECT_EQ(daemon.loaded, daemon.on_disk(site.fake)) << name << failing << for_good;
    }
  }
}

}  // namespace
}  // namespace tlspolicy::apply
