// SPDX-License-Identifier: Apache-2.0
// Settings and data that cannot be read or do not fit are named with their place.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/on_stage.hpp"

namespace tlspolicy::cli::test {
namespace {
using testing::ContainsRegex, testing::HasSubstr;
namespace fs = std::filesystem;

TEST_F(Verbs, ADateThatIsMistypedInTheSettingsIsNotWrongUsage) {
  stage.host.put(kSettings,
                 "policy = \"20261101\"\n[[exempt]]\ntarget = \"httpd\"\npolicy = \"20230602\"\n"
                 "until = \"2099-01-01\"\nreason = \"x\"\n");
  EXPECT_EQ(run("set", "20261101"), 3);
  EXPECT_THAT(stage.err, HasSubstr(std::string(kSettings) + ":4"));
}

TEST_F(Verbs, APolicyInTheSettingsThatThereIsNotIsNamedWithItsFile) {
  stage.host.put(std::string(kSettings), "policy = \"20991231\"\n");
  for (const char* verb : {"status", "check"}) {
    EXPECT_EQ(run(verb), 3) << verb;
    EXPECT_THAT(stage.err, HasSubstr(std::string(kSettings)));
  }
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

}  // namespace
}  // namespace tlspolicy::cli::test
