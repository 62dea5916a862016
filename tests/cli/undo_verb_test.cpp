// SPDX-License-Identifier: Apache-2.0
// The verb undo: step by step, over what is gone, and past what cannot be read.
#include <gmock/gmock.h>

#include "cli/on_stage.hpp"

namespace tlspolicy::cli::test {
namespace {
using testing::ContainsRegex, testing::HasSubstr;

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

}  // namespace
}  // namespace tlspolicy::cli::test
