// SPDX-License-Identifier: Apache-2.0
// The dump of a real httpd 2.4.71 (files/apache_dump.txt; one file included twice, a continued
// line, an IfModule that is gone), and dumps that are odd.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "config/apache.hpp"

namespace tlspolicy::config {
namespace {

std::string place(const DumpSetting& one) {
  std::string out = one.file + ":" + std::to_string(one.line) + " ";
  for (const auto& scope : one.setting.scopes)
    out += "<" + scope.kind + " " + scope.argument + " " + scope.file + ":" +
           std::to_string(scope.line) + "> ";
  return out + one.setting.key + " " + base::join(one.setting.args, "|");
}

std::vector<std::string> places(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& one : parse_apache_dump(text)) out.push_back(place(one));
  return out;
}

TEST(ApacheDump, SaysFileLineAndSectionsOfEverySetting) {
  std::ifstream in(TLSPOLICY_SOURCE "/tests/config/files/apache_dump.txt");
  std::ostringstream text;
  text << in.rdbuf();
  const std::string host = "<VirtualHost *:443 /etc/apache2/apache2.conf:16> ";
  EXPECT_EQ(places(text.str()),
            (std::vector<std::string>{
                "/etc/apache2/apache2.conf:3 ServerName x",
                "/etc/apache2/apache2.conf:4 PidFile /etc/apache2/pid",
                "/etc/apache2/apache2.conf:5 ErrorLog /etc/apache2/err",
                "/etc/apache2/apache2.conf:11 Listen 127.0.0.1:443",
                "/etc/apache2/apache2.conf:13 SSLProtocol all|-SSLv3",
                "/etc/apache2/inc/a.conf:1 " + host + "SSLHonorCipherOrder on",
                "/etc/apache2/inc/b.conf:1 " + host + "SSLCompression off",
                "/etc/apache2/inc/b.conf:2 " + host + "ServerAdmin a b",
                "/etc/apache2/apache2.conf:19 " + host + "SSLProtocol -all|+TLSv1.2",
                "/etc/apache2/apache2.conf:21 " + host +
                    "<Directory / /etc/apache2/apache2.conf:20> Require all|granted",
                "/etc/apache2/inc/b.conf:1 SSLCompression off",
                "/etc/apache2/inc/b.conf:2 ServerAdmin a b",
            }));
}

TEST(ApacheDump, DoesNotLendALineToTheNextSetting) {
  EXPECT_EQ(places("# In file: /x\n#12345:\nA 1\nB 2\nSyntax OK\n"),
            (std::vector<std::string>{"/x:12345 A 1", "/x:0 B 2"}));
}

TEST(ApacheDump, ReadsWithoutAnyComment) {
  EXPECT_EQ(places("A 1\n#   x:\n#99999999999:\nB 2"),
            (std::vector<std::string>{":0 A 1", ":0 B 2"}));
  EXPECT_TRUE(places("").empty());
}

}  // namespace
}  // namespace tlspolicy::config
