// SPDX-License-Identifier: Apache-2.0
// Generations on a machine in memory: written, read back, torn, damaged, and fed with rubbish.
#include "journal/journal.hpp"

#include <gtest/gtest.h>

#include <random>

#include "journal/payload.hpp"
#include "support/fake_host.hpp"

namespace tlspolicy::journal {
namespace {

using host::FileState;
using Kind = FileState::Kind;

constexpr auto kFolder = "/var/lib/tlspolicy/generations";

Generation sample() {
  Generation g;
  g.boot_id = "boot";
  g.created = "2026-11-01T00:00:00Z";
  g.verb = "set";
  g.selected_before = "";
  g.selected_after = "20261101";
  g.services = {{"httpd", true, false, {"httpd:443:"}}, {"sshd", false, true, {}}};
  const FileState before{Kind::file, std::string("a\0\xFF\n", 4), 0640, 1, 2, {{"user.x", "\x80"}}};
  FileState after = before;
  after.content = "b";
  g.members = {{"httpd", "/etc/a\xE9.conf", before, after},  // Latin-1, as old names are
               {"httpd", "/etc/new.conf", FileState{}, after},
               {"httpd", "/etc/link", {Kind::symlink, "x", 0777, 0, 0, {}}, FileState{}},
               {"httpd", "/etc/d", FileState{}, {Kind::folder, "", 0755, 0, 0, {}}},
               {"", "/etc/tlspolicy/tlspolicy.toml", FileState{}, after}};
  g.steps = {{"httpd", Step::Kind::check, {"apachectl", "configtest"}, 30},
             {"httpd", Step::Kind::reload, {"systemctl", "reload", "apache2"}, 60},
             {"httpd", Step::Kind::restart, {"systemctl", "restart", "apache2"}, 60},
             {"httpd", Step::Kind::active, {"systemctl", "is-active", "apache2"}, 5}};
  g.targets = {{"httpd", true, "{\"x\":1}"}, {"httpd", false, "{}"}};
  return g;
}

void expect_same_intent(const Generation& a, const Generation& b) {
  EXPECT_EQ(a.boot_id, b.boot_id);
  EXPECT_EQ(a.created, b.created);
  EXPECT_EQ(a.verb, b.verb);
  EXPECT_EQ(a.selected_before, b.selected_before);
  EXPECT_EQ(a.selected_after, b.selected_after);
  EXPECT_EQ(a.services, b.services);
  EXPECT_EQ(a.members, b.members);
  EXPECT_EQ(a.steps, b.steps);
  EXPECT_EQ(a.targets, b.targets);
}

class JournalTest : public testing::Test {
 protected:
  test::FakeHost host_;
  Journal journal_{host_, kFolder};
  std::string path_ = std::string(kFolder) + "/1";
};

TEST_F(JournalTest, ReadsBackWhatWasBegun) {
  EXPECT_EQ(journal_.numbers(), std::vector<int>{});
  EXPECT_EQ(*journal_.open_one(), std::optional<int>{});
  ASSERT_EQ(journal_.begin(sample()), 1);
  const auto read = journal_.load(1);
  ASSERT_TRUE(read);
  expect_same_intent(*read, sample());
  EXPECT_EQ(read->number, 1);
  EXPECT_FALSE(read->outcome);
  EXPECT_EQ(host_.paths(), std::vector<host::Path>{path_});
  EXPECT_EQ(host_.read(path_)->mode, 0600U);
  EXPECT_EQ(host_.read(kFolder)->mode, 0700U);
}

TEST_F(JournalTest, TellsHowFarAGenerationCame) {
  ASSERT_TRUE(journal_.begin(sample()));
  ASSERT_TRUE(journal_.touch(1, "httpd"));
  ASSERT_TRUE(journal_.touch(1, ""));
  ASSERT_TRUE(journal_.back(1, "httpd"));
  EXPECT_EQ(*journal_.open_one(), std::optional(1));
  ASSERT_TRUE(journal_.end(1, "partly"));
  const auto read = journal_.load(1);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->touched, (std::vector<std::string>{"httpd", ""}));
  EXPECT_EQ(read->backed, std::vector<std::string>{"httpd"});
  EXPECT_EQ(read->outcome, "partly");
  EXPECT_EQ(*journal_.open_one(), std::optional<int>{});
}

TEST_F(JournalTest, BeginsNothingWhileAGenerationIsOpen) {
  ASSERT_TRUE(journal_.begin(sample()));
  const auto second = journal_.begin(sample());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().id, "open-generation");
  EXPECT_EQ(second.error().remedy, "tlspolicy recover");
  ASSERT_TRUE(journal_.end(1, "kept"));
  EXPECT_EQ(journal_.begin(sample()), 2);
  EXPECT_EQ(journal_.numbers(), (std::vector<int>{1, 2}));
}

TEST_F(JournalTest, TakesNothingElseInTheFolderForAGeneration) {
  for (const auto* name : {"2.tmp", "02", "x", "-1", "0", "99999999999999", ".3"})
    host_.put(std::string(kFolder) + "/" + name, "rubbish");
  EXPECT_EQ(journal_.numbers(), std::vector<int>{});
  EXPECT_EQ(journal_.load(3).error().id, "no-generation");
  EXPECT_EQ(journal_.begin(sample()), 1);
}

// It may hold anything: nobody guesses, and whoever made it is told what to do.
TEST_F(JournalTest, NamesAFolderThatStandsWhereAGenerationWould) {
  host_.make_folder(std::string(kFolder) + "/77", 0700);
  const auto begun = journal_.begin(sample());
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().id, "bad-generation");
  EXPECT_EQ(begun.error().where, std::string(kFolder) + "/77");
}

TEST_F(JournalTest, CutsATornTailBeforeItWritesAgain) {
  ASSERT_TRUE(journal_.begin(sample()));
  const std::string intact = host_.content(path_);
  const std::string next = write_mark(Type::touch, "httpd");
  for (std::size_t length = 1; length < next.size(); ++length) {
    host_.put(path_, intact + next.substr(0, length));
    const auto torn = journal_.load(1);
    ASSERT_TRUE(torn) << length;
    EXPECT_TRUE(torn->touched.empty());
    ASSERT_TRUE(journal_.touch(1, "sshd"));
    EXPECT_EQ(host_.content(path_), intact + write_mark(Type::touch, "sshd"));
  }
}

TEST_F(JournalTest, NeverReadsAnIntentThatIsNotWhole) {
  ASSERT_TRUE(journal_.begin(sample()));
  const std::string intact = host_.content(path_);
  for (std::size_t length = 0; length < intact.size(); ++length) {
    const auto read = read_generation(intact.substr(0, length), 1, "1");
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().id, "journal-corrupt");
  }
}

TEST_F(JournalTest, NeverMisreadsAFlippedBit) {
  ASSERT_TRUE(journal_.begin(sample()));
  ASSERT_TRUE(journal_.touch(1, "httpd"));
  ASSERT_TRUE(journal_.end(1, "kept"));
  const std::string intact = host_.content(path_);
  const std::size_t last = intact.size() - write_end("kept", 0).size();
  for (std::size_t at = 0; at < intact.size(); ++at) {
    std::string damaged = intact;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    const auto read = read_generation(damaged, 1, "1");
    if (at < last) {
      ASSERT_FALSE(read) << at;
    } else {  // as a torn tail: the generation is open, which is safe
      ASSERT_TRUE(read) << at;
      EXPECT_FALSE(read->outcome);
    }
  }
}

TEST_F(JournalTest, LeavesNothingBehindWhenItCannotBegin) {
  for (const std::string failing : {"make_folder", "append", "place", "sync_folder"}) {
    host_.refuse = [&](std::string_view operation, const host::Path&) -> std::optional<Error> {
      if (operation == failing) return Error{"disk-full", "no room", "", ""};
      return std::nullopt;
    };
    EXPECT_EQ(journal_.begin(sample()).error().id, "disk-full") << failing;
    host_.refuse = nullptr;
    EXPECT_TRUE(host_.paths().empty()) << failing;
  }
  host_.put(path_ + ".tmp", "left by a run that was killed");
  EXPECT_EQ(journal_.begin(sample()), 1);
}

TEST_F(JournalTest, PromisesNoWayBackThatItCouldNotRead) {
  Generation g = sample();
  g.members[0].before.kind = Kind::other;
  EXPECT_EQ(journal_.begin(g).error().id, "journal-corrupt");
  EXPECT_TRUE(host_.paths().empty());
}

// Payloads that pass the check and yet are hostile: the frame is made anew around each of them.
TEST(HostilePayloads, AreRefusedWithoutACrash) {
  const std::string deep = std::string(500'000, '\x81') + '\x01';
  const std::string deep_maps = [] {
    std::string out;
    for (int i = 0; i < 200'000; ++i)
      out +=
          "\xA1\x61"
          "a";
    return out + '\x01';
  }();
  const std::string huge_array("\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE", 9);
  const std::string huge_text("\x7B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9);
  const std::string huge_bytes("\x5A\xFF\xFF\xFF\xF0", 5);
  const std::string endless(
      "\xBF\x61"
      "a",
      3);
  for (const auto& payload : {deep, deep_maps, huge_array, huge_text, huge_bytes, endless,
                              std::string(), std::string("\xF6"), std::string("\xA0")})
    EXPECT_FALSE(read_generation(frame(Type::header, payload), 1, "1"));
}

TEST(HostilePayloads, MutatedAtRandomNeverCrashTheReader) {
  std::mt19937 random(20261101);
  const std::string intent = write_intent(sample()) + write_mark(Type::touch, "httpd");
  const auto records = cut_records(intent, "1");
  ASSERT_TRUE(records);
  int understood = 0;
  for (int round = 0; round < 5'000; ++round) {
    const std::size_t chosen = random() % records->all.size();
    std::string bytes;
    for (std::size_t i = 0; i < records->all.size(); ++i) {
      std::string payload(records->all[i].payload);
      if (i == chosen) {
        for (unsigned times = 1 + random() % 4; times > 0; --times)
          payload[random() % payload.size()] = static_cast<char>(random());
        if (random() % 4 == 0) payload.resize(random() % payload.size());
      }
      bytes += frame(records->all[i].type, payload);
    }
    if (random() % 3 == 0) bytes[random() % bytes.size()] = static_cast<char>(random());
    understood += read_generation(bytes, 1, "1").has_value() ? 1 : 0;
  }
  EXPECT_GT(understood, 0);  // the loop reaches what lies behind the frame
  EXPECT_LT(understood, 5'000);
}

}  // namespace
}  // namespace tlspolicy::journal
