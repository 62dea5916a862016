// SPDX-License-Identifier: Apache-2.0
// What of a running program's command line takes the word from its files.
#include "service/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tlspolicy::service {
namespace {
using testing::HasSubstr;

std::optional<Error> seen(std::string_view line) {
  static const Manifest manifest = [] {
    Manifest out;
    out.arguments = {"CEbcfghkopu", "o", "f", "SSHD_OPTS"};
    for (const char* key : {"Ciphers", "KexAlgorithms"}) {
      Override row;
      row.key = key;
      out.overrides.push_back(row);
    }
    return out;
  }();
  return over_the_files(manifest, "/etc/ssh/sshd_config", line, "SSHD_OPTS in /etc/default/ssh");
}

TEST(Arguments, ThatLeaveTheFilesTheirWordAreNobodysBusiness) {
  using namespace std::string_view_literals;
  for (const auto line :
       {""sv, "/usr/sbin/sshd\0-D\0"sv, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"sv,
        "sshd -D -o LogLevel=DEBUG -p 2222 -4"sv, "sshd -f /etc/ssh/sshd_config"sv,
        "sshd -h -oCiphers=x"sv, "sshd -E -f"sv})
    EXPECT_FALSE(seen(line)) << line;
}

TEST(Arguments, ThatSetWhatAPolicyDecidesAreNamedWithTheirPlace) {
  using namespace std::string_view_literals;
  for (const auto line :
       {"sshd\0-D\0-o\0Ciphers=aes128-ctr\0"sv, "sshd -De -oKexAlgorithms=a,b [listener]"sv,
        "sshd -Do ciphers aes128-ctr"sv, "sshd -p 22 -o LogLevel=INFO -o KEXALGORITHMS=a"sv}) {
    const auto error = seen(line);
    ASSERT_TRUE(error) << line;
    EXPECT_EQ(error->id, "command-line-wins");
    EXPECT_EQ(error->where, "SSHD_OPTS in /etc/default/ssh");
    EXPECT_THAT(error->remedy, HasSubstr("/etc/ssh/sshd_config"));
  }
  EXPECT_EQ(seen("sshd -o Ciphers=aes128-ctr")->what,
            "it runs with -o Ciphers=aes128-ctr, which wins over every file");
}

TEST(Arguments, ThatNameAnotherConfiguration) {
  const auto error = seen("sshd -D -f /etc/ssh/other -o Ciphers=a");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->id, "other-configuration");
  EXPECT_EQ(error->what, "it runs with -f /etc/ssh/other: it does not read /etc/ssh/sshd_config");
}

}  // namespace
}  // namespace tlspolicy::service
