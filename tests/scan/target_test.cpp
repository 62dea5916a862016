// SPDX-License-Identifier: Apache-2.0
// Targets as people write them, and what they are told where that cannot be read.
#include "scan/target.hpp"

#include <gmock/gmock.h>

namespace tlspolicy::scan {
namespace {
using ::testing::HasSubstr;

TEST(Target, IsAHostWithOrWithoutProtocolAndPort) {
  struct Case {
    const char *text, *host;
    int port;
  };
  for (const Case& one : {Case{"www.example.org", "www.example.org", 443},
                          Case{"www.example.org:8443", "www.example.org", 8443},
                          Case{"https://www.example.org/", "www.example.org", 443},
                          Case{"smtp://mail.example.org", "mail.example.org", 25},
                          Case{"[::1]:443", "::1", 443}, Case{"[::1:443]", "::1:443", 443},
                          Case{"::1", "::1", 443}, Case{"2001:db8::443", "2001:db8::443", 443},
                          Case{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", 443},
                          Case{"xn--bcher-kva.example", "xn--bcher-kva.example", 443}}) {
    const auto found = parse_target(one.text);
    ASSERT_TRUE(found) << one.text;
    EXPECT_EQ(found->host, one.host);
    EXPECT_EQ(found->port, one.port) << one.text;
  }
}

TEST(Target, ThatCannotBeReadIsToldHowItIsWritten) {
  struct Case {
    const char *text, *remedy;
  };
  for (const Case& one :
       {Case{"::1:443", "write [::1]:443, or [::1:443] for the address"},
        Case{"smtp://2001:db8::4:25", "write smtp://[2001:db8::4]:25, or smtp://[2001:db8::4:25]"},
        Case{"::1:10443", "write [::1]:10443"},
        Case{"1:2:3:4:5:6:7:8:443", "write [1:2:3:4:5:6:7:8]:443"},
        Case{"smtp:mail.example.org:25", "write HOST:PORT"},
        Case{"https://host/path?x", "write https://host"}, Case{"host:8443/", "write host:8443"},
        Case{"user@host:25", "write host:25"}, Case{"host # the old one", "write host"},
        Case{"b\xc3\xbc"
             "cher.example",
             "begins with xn--"},
        Case{"not a host!", "HOST:PORT"}}) {
    const auto found = parse_target(one.text);
    ASSERT_FALSE(found) << one.text;
    EXPECT_EQ(found.error().id, "bad-scan-target");
    EXPECT_THAT(found.error().remedy, HasSubstr(one.remedy));
  }
}

}  // namespace
}  // namespace tlspolicy::scan
