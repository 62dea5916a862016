// SPDX-License-Identifier: Apache-2.0
// The way back by command: byte for byte where nobody wrote since, merged where somebody did, a
// stop with the diff where both wrote the same lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/pristine.hpp"
#include "site.hpp"

namespace tlspolicy::apply {
namespace {

using host::FileState, host::Path;
using testing::Contains, testing::HasSubstr, testing::IsEmpty, testing::Not;

class Undo : public testing::Test {
 protected:
  Undo() : before_(site_.files()) {}
  Outcome carry_out(const Change& change) {
    auto tools = site_.tools();
    auto journal = site_.journal();
    auto out = execute(tools, journal, change, {});
    EXPECT_TRUE(out);
    return out.value_or(Outcome{});
  }
  Result<Change> undo(int number) {
    auto journal = site_.journal();
    return undo_of(site_.fake, journal, number);
  }
  Change loose(Change change) {
    site_.expect_anything(change);
    return change;
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

TEST_F(Undo, RestoresEveryByteModeAttributeAndName) {
  carry_out(site_.change());
  ASSERT_NE(site_.files(), before_);
  const auto back = undo(1);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->verb, "undo 1");
  EXPECT_EQ(back->selected_before, "20261101");
  EXPECT_EQ(back->selected_after, "");
  EXPECT_EQ(back->services[0].service, "sshd");  // in reverse
  const auto out = carry_out(*back);
  EXPECT_EQ(of(out, "httpd").fate, Fate::kept);
  EXPECT_THAT(out.warnings, IsEmpty());
  EXPECT_EQ(site_.files(), before_);  // the folders that were made have gone, too
  expect_sound();
}

TEST_F(Undo, OfAnUndoBringsTheChangeAgain) {
  carry_out(site_.change());
  const auto changed = site_.files();
  carry_out(*undo(1));
  carry_out(*undo(2));
  EXPECT_EQ(site_.files(), changed);
  carry_out(*undo(3));
  EXPECT_EQ(site_.files(), before_);
  carry_out(*undo(4));
  EXPECT_EQ(site_.files(), changed);
  expect_sound();
}

// The daemons still run with what our files said.
TEST_F(Undo, HasServicesReadAgainWhereSomebodyPutTheFilesBackByHand) {
  const auto start = site_.snapshot();
  carry_out(site_.change());
  auto by_hand = site_.fake.names;
  std::erase_if(by_hand, [](const auto& one) { return one.first.starts_with("/etc/"); });
  for (const auto& [path, inode] : start.names)
    if (path.starts_with("/etc/")) by_hand[path] = inode;
  site_.fake.names = by_hand;
  ASSERT_EQ(site_.daemon("httpd").loaded.find("old"), std::string::npos);
  const auto back = undo(1);
  ASSERT_TRUE(back);
  const auto out = carry_out(loose(*back));
  EXPECT_EQ(of(out, "httpd").fate, Fate::kept);
  EXPECT_EQ(of(out, "sshd").fate, Fate::kept);
  EXPECT_EQ(site_.files(), before_);
  expect_sound();
}

// From one date to another a drop-in of ours was changed, and then somebody removed it.
TEST_F(Undo, BringsBackADropInOfTheDateBefore) {
  const Path dropin = "/etc/httpd/zz-tlspolicy.conf";
  const std::string head = plan::head_comment("20230601");
  site_.fake.put(dropin, head + "old ours\n");
  site_.daemon("httpd").load(site_.fake);
  Change change = site_.change();
  change.services[0].members.push_back(
      {"httpd", dropin, *site_.fake.read(dropin),
       FileState{FileState::Kind::file, head + "new ours\n", 0644, 0, 0, {}}});
  carry_out(loose(change));
  ASSERT_EQ(site_.fake.content(dropin), head + "new ours\n");
  site_.fake.erase(dropin);
  carry_out(loose(*undo(1)));
  EXPECT_EQ(site_.fake.content(dropin), head + "old ours\n");
}

TEST_F(Undo, OfAStoppedServiceWhoseFilesAreBackStartsNothing) {
  carry_out(site_.change());
  carry_out(*undo(1));
  site_.daemon("httpd").alive = false;
  auto again = undo(1);
  ASSERT_TRUE(again);
  const auto out = carry_out(loose(*again));
  EXPECT_EQ(of(out, "httpd").fate, Fate::unchanged);
  EXPECT_EQ(of(out, "sshd").fate, Fate::kept);
  EXPECT_FALSE(site_.daemon("httpd").alive);
}

TEST_F(Undo, TakesOurLinesOutOfAFileThatWasEditedSince) {
  site_.fake.put("/etc/httpd/ssl.conf", "one\ntwo\nthree\nfour\nfive\n");
  site_.daemon("httpd").load(site_.fake);
  Change change = site_.change();
  change.services[0] = site_.httpd("one\nOURS\nthree\nfour\nfive\n");
  carry_out(change);
  site_.fake.replace("/etc/httpd/ssl.conf", "one\nOURS\nthree\nfour\nTHEIRS\n", 0600);
  auto back = undo(1);
  ASSERT_TRUE(back) << back.error().what;
  carry_out(loose(*back));
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "one\ntwo\nthree\nfour\nTHEIRS\n");
  EXPECT_EQ(site_.fake.inode("/etc/httpd/ssl.conf")->mode, 0600U);  // theirs, too
}

TEST_F(Undo, StopsWithTheDiffWhereAnEditTouchesOurLines) {
  carry_out(site_.change());
  const auto changed = site_.files();
  site_.fake.put("/etc/httpd/ssl.conf", "new ssl, and more\n");
  const auto back = undo(1);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().id, "edited-since");
  EXPECT_EQ(back.error().where, "/etc/httpd/ssl.conf");
  EXPECT_THAT(back.error().what, HasSubstr("\n-new ssl\n+new ssl, and more\n"));
  EXPECT_THAT(back.error().remedy, HasSubstr("by hand"));
}

// Which line of the settings is ours is known, so nobody has to settle it.
TEST_F(Undo, SelectsTheDateBeforeInSettingsThatWereEdited) {
  carry_out(site_.change());
  site_.fake.put(kSettings, "# the wiki says why\npolicy = \"20230601\"  # for now\n");
  auto back = undo(1);
  ASSERT_TRUE(back) << back.error().what;
  carry_out(loose(*back));
  EXPECT_EQ(site_.fake.content(kSettings), "# the wiki says why\npolicy = \"\"  # for now\n");
}

TEST_F(Undo, KeepsAFolderInWhichSomebodyElsesFileStands) {
  carry_out(site_.change());
  site_.fake.put("/etc/httpd/conf.d/mine.conf", "mine\n");
  auto back = undo(1);
  ASSERT_TRUE(back);
  const auto out = carry_out(loose(*back));
  EXPECT_THAT(out.warnings, IsEmpty());
  EXPECT_EQ(site_.fake.content("/etc/httpd/conf.d/mine.conf"), "mine\n");
  EXPECT_FALSE(site_.fake.exists("/etc/httpd/conf.d/deep"));
}

TEST_F(Undo, LeavesAFileAloneThatSomebodyRemovedSince) {
  carry_out(site_.change());
  site_.fake.erase("/etc/httpd/conf.d/deep/zz-tlspolicy.conf");
  site_.fake.erase("/etc/httpd/ssl.conf");
  auto back = undo(1);
  ASSERT_TRUE(back);
  carry_out(loose(*back));
  EXPECT_FALSE(site_.fake.exists("/etc/httpd/ssl.conf"));
  EXPECT_FALSE(site_.fake.exists("/etc/httpd/conf.d"));
  EXPECT_EQ(site_.fake.content("/etc/httpd/legacy.conf"), "old legacy\n");
}

TEST_F(Undo, DoesNotStartAServiceThatWasStoppedSince) {
  carry_out(site_.change());
  site_.daemon("httpd").alive = false;
  const auto back = undo(1);
  ASSERT_TRUE(back);
  site_.fake.ran.clear();
  carry_out(*back);
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd restart")));
  EXPECT_THAT(site_.fake.ran, Contains("sshd reload"));
}

TEST_F(Undo, OfAnOlderGenerationStopsWhereANewerOneWroteTheSameLines) {
  carry_out(site_.change());
  Change second = site_.change();
  second.services = {site_.httpd("newer ssl\n")};
  second.services[0].members.resize(1);
  second.services[0].after = {};
  second.settings.before = site_.fake.read(kSettings).value();
  second.settings.after = second.settings.before;
  carry_out(second);
  const auto first = undo(1);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().id, "edited-since");
  EXPECT_THAT(first.error().remedy, HasSubstr("newer generations first"));
  carry_out(*undo(2));
  carry_out(*undo(1));
  EXPECT_EQ(site_.files(), before_);
}

TEST_F(Undo, OfAnOlderGenerationWorksWhereNoNewerOneWroteTheSameFiles) {
  Change first = site_.change();
  first.services.resize(1);
  first.settings.after = first.settings.before;
  carry_out(first);
  Change second = site_.change();
  second.services = {site_.sshd()};
  carry_out(second);
  const auto back = undo(1);
  ASSERT_TRUE(back);
  carry_out(*back);
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "old ssl\n");
  EXPECT_EQ(site_.fake.content("/etc/ssh.real/sshd_config"), "new sshd\n");
}

TEST_F(Undo, TakesAPartlyKeptGenerationBack) {
  Change change = site_.change();
  change.services = {site_.httpd(), site_.sshd("FATAL\n")};
  carry_out(change);
  const auto back = undo(1);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->services.size(), 1U);
  carry_out(*back);
  EXPECT_EQ(site_.files(), before_);
  expect_sound();
}

TEST_F(Undo, KnowsWhatCannotBeUndone) {
  EXPECT_EQ(undo(1).error().id, "no-generation");
  Change change = site_.change();
  change.services = {site_.httpd("FATAL\n")};
  carry_out(change);
  EXPECT_EQ(undo(1).error().id, "nothing-to-undo");
  ASSERT_TRUE(site_.journal().begin({}));
  EXPECT_EQ(undo(2).error().id, "open-generation");
}

TEST_F(Undo, RollsItselfBackWhenTheOldSettingsNoLongerServe) {
  carry_out(site_.change());
  const auto changed = site_.files();
  const auto back = undo(1);
  ASSERT_TRUE(back);
  site_.fake.on("httpd reload", [&](const host::Command&) {
    auto& httpd = site_.daemon("httpd");
    httpd.load(site_.fake);
    httpd.alive = site_.fake.content("/etc/httpd/ssl.conf") != "old ssl\n";
    return host::Finished{0, "", "", false};
  });
  const auto out = carry_out(*back);
  EXPECT_EQ(of(out, "httpd").fate, Fate::rolled_back);
  EXPECT_EQ(of(out, "sshd").fate, Fate::kept);
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "new ssl\n");
  EXPECT_TRUE(site_.fake.exists("/etc/httpd/conf.d/deep/zz-tlspolicy.conf"));
  EXPECT_FALSE(site_.fake.exists("/etc/httpd/legacy.conf"));
  expect_sound();
}

}  // namespace
}  // namespace tlspolicy::apply
