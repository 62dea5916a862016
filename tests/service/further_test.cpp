// SPDX-License-Identifier: Apache-2.0
// Further instances of a service and their names.
#include "service/further.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tlspolicy::service {
namespace {
using testing::ElementsAre, testing::IsEmpty;

std::vector<config::Source> named(const std::string& value) {
  config::Source source;
  source.file = "/etc/postfix/main.cf";
  source.setting.key = "multi_instance_directories";
  source.setting.args = {value};
  return {source};
}

TEST(Further, FoldersStandWithCommasOrBlanksBetween) {
  Manifest manifest;
  manifest.further = "multi_instance_directories";
  EXPECT_THAT(further_folders(manifest, named("/etc/postfix-a, /etc/postfix-b /etc/postfix-a")),
              ElementsAre("/etc/postfix-a", "/etc/postfix-b"));
  EXPECT_THAT(further_folders(manifest, {}), IsEmpty());
  EXPECT_THAT(further_folders(Manifest{}, named("/etc/postfix-a")), IsEmpty());
}

TEST(Further, NamesTellInstancesApartAndLeadBackToTheManifest) {
  EXPECT_EQ(further_name("postfix", "/etc/postfix-out"), "postfix@postfix-out");
  EXPECT_EQ(further_name("postfix", "/srv/postfix-out"), "postfix@/srv/postfix-out");
  EXPECT_EQ(plain_name("postfix@postfix-out"), "postfix");
  EXPECT_EQ(plain_name("postfix"), "postfix");
}

}  // namespace
}  // namespace tlspolicy::service
