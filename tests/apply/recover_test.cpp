// SPDX-License-Identifier: Apache-2.0
// Recovery's decisions one by one; that it holds at every point stands in crash_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "site.hpp"
#include "support/crashing_host.hpp"

namespace tlspolicy::apply {
namespace {

using host::FileState, host::Path;
using test::Crash, test::CrashingHost;
using testing::Contains, testing::HasSubstr, testing::IsEmpty, testing::Not;

class Recover : public testing::Test {
 protected:
  Recover() : before_(site_.files()) {}
  // `set`, killed right after the operation that the text names ("run httpd reload").
  void kill_after(const std::string& operation, const Change& change) {
    CrashingHost rehearsal(site_.fake, -1);
    const auto start = site_.snapshot();
    try_to_run(rehearsal, change);
    site_.restore(start);
    site_.fake.ran.clear();
    const auto at = std::ranges::find(rehearsal.log, operation);
    ASSERT_NE(at, rehearsal.log.end()) << operation;
    CrashingHost host(site_.fake, static_cast<int>(at - rehearsal.log.begin()) + 1);
    EXPECT_THROW(try_to_run(host, change), Crash);
    site_.fake.ran.clear();
  }
  void try_to_run(host::Host& host, const Change& change) {
    auto tools = site_.tools(host);
    auto journal = site_.journal(host);
    EXPECT_TRUE(execute(tools, journal, change, {}));
  }
  Result<std::optional<Outcome>> run() {
    auto tools = site_.tools();
    auto journal = site_.journal();
    return recover(tools, journal);
  }

  Site site_;
  std::map<Path, FileState> before_;
};

TEST_F(Recover, HasNothingToDoOnASoundHost) {
  auto out = run();
  ASSERT_TRUE(out);
  EXPECT_FALSE(*out);
  try_to_run(site_.fake, site_.change());
  const auto files = site_.files();
  out = run();
  ASSERT_TRUE(out);
  EXPECT_FALSE(*out);
  EXPECT_EQ(site_.files(), files);
}

TEST_F(Recover, TakesEveryServiceBackAndLeavesAloneWhatWasNeverTouched) {
  kill_after("run httpd reload", site_.change());
  const auto out = run();
  ASSERT_TRUE(out && *out);
  EXPECT_EQ(of(**out, "httpd").fate, Fate::rolled_back);
  EXPECT_EQ(of(**out, "httpd").verdicts.front().outcome, prove::Outcome::complies);
  EXPECT_EQ(of(**out, "sshd").fate, Fate::unchanged);
  EXPECT_EQ(site_.files(), before_);
  EXPECT_THAT(site_.fake.ran, Contains("httpd reload"));
  EXPECT_THAT(site_.fake.ran, Not(Contains("sshd reload")));
  EXPECT_EQ(*site_.journal().load(1)->outcome, "recovered");
}

TEST_F(Recover, StartsADaemonThatOurChangeKilled) {
  Change change = site_.change();
  change.services[0] = site_.httpd("FATAL\n");
  kill_after("run httpd reload", change);
  ASSERT_FALSE(site_.daemon("httpd").alive);
  const auto out = run();
  ASSERT_TRUE(out && *out);
  EXPECT_EQ(of(**out, "httpd").fate, Fate::rolled_back);
  EXPECT_TRUE(site_.daemon("httpd").alive);
}

TEST_F(Recover, StartsNothingAfterAReboot) {
  kill_after("run httpd reload", site_.change());
  site_.power_cut();  // and the services are not started yet
  const auto out = run();
  ASSERT_TRUE(out && *out);
  EXPECT_EQ(site_.files(), before_);
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd restart")));
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd reload")));
}

TEST_F(Recover, StartsNothingThatWasStoppedBefore) {
  Change change = site_.change();
  change.services[0].running = false;
  site_.daemon("httpd").alive = false;
  kill_after("run httpd check", change);
  ASSERT_TRUE(run());
  EXPECT_THAT(site_.fake.ran, IsEmpty());
  EXPECT_EQ(site_.files(), before_);
}

TEST_F(Recover, LeavesAnEditAloneAndReportsIt) {
  kill_after("run httpd reload", site_.change());
  site_.fake.replace("/etc/httpd/ssl.conf", "the administrator's\n", 0600);
  const auto out = run();
  ASSERT_TRUE(out && *out);
  ASSERT_TRUE(warned(**out, "kept-edit"));
  EXPECT_EQ((**out).warnings.front().where, "/etc/httpd/ssl.conf");
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "the administrator's\n");
  EXPECT_EQ(site_.fake.content("/etc/httpd/legacy.conf"), "old legacy\n");
  EXPECT_THAT(site_.strays(), IsEmpty());
}

// Killed between the exchange that brought somebody's edit out and the one that puts it back.
TEST_F(Recover, PutsAnEditInPlaceThatTheDeadRunHadSwappedOut) {
  kill_after("append /var/lib/tlspolicy/generations/1", site_.change());  // its `touch`
  const Path temp = host::beside("/etc/httpd/ssl.conf", "1");
  site_.fake.replace("/etc/httpd/ssl.conf", "the administrator's\n", 0600);
  ASSERT_TRUE(site_.fake.exchange(temp, "/etc/httpd/ssl.conf"));
  const auto out = run();
  ASSERT_TRUE(out && *out);
  EXPECT_TRUE(warned(**out, "kept-edit"));
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "the administrator's\n");
  EXPECT_EQ(site_.fake.inode("/etc/httpd/ssl.conf")->mode, 0600U);
  EXPECT_THAT(site_.strays(), IsEmpty());
}

TEST_F(Recover, DoesNotReloadOverAnEditThatTheCheckRefuses) {
  kill_after("run httpd reload", site_.change());
  site_.fake.replace("/etc/httpd/ssl.conf", "SYNTAX of the administrator\n");
  const auto out = run();
  ASSERT_TRUE(out && *out);
  EXPECT_EQ(of(**out, "httpd").error->id, "check-failed");
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd reload")));
  EXPECT_THAT(site_.fake.ran, Not(Contains("httpd restart")));
  EXPECT_TRUE(site_.daemon("httpd").alive);
}

TEST_F(Recover, StaysOpenAndTriesAgainWhenAFileCannotBePutBack) {
  kill_after("run sshd reload", site_.change());
  site_.fake.refuse = [](std::string_view operation, const Path& path) -> std::optional<Error> {
    if (operation != "exchange" || path.find("ssl.conf") == Path::npos) return std::nullopt;
    return Error{"disk-error", "cannot rename", path, ""};
  };
  const auto failed = run();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().id, "disk-error");
  EXPECT_EQ(site_.fake.content("/etc/ssh.real/sshd_config"), "old sshd\n");  // what could, did
  EXPECT_EQ(*site_.journal().open_one(), 1);
  site_.fake.refuse = nullptr;
  ASSERT_TRUE(run());
  EXPECT_EQ(site_.files(), before_);
}

TEST_F(Recover, GuessesNothingFromADamagedJournal) {
  kill_after("run sshd reload", site_.change());
  const auto files = site_.files();
  const Path path = std::string(kGenerations) + "/1";
  auto& bytes = site_.fake.inode(path)->content;
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x40);
  const auto out = run();
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().id, "journal-corrupt");
  EXPECT_THAT(out.error().where, HasSubstr(path + ":"));
  EXPECT_EQ(site_.files(), files);
}

TEST_F(Recover, RemovesWhatARunKilledAfterItsEndLeft) {
  Change change = site_.change();
  kill_after("remove /etc/httpd/.ssl.conf.tlspolicy-1~", change);
  ASSERT_EQ(*site_.journal().load(1)->outcome, "kept");
  ASSERT_THAT(site_.strays(), Not(IsEmpty()));
  const auto out = run();
  ASSERT_TRUE(out);
  EXPECT_FALSE(*out);
  EXPECT_THAT(site_.strays(), IsEmpty());
  EXPECT_EQ(site_.fake.content("/etc/httpd/ssl.conf"), "new ssl\n");
}

}  // namespace
}  // namespace tlspolicy::apply
