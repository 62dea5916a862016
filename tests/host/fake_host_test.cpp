// SPDX-License-Identifier: Apache-2.0
// FakeHost must behave as RealHost does: the same sentences hold for both.
#include "support/fake_host.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace tlspolicy::test {
namespace {

using host::FileState, host::Path;
using Kind = FileState::Kind;

struct Machine {
  std::unique_ptr<host::Host> host;
  std::filesystem::path folder;  // to be removed again
};

Machine fake() { return {std::make_unique<FakeHost>(), {}}; }
Machine real() {
  std::string name = (std::filesystem::temp_directory_path() / "tlspolicy-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) abort();
  return {host::real_host(name), name};
}

class AnyHost : public testing::TestWithParam<Machine (*)()> {
 protected:
  AnyHost() : machine_(GetParam()()), host_(*machine_.host) {}
  ~AnyHost() override {
    if (!machine_.folder.empty()) std::filesystem::remove_all(machine_.folder);
  }
  FileState file(std::string content, mode_t mode = 0640) const {
    return {Kind::file, std::move(content), mode, getuid(), getgid(), {}};
  }
  FileState symlink(std::string target) const {
    return {Kind::symlink, std::move(target), 0777, getuid(), getgid(), {}};
  }

  Machine machine_;
  host::Host& host_;
};
INSTANTIATE_TEST_SUITE_P(Hosts, AnyHost, testing::Values(&fake, &real),
                         [](const auto& which) { return which.index == 0 ? "Fake" : "Real"; });

TEST_P(AnyHost, ReadsBackWhatItCreated) {
  ASSERT_TRUE(host_.make_folder("/etc/apache2", 0755));
  ASSERT_TRUE(host_.create("/etc/apache2/a.conf", file("Listen 443\n")));
  EXPECT_EQ(host_.read("/etc/apache2/a.conf"), file("Listen 443\n"));
  EXPECT_EQ(host_.create("/etc/apache2/a.conf", file("x")).error().id, "exists");
  EXPECT_EQ(host_.list("/etc/apache2"), std::vector<std::string>{"a.conf"});
  ASSERT_TRUE(host_.create("/etc/link", symlink("apache2")));
  EXPECT_EQ(host_.read("/etc/link"), symlink("apache2"));
  EXPECT_EQ(host_.read("/etc/link/a.conf"), file("Listen 443\n"));
  EXPECT_EQ(host_.real_path("/etc/link/a.conf"), "/etc/apache2/a.conf");
  EXPECT_EQ(host_.list("/etc/link"), std::vector<std::string>{"a.conf"});
}

TEST_P(AnyHost, TakesAnAbsentPathAsAState) {
  EXPECT_EQ(host_.read("/nowhere/at/all"), FileState{});
  EXPECT_EQ(host_.list("/nowhere"), std::vector<std::string>{});
  EXPECT_EQ(host_.real_path("/nowhere").error().id, "absent");
  EXPECT_EQ(host_.remove("/nowhere").error().id, "absent");
  EXPECT_EQ(host_.create("/nowhere/at/all", file("x")).error().id, "absent");
}

TEST_P(AnyHost, ExchangesTwoNames) {
  ASSERT_TRUE(host_.create("/a", file("A", 0600)));
  ASSERT_TRUE(host_.create("/b", file("B", 0644)));
  ASSERT_TRUE(host_.exchange("/a", "/b"));
  EXPECT_EQ(host_.read("/a"), file("B", 0644));
  EXPECT_EQ(host_.read("/b"), file("A", 0600));
  EXPECT_EQ(host_.exchange("/a", "/c").error().id, "absent");
}

TEST_P(AnyHost, PlacesOnlyWhereNothingStands) {
  ASSERT_TRUE(host_.create("/a", file("A")));
  ASSERT_TRUE(host_.create("/b", file("B")));
  EXPECT_EQ(host_.place("/a", "/b").error().id, "exists");
  ASSERT_TRUE(host_.place("/a", "/c"));
  EXPECT_EQ(host_.read("/a"), FileState{});
  EXPECT_EQ(host_.read("/c"), file("A"));
}

TEST_P(AnyHost, AppendsAndCuts) {
  ASSERT_TRUE(host_.append("/log", "one\n"));
  ASSERT_TRUE(host_.append("/log", "two\n"));
  EXPECT_EQ(host_.read("/log"), file("one\ntwo\n", 0600));
  ASSERT_TRUE(host_.truncate("/log", 4));
  EXPECT_EQ(host_.read("/log"), file("one\n", 0600));
}

TEST_P(AnyHost, RemovesOnlyAnEmptyFolder) {
  ASSERT_TRUE(host_.make_folder("/x/y", 0750));
  EXPECT_EQ(host_.read("/x/y")->kind, Kind::folder);
  EXPECT_EQ(host_.read("/x/y")->mode, 0750U);
  EXPECT_EQ(host_.remove_folder("/x").error().id, "not-empty");
  ASSERT_TRUE(host_.sync_folder("/x"));
  ASSERT_TRUE(host_.remove_folder("/x/y"));
  ASSERT_TRUE(host_.remove_folder("/x"));
  EXPECT_EQ(host_.list("/"), std::vector<std::string>{});
}

TEST_P(AnyHost, NeverLeavesItsRootThroughASymlink) {
  ASSERT_TRUE(host_.make_folder("/etc", 0755));
  ASSERT_TRUE(host_.create("/etc/inside", file("inside")));
  ASSERT_TRUE(host_.create("/up", symlink("../../../../../etc/inside")));
  ASSERT_TRUE(host_.create("/absolute", symlink("/etc")));
  ASSERT_TRUE(host_.create("/loop", symlink("/loop")));
  EXPECT_EQ(host_.real_path("/up"), "/etc/inside");
  EXPECT_EQ(host_.read("/absolute/inside"), file("inside"));
  EXPECT_EQ(host_.read("/../../etc/inside"), file("inside"));
  EXPECT_EQ(host_.real_path("/loop").error().id, "symlink-loop");
  EXPECT_EQ(host_.list("/absolute"), std::vector<std::string>{"inside"});
}

TEST_P(AnyHost, LetsOneHolderOfALockIn) {
  const auto first = host_.lock("/run/tlspolicy.lock", std::chrono::milliseconds(0));
  ASSERT_TRUE(first);
  const auto second = host_.lock("/run/tlspolicy.lock", std::chrono::milliseconds(10));
  EXPECT_EQ(second.error().id, "busy");
}

}  // namespace
}  // namespace tlspolicy::test
