// SPDX-License-Identifier: Apache-2.0
// A change that waits for its confirmation: kept, taken back by time, by a boot, by hand; and who
// has to say whether it waits.
#include <gmock/gmock.h>

#include "cli/confirm.hpp"
#include "cli/stage.hpp"

namespace tlspolicy::cli::test {
namespace {
using testing::HasSubstr;
using namespace std::chrono_literals;

using Armed = std::pair<std::string, std::chrono::seconds>;

class Confirm : public testing::Test {
 protected:
  int run(std::string verb, std::string policy = {}, std::optional<std::string> confirm = {}) {
    auto request = stage.request(std::move(verb), std::move(policy));
    request.confirm = std::move(confirm);
    request.weaker = true;
    return stage.run(request);
  }
  bool ours() const { return stage.host.exists(kDropin) && stage.host.exists(kSshdDropin); }
  Stage stage;
};

TEST_F(Confirm, AChangeThatIsConfirmedStays) {
  ASSERT_EQ(run("set", "20261101", "5m"), 0) << stage.err;
  EXPECT_THAT(stage.armed,
              testing::ElementsAre(Armed("unfinished-1", 300s), Armed("return-1", 300s)));
  EXPECT_THAT(stage.out, HasSubstr("tlspolicy confirm"));
  EXPECT_EQ(run("status"), 1);
  EXPECT_THAT(stage.out, HasSubstr("unless it is confirmed"));
  EXPECT_EQ(run("confirm"), 0) << stage.err;
  stage.host.time += 301s;
  EXPECT_EQ(run("recover"), 0);
  EXPECT_TRUE(ours());
  EXPECT_EQ(run("status"), 0) << stage.out;
  EXPECT_EQ(run("confirm"), 3);
  EXPECT_THAT(stage.err, HasSubstr("no change waits"));
}

TEST_F(Confirm, AChangeThatNobodyConfirmsGoesBackWhenItsTimeHasCome) {
  ASSERT_EQ(run("set", "20261101", "5m"), 0) << stage.err;
  stage.host.time += 250s;
  EXPECT_EQ(run("recover"), 0);
  EXPECT_TRUE(ours());
  stage.host.time += 60s;
  EXPECT_EQ(run("recover"), 0) << stage.err;
  EXPECT_THAT(stage.out, HasSubstr("nobody confirmed"));
  EXPECT_FALSE(stage.host.exists(kDropin) || stage.host.exists(kSshdDropin));
  EXPECT_FALSE(stage.host.exists(kSettings));
  EXPECT_EQ(run("recover"), 0);
  EXPECT_THAT(stage.out, HasSubstr("nothing to recover"));
  EXPECT_EQ(run("set", "20261101"), 0) << stage.err;  // and life goes on
}

TEST_F(Confirm, ABootTakesItBack) {
  ASSERT_EQ(run("set", "20261101", "1h"), 0) << stage.err;
  stage.host.boot = "another";
  EXPECT_EQ(run("recover"), 0) << stage.err;
  EXPECT_FALSE(ours());
}

TEST_F(Confirm, NothingElseBeginsMeanwhileButUndo) {
  ASSERT_EQ(run("set", "20261101", "5m"), 0) << stage.err;
  EXPECT_EQ(run("set", "20230601"), 3);
  EXPECT_THAT(stage.err, HasSubstr("tlspolicy confirm"));
  EXPECT_EQ(run("undo"), 0) << stage.err;
  EXPECT_FALSE(ours());
  stage.host.time += 301s;
  EXPECT_EQ(run("recover"), 0);
  EXPECT_THAT(stage.out, HasSubstr("nothing to recover"));
}

TEST_F(Confirm, UndoTakesAWaitingUndoBackAndNotWhatIsOlder) {
  ASSERT_EQ(run("set", "20230601"), 0) << stage.err;
  ASSERT_EQ(run("set", "20261101"), 0) << stage.err;
  ASSERT_EQ(run("undo", {}, "5m"), 0) << stage.err;
  ASSERT_THAT(stage.host.content(kSettings), HasSubstr("20230601"));
  EXPECT_EQ(run("undo"), 0) << stage.err;
  EXPECT_THAT(stage.host.content(kSettings), HasSubstr("20261101"));
  stage.host.time += 301s;
  EXPECT_EQ(run("recover"), 0);
  EXPECT_THAT(stage.out, HasSubstr("nothing to recover"));
}

TEST_F(Confirm, WithoutATimerTheChangeGoesBackAtOnce) {
  stage.can_arm = 1;
  EXPECT_EQ(run("set", "20261101", "5m"), 3);
  EXPECT_THAT(stage.err, HasSubstr("was taken back"));
  EXPECT_FALSE(ours());
  stage.can_arm = 0;
  EXPECT_EQ(run("set", "20261101", "5m"), 3);
  EXPECT_THAT(stage.err, HasSubstr("nothing was changed"));
  EXPECT_FALSE(stage.host.exists(std::string(kGenerations) + "/3"));
}

// An unset variable of somebody's script must not make the change stay.
TEST_F(Confirm, AnEmptyOrWrongTimeIsWrongUsage) {
  for (const char* wrong : {"", "garbage", "5"})
    EXPECT_EQ(run("set", "20261101", wrong), 2) << wrong;
  EXPECT_FALSE(ours());
}

// Nobody may be there to settle it: what can go back goes, and the rest is named.
TEST_F(Confirm, AnEditInOneServicesFileDoesNotHoldTheOthersUp) {
  ASSERT_EQ(run("set", "20261101", "5m"), 0) << stage.err;
  const auto ours = stage.host.content(kDropin);
  stage.host.put(kDropin, "# edited" + ours.substr(ours.find('\n')));
  stage.host.time += 301s;
  EXPECT_EQ(run("recover"), 4) << stage.err;
  EXPECT_FALSE(stage.host.exists(kSshdDropin));
  EXPECT_TRUE(stage.host.exists(kDropin));
  EXPECT_THAT(stage.out, HasSubstr("was changed since generation 1"));
  EXPECT_EQ(run("recover"), 0);
  EXPECT_THAT(stage.out, HasSubstr("nothing to recover"));
}

TEST_F(Confirm, AnEditOfTheSettingsHoldsNothingUp) {
  for (const auto& [edited, after] :
       {std::pair{"# mine\npolicy = \"20261101\"\n", "# mine\npolicy = \"\"\n"},
        std::pair{"policy = 2026\n", "policy = 2026\n"}}) {
    Stage fresh;
    auto request = fresh.request("set", "20261101");
    request.confirm = "5m";
    ASSERT_EQ(fresh.run(request), 0) << fresh.err;
    fresh.host.put(kSettings, edited);
    fresh.host.time += 301s;
    fresh.run(fresh.request("recover"));
    EXPECT_FALSE(fresh.host.exists(kDropin) || fresh.host.exists(kSshdDropin)) << fresh.err;
    EXPECT_EQ(fresh.host.content(kSettings), after);
    EXPECT_EQ(fresh.run(fresh.request("recover")), 0) << fresh.err;
    EXPECT_THAT(fresh.out, HasSubstr("nothing to recover"));
  }
}

TEST_F(Confirm, WhoeverChangesSshdFromInsideAnSshSessionHasToSay) {
  stage.inside_ssh = true;
  EXPECT_EQ(run("set", "20261101"), 3);
  EXPECT_THAT(stage.err, HasSubstr("--confirm 5m"));
  EXPECT_FALSE(ours());
  auto request = stage.request("set", "20261101");
  request.no_confirm = request.weaker = true;
  EXPECT_EQ(stage.run(request), 0) << stage.err;
  EXPECT_TRUE(stage.armed.empty());
}

TEST_F(Confirm, OnATerminalItIsAsked) {
  stage.inside_ssh = true;
  stage.answer = "no";
  EXPECT_EQ(run("set", "20261101"), 3);
  stage.answer = "yes";
  EXPECT_EQ(run("set", "20261101"), 0) << stage.err;
  EXPECT_THAT(stage.asked, HasSubstr("inside an SSH session"));
  EXPECT_THAT(stage.armed,
              testing::ElementsAre(Armed("unfinished-1", 300s), Armed("return-1", 300s)));
}

TEST(ParseTime, TakesSecondsMinutesAndHours) {
  EXPECT_EQ(parse_time("30s"), 30s);
  EXPECT_EQ(parse_time("5m"), 300s);
  EXPECT_EQ(parse_time("24h"), 86'400s);
  for (const char* bad : {"", "5", "m", "9s", "25h", "-5m", "5 m", "5mm", "99999999999999999999h"})
    EXPECT_FALSE(parse_time(bad)) << bad;
}

TEST(SshSession, IsSeenByItsParents) {
  tlspolicy::test::FakeHost machine;
  machine.put("/proc/self/status", "Name:\ttlspolicy\nPPid:\t30\n");
  machine.put("/proc/30/status", "Name:\tsudo\nPPid:\t20\n");
  machine.put("/proc/20/status", "Name:\tbash\nPPid:\t10\n");
  machine.put("/proc/10/status", "Name:\tsshd-session\nPPid:\t1\n");
  EXPECT_TRUE(inside_ssh_session(machine));
  machine.put("/proc/10/status", "Name:\tlogin\nPPid:\t1\n");
  machine.put("/proc/1/status", "Name:\tsystemd\nPPid:\t0\n");
  EXPECT_FALSE(inside_ssh_session(machine));
}

TEST(SshSession, IsSeenByItsLoginSessionInsideTmux) {
  tlspolicy::test::FakeHost machine;
  machine.put("/proc/self/status", "Name:\ttlspolicy\nPPid:\t1\n");
  machine.put("/proc/self/cgroup", "0::/user.slice/user-0.slice/session-3.scope\n");
  EXPECT_FALSE(inside_ssh_session(machine));
  machine.put("/run/systemd/sessions/3", "UID=0\nSERVICE=sshd\nREMOTE=1\n");
  EXPECT_TRUE(inside_ssh_session(machine));
}

}  // namespace
}  // namespace tlspolicy::cli::test
