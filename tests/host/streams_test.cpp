// SPDX-License-Identifier: Apache-2.0
// Lists that are read line by line, and reports that are written piece by piece.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "host/lines.hpp"
#include "host/out_file.hpp"
#include "host/texts.hpp"

namespace tlspolicy::host {
namespace {
using ::testing::ElementsAre, ::testing::IsEmpty, ::testing::Pair;

class Streams : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("streams-" + std::to_string(getpid()) +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string put(const std::string& content) const {
    const auto path = folder_ / "list";
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  static std::vector<std::string> all(const std::string& path) {
    auto lines = Lines::open(path);
    std::vector<std::string> out;
    for (auto line = lines->next(); line; line = lines->next()) out.push_back(*line);
    return out;
  }
  static std::string content(const std::string& path) {
    std::stringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }

  std::filesystem::path folder_;
};

TEST_F(Streams, LinesComeWithoutTheirEnds) {
  EXPECT_THAT(all(put("one\ntwo\r\n\nthree")), ElementsAre("one", "two", "", "three"));
  EXPECT_THAT(all(put("")), ElementsAre());
  EXPECT_THAT(all(put("\n")), ElementsAre(""));
}

TEST_F(Streams, ALineThatHasNoEndOfItsOwnIsKnown) {
  auto lines = Lines::open(put("whole\ncut"));
  EXPECT_EQ(lines->next(), "whole");
  EXPECT_TRUE(lines->whole());
  EXPECT_EQ(lines->next(), "cut");
  EXPECT_FALSE(lines->whole());
}

TEST_F(Streams, AnEndlessLineTakesNoMemory) {
  const auto path = put(std::string(1'000'000, 'x') + "\nnext\n");
  auto lines = Lines::open(path);
  EXPECT_EQ(lines->next()->size(), 4096U);
  EXPECT_EQ(lines->next(), "next");
}

TEST_F(Streams, HowMuchWasReadIsKnownOfAPlainFile) {
  auto lines = Lines::open(put("12345678\n12345678\n"));
  EXPECT_EQ(lines->share(), 0.0);
  lines->next();
  EXPECT_EQ(lines->share(), 0.5);
  lines->next();
  EXPECT_EQ(lines->share(), 1.0);
  EXPECT_EQ(Lines::open("/dev/null")->share(), std::nullopt);
}

TEST_F(Streams, AFileThatIsNotThereIsAnError) {
  EXPECT_EQ(Lines::open((folder_ / "nothing").string()).error().id, "absent");
}

TEST_F(Streams, AReportBeginsEmptyOrGoesOnWhereItWas) {
  const auto path = put("old content");
  {
    auto file = OutFile::open(path);
    EXPECT_TRUE(file->write("first,"));
    EXPECT_EQ(file->size(), 6U);
  }
  {
    auto file = OutFile::open(path, 6);
    EXPECT_TRUE(file->write("second"));
    EXPECT_EQ(file->size(), 12U);
  }
  EXPECT_EQ(content(path), "first,second");
  { auto file = OutFile::open(path, 3); }
  EXPECT_EQ(content(path), "fir");
}

// A hole of zeros is worse than a scan that does not go on.
TEST_F(Streams, AReportThatIsNotWhereItWasIsNotGoneOnWith) {
  const auto path = put("short");
  const auto gone = (folder_ / "gone").string();
  for (const auto& one : {path, gone}) {
    const auto file = OutFile::open(one, 6);
    ASSERT_FALSE(file) << one;
    EXPECT_EQ(file.error().id, "output-shorter");
  }
  EXPECT_EQ(content(path), "short");
  EXPECT_FALSE(std::filesystem::exists(gone));
}

TEST_F(Streams, AFullDiskIsSaid) {
  auto file = OutFile::open("/dev/full");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->write("x").error().id, "disk-full");
}

TEST_F(Streams, TextsOfAFolderAreThoseThatEndSoAndLinksAreFollowed) {
  for (const char* name : {"b.toml", "a.toml", ".hidden.toml", "c.toml~"})
    std::ofstream(folder_ / name) << name;
  std::filesystem::create_symlink("b.toml", folder_ / "link.toml");
  const auto found = texts(folder_.string(), ".toml");
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(*found,
              ElementsAre(Pair(folder_ / "a.toml", "a.toml"), Pair(folder_ / "b.toml", "b.toml"),
                          Pair(folder_ / "link.toml", "b.toml")));
  EXPECT_THAT(*texts((folder_ / "nowhere").string(), ".toml"), IsEmpty());
  EXPECT_EQ(text((folder_ / "nowhere").string()).error().id, "absent");
  std::filesystem::create_symlink("nowhere", folder_ / "broken.toml");
  EXPECT_EQ(texts(folder_.string(), ".toml").error().where, folder_ / "broken.toml");
}

}  // namespace
}  // namespace tlspolicy::host
