// SPDX-License-Identifier: Apache-2.0
// Diffs against patch(1), merges against git-merge-file(1), over random texts.
#include "base/diff.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/text.hpp"

namespace tlspolicy::base {
namespace {
namespace fs = std::filesystem;

class Diffs : public ::testing::Test {
 protected:
  Diffs() {
    std::string name = (fs::temp_directory_path() / "tlspolicy-diff-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Diffs() override { fs::remove_all(folder_); }

  fs::path put(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::string get(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  int run(const std::string& command) const {
    return std::system(("cd '" + folder_.string() + "' && " + command).c_str());
  }

  fs::path folder_;
};

// `few` kinds of lines make many that are alike, which is where diffs go wrong.
std::string random_text(std::mt19937& random, unsigned lines, unsigned few) {
  std::string out;
  for (auto n = random() % (lines + 1); n > 0; --n) out += std::to_string(random() % few) + "\n";
  if (!out.empty() && random() % 4 == 0) out.pop_back();
  return out;
}

std::string edited(const std::string& text, std::mt19937& random, unsigned changes, unsigned few) {
  auto all = lines(text);
  for (auto n = random() % (changes + 1); n > 0; --n) {
    const auto at = all.begin() + static_cast<std::ptrdiff_t>(random() % (all.size() + 1));
    const auto line = std::to_string(random() % few);
    if (random() % 3 == 0 || at == all.end())
      all.insert(at, line);
    else if (random() % 2)
      all.erase(at);
    else
      *at = line;
  }
  std::string out;
  for (const auto& line : all) out += line + "\n";
  if (!out.empty() && (text.empty() || !text.ends_with('\n'))) out.pop_back();
  return out;
}

TEST_F(Diffs, ArePatchesThatGiveTheOtherText) {
  if (run("patch --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "patch is not installed";
  std::mt19937 random(1);
  for (int i = 0; i < 150; ++i) {
    const auto from = random_text(random, 40, 9);
    const auto to = random() % 2 ? edited(from, random, 6, 9) : random_text(random, 40, 9);
    const auto diff = unified_diff("f", from, to);
    EXPECT_EQ(diff.empty(), from == to);
    if (diff.empty() || to.empty()) continue;  // patch removes a file that becomes empty
    put("f", from);
    put("d", diff);
    ASSERT_EQ(run("patch -s -p1 --fuzz=0 f d"), 0) << diff;
    ASSERT_EQ(get("f"), to) << diff;
  }
}

TEST_F(Diffs, AreWhatDiffItselfPrints) {
  if (run("diff --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "diff is not installed";
  std::mt19937 random(2);
  for (int i = 0; i < 60; ++i) {  // lines are all different, so there is one shortest diff
    std::string from, to;
    for (unsigned n = 0; n < 40; ++n) {
      const auto line = std::to_string(n) + "\n";
      if (random() % 8) from += line;
      if (random() % 8) to += line;
    }
    if (random() % 4 == 0) from += "tail";
    if (random() % 4 == 0) to += "tail";
    put("from", from);
    put("to", to);
    const int status = run("diff -u --label a/f --label b/f from to > d");
    ASSERT_NE(status, -1);
    EXPECT_EQ(unified_diff("/f", from, to), get("d"));
  }
}

TEST_F(Diffs, NameTheSideThatIsAbsent) {
  EXPECT_EQ(unified_diff("/etc/x", std::nullopt, "a\n"),
            "--- /dev/null\n+++ b/etc/x\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(unified_diff("/etc/x", "a", std::nullopt),
            "--- a/etc/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n\\ No newline at end of file\n");
  EXPECT_EQ(unified_diff("x", "a\n", "a\n"), "");
  EXPECT_EQ(unified_diff("x", std::nullopt, std::nullopt), "");
}

TEST_F(Diffs, SurviveLargeTextsThatShareNothing) {
  std::string from, to;
  for (int i = 0; i < 3000; ++i) {
    from += "from " + std::to_string(i) + "\n";
    to += "to " + std::to_string(i) + "\n";
  }
  EXPECT_EQ(split(unified_diff("x", from, to), '\n').size(), 6004U);
}

// What one side took out is gone, what one side added is there, and nothing else changed.
bool has_both_changes(const std::string& base, const std::string& mine, const std::string& theirs,
                      const std::string& merged) {
  const auto count = [](const std::string& text, const std::string& line) {
    const auto lines = split(text, '\n');
    return std::ranges::count(lines, line);
  };
  return std::ranges::all_of(split(base + mine + theirs + merged, '\n'), [&](const auto& line) {
    const std::string one(line);
    return count(merged, one) == count(mine, one) + count(theirs, one) - count(base, one);
  });
}

// But for lines added beside lines taken out, in which git sees a conflict.
TEST_F(Diffs, MergeAsGitDoesOrNotAtAll) {
  if (run("git --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "git is not installed";
  std::mt19937 random(3);
  int merged = 0, refused = 0, only_git = 0, only_ours = 0;
  for (int i = 0; i < 150; ++i) {
    std::string base;
    for (unsigned n = 0; n < 30; ++n) base += "line " + std::to_string(n) + "\n";
    if (random() % 4 == 0) base.pop_back();
    const auto mine = edited(base, random, 3, 1000), theirs = edited(base, random, 3, 1000);
    put("base", base);
    put("mine", mine);
    put("theirs", theirs);
    const bool clean = run("git merge-file -p --diff3 -q mine base theirs > out 2>/dev/null") == 0;
    const auto ours = merge(base, mine, theirs);
    (ours ? merged : refused)++;
    if (!ours) {
      only_git += clean;
      continue;
    }
    if (clean)
      ASSERT_EQ(*ours, get("out"));
    else
      ASSERT_TRUE(has_both_changes(base, mine, theirs, *ours)) << mine << "---\n" << theirs;
    only_ours += !clean;
  }
  EXPECT_GT(merged, 40);
  EXPECT_GT(refused, 8);
  EXPECT_LT(only_ours, 8);
  EXPECT_LT(only_git, refused);  // we also refuse changes that only touch
}

TEST_F(Diffs, MergeTakesOurChangeOutAndKeepsTheAdministrators) {
  const std::string before = "Port 22\nCiphers a\nUsePAM yes\n";
  const std::string after = "Ours 1\nPort 22\nCiphers a\nUsePAM yes\n";
  const std::string now = "Ours 1\nPort 22\nCiphers a\nUsePAM no\n";
  EXPECT_EQ(merge(after, before, now), "Port 22\nCiphers a\nUsePAM no\n");
  EXPECT_EQ(merge(after, before, after), before);
  EXPECT_EQ(merge(after, after, now), now);
  EXPECT_EQ(merge(after, before, before), before);
  EXPECT_EQ(merge(after, before, "Ours 2\nPort 22\n"), std::nullopt);
  EXPECT_EQ(merge("", "a\n", "b\n"), std::nullopt);
  EXPECT_EQ(merge("", "", ""), "");
}

TEST_F(Diffs, MergeKeepsLinesAddedBesideOurs) {
  const std::string before = "a\nz\n", after = "a\nours 1\nours 2\nz\n";
  EXPECT_EQ(merge(after, before, "a\nours 1\nours 2\nnew\nz\n"), "a\nnew\nz\n");
  EXPECT_EQ(merge(after, before, "a\nnew\nours 1\nours 2\nz\n"), "a\nnew\nz\n");
  EXPECT_EQ(merge(after, "a\nnew\nours 1\nours 2\nz\n", before), "a\nnew\nz\n");
  EXPECT_EQ(merge(after, before, "a\nnew\nours 1\nours 2\nnewer\nz\n"), "a\nnew\nnewer\nz\n");
  EXPECT_EQ(merge(after, before, "a\nours 1\nnew\nours 2\nz\n"), std::nullopt);
  EXPECT_EQ(merge("a\nours\n", "a\n", "a\nours\nnew\n"), "a\nnew\n");
  EXPECT_EQ(merge(after, "a\nold\nz\n", "a\nours 1\nours 2\nnew\nz\n"), std::nullopt);
}

TEST_F(Diffs, MergeTakesOneSideWholeWhereTheOtherChangedNothing) {
  std::mt19937 random(4);
  for (int i = 0; i < 2000; ++i) {
    const auto base = random_text(random, 30, 4), other = random_text(random, 30, 4);
    ASSERT_EQ(merge(base, base, other), other);
    ASSERT_EQ(merge(base, other, base), other);
    ASSERT_EQ(merge(base, other, other), other);
  }
}

}  // namespace
}  // namespace tlspolicy::base
