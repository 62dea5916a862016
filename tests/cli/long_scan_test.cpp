// SPDX-License-Identifier: Apache-2.0
// What a long scan says while it runs, and what it leaves behind when it is broken off.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/pace.hpp"
#include "cli/resume.hpp"

namespace tlspolicy::cli {
namespace {
using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(Pace, SaysHowFastItGoesAndHowLongItWillTake) {
  Pace::Clock::time_point now{};
  Pace pace([&] { return now; });
  for (int i = 0; i < 1500; ++i) pace.ended(i % 3 != 0);
  EXPECT_EQ(pace.line(), "");  // too early
  now += 10s;
  EXPECT_EQ(pace.line(), "1,500 done, 150.0/s");
  now += 100ms;
  EXPECT_EQ(pace.line(), "");  // too soon after the last
  pace.read(0.25);
  now += 9900ms;
  EXPECT_EQ(pace.line(), "1,500 done, 75.0/s, 60 s left");
  pace.read(0.002);
  now += 1s;
  EXPECT_THAT(pace.line(), HasSubstr("2.9 h left"));
  pace.left_out();
  EXPECT_EQ(pace.sum(), "1,501 targets in 21 s: 1,000 serve, 500 do not, 1 left out");
}

class ResumeFile : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove(path_); }
  void TearDown() override { std::filesystem::remove(path_); }
  std::string content() const {
    std::stringstream out;
    out << std::ifstream(path_).rdbuf();
    return out.str();
  }
  void put(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }

  std::string path_ = testing::TempDir() + "resume-" + std::to_string(getpid());
};

TEST_F(ResumeFile, KnowsWhatIsDoneAndHowFarTheOutputGoes) {
  {
    auto resume = Resume::open(path_, "--format ndjson");
    ASSERT_TRUE(resume);
    EXPECT_FALSE(resume->begun());
    EXPECT_TRUE(resume->note("a.example", Ended::well, 100));
    EXPECT_TRUE(resume->note("smtp://b.example:25", Ended::well, 250));
  }
  const auto resume = Resume::open(path_, "--format ndjson");
  ASSERT_TRUE(resume);
  EXPECT_TRUE(resume->begun());
  EXPECT_TRUE(resume->is_done("a.example"));
  EXPECT_TRUE(resume->is_done("smtp://b.example:25"));
  EXPECT_FALSE(resume->is_done("b.example"));
  EXPECT_EQ(resume->output_length(), 250U);
}

TEST_F(ResumeFile, ATornLineDoesNotCountAndIsCutOff) {
  put("tlspolicy-resume 3 --format ndjson\n10 well a.example\n20 well b.exam");
  {
    auto resume = Resume::open(path_, "--format ndjson");
    ASSERT_TRUE(resume);
    EXPECT_FALSE(resume->is_done("b.exam"));
    EXPECT_EQ(resume->output_length(), 10U);
    EXPECT_TRUE(resume->note("b.example", Ended::well, 20));
  }
  EXPECT_EQ(content(),
            "tlspolicy-resume 3 --format ndjson\n10 well a.example\n20 well b.example\n");
}

TEST_F(ResumeFile, KnowsHowTheWorstOfThemEnded) {
  for (const auto& [ended, worst] :
       {std::pair{Ended::well, Ended::well}, std::pair{Ended::fails, Ended::fails},
        std::pair{Ended::unknown, Ended::fails}}) {
    auto resume = Resume::open(path_, "--format ndjson");
    ASSERT_TRUE(resume);
    EXPECT_TRUE(resume->note("a.example", ended, 10));
    const auto again = Resume::open(path_, "--format ndjson");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->worst_before(), worst);
  }
  EXPECT_EQ(Resume::open(path_, "--format ndjson")->before(), 3U);
}

TEST_F(ResumeFile, ALineIsCutOffWhereverItWasTorn) {
  const std::string kept = "tlspolicy-resume 3 --format ndjson\n10 well a.example\n";
  const std::string torn = "20 fails b.example";
  for (std::size_t size = 0; size <= torn.size(); ++size) {
    put(kept + torn.substr(0, size));
    const auto resume = Resume::open(path_, "--format ndjson");
    ASSERT_TRUE(resume) << size;
    EXPECT_EQ(resume->worst_before(), Ended::well) << size;
    EXPECT_EQ(content(), kept) << size;
  }
}

TEST_F(ResumeFile, ATargetLongerThanALineIsKnownAgain) {
  const std::string base(5000, 'x');
  {
    auto resume = Resume::open(path_, "--format ndjson");
    ASSERT_TRUE(resume && resume->note(base + "1", Ended::unknown, 10) &&
                resume->note("a.example", Ended::well, 20));
  }
  const auto resume = Resume::open(path_, "--format ndjson");
  ASSERT_TRUE(resume);
  EXPECT_TRUE(resume->is_done(base + "1"));
  EXPECT_FALSE(resume->is_done(base + "2"));
  EXPECT_TRUE(resume->is_done("a.example"));
}

TEST_F(ResumeFile, TheStateOfAnEarlierVersionIsNotTouched) {
  put("tlspolicy-resume 2 --format ndjson\n10 a.example\n");
  const auto resume = Resume::open(path_, "--format ndjson");
  ASSERT_FALSE(resume);
  EXPECT_THAT(resume.error().what, HasSubstr("another scan: 2 --format"));
  EXPECT_EQ(content(), "tlspolicy-resume 2 --format ndjson\n10 a.example\n");
}

TEST_F(ResumeFile, TheStateOfAnotherScanIsNotTouched) {
  { ASSERT_TRUE(Resume::open(path_, "--format ndjson")); }
  const auto other = Resume::open(path_, "--format csv");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().id, "bad-resume");
  EXPECT_THAT(other.error().what, testing::HasSubstr("--format ndjson"));
  EXPECT_EQ(content(), "tlspolicy-resume 3 --format ndjson\n");
}

TEST_F(ResumeFile, AnotherFileIsNotTouched) {
  put("root:x:0:0\n");
  const auto resume = Resume::open(path_, "--format ndjson");
  ASSERT_FALSE(resume);
  EXPECT_EQ(resume.error().id, "bad-resume");
  EXPECT_EQ(content(), "root:x:0:0\n");
}

TEST_F(ResumeFile, AnotherFileWithoutAnEndIsNotTouchedEither) {
  put("something");
  EXPECT_FALSE(Resume::open(path_, "--format ndjson"));
  EXPECT_EQ(content(), "something");
}

TEST_F(ResumeFile, AnEmptyFileIsABeginning) {
  put("");
  { ASSERT_TRUE(Resume::open(path_, "--format ndjson")); }
  EXPECT_EQ(content(), "tlspolicy-resume 3 --format ndjson\n");
}

}  // namespace
}  // namespace tlspolicy::cli
