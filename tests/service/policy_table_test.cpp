// SPDX-License-Identifier: Apache-2.0
// Tables with settings for single peers, as administrators write them.
#include "service/policy_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/effective.hpp"
#include "service/endpoints.hpp"

namespace tlspolicy::service {
namespace {
using testing::ElementsAre, testing::IsEmpty, testing::Pair;

TEST(PolicyTable, ReadsEntriesOverContinuedLines) {
  const auto entries = table_entries(
      "# old\n\nexample.org\tmay protocols=TLSv1:TLSv1.1,ciphers=medium\r\n"
      ".example.com   ENCRYPT\n  # still a comment\n   protocols=!SSLv2\n"
      "[mail.example.net]:587 secure match=nexthop\n",
      {"may", "encrypt", "secure"});
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].peer, "example.org");
  EXPECT_EQ(entries[0].line, 3);
  EXPECT_THAT(entries[0].attributes,
              ElementsAre(Pair("ciphers", "medium"), Pair("protocols", "TLSv1:TLSv1.1")));
  EXPECT_EQ(entries[1].level, "encrypt");
  EXPECT_THAT(entries[1].attributes, ElementsAre(Pair("protocols", "!SSLv2")));
  EXPECT_EQ(entries[2].peer, "[mail.example.net]:587");
}

TEST(PolicyTable, FindsTheLevelBehindAPatternWithBlanks) {
  const auto entries =
      table_entries("if /example/\n/^(a b|c)\\.example$/i  none\nendif\n/x/\n\n", {"none", "may"});
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].peer, "/^(a b|c)\\.example$/i");
  EXPECT_EQ(entries[0].level, "none");
  EXPECT_THAT(table_entries("", {"may"}), IsEmpty());
}

TEST(PolicyTable, GivesBackWhatHasNoLevelThatItKnows) {
  const auto entries = table_entries("/x/\na.example mya protocols=TLSv1\n", {"may"});
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].peer, "/x/");
  EXPECT_EQ(entries[1].peer, "a.example mya protocols=TLSv1");
  EXPECT_EQ(entries[0].level + entries[1].level, "");
}

TEST(PolicyTable, KnowsWhichTablesAreText) {
  EXPECT_EQ(text_file_of("hash:/etc/postfix/tls"), "/etc/postfix/tls");
  EXPECT_EQ(text_file_of("proxy:texthash:/etc/a"), "/etc/a");
  EXPECT_EQ(text_file_of("/etc/postfix/tls"), "/etc/postfix/tls");
  for (const auto* one : {"ldap:/etc/a.cf", "socketmap:inet:a:1:b", "hash:a", "", "inline:{a=b}"})
    EXPECT_EQ(text_file_of(one), std::nullopt) << one;
}

TEST(PolicyTable, KeepsBracesTogetherAndReadsWhatStandsInThem) {
  EXPECT_THAT(listed_tables("inline:{ {a=may x=y}, {b=none} }, hash:/etc/a  static:{ may }"),
              ElementsAre("inline:{ {a=may x=y}, {b=none} }", "hash:/etc/a", "static:{ may }"));
  EXPECT_EQ(text_within("inline:{ {a = may ciphers=high}, b=none }"),
            "a may ciphers=high\nb none\n");
  EXPECT_EQ(text_within("static:secure"), "* secure\n");
  EXPECT_EQ(text_within("hash:/etc/a"), std::nullopt);
}

TEST(PolicyTable, NamesFilesOfNames) {
  const auto named = named_files("# x\na.example /etc/a.key,\n  /etc/a.pem\nalone\n");
  ASSERT_EQ(named.size(), 1U);
  EXPECT_EQ(named[0].name, "a.example");
  EXPECT_EQ(named[0].line, 2);
  EXPECT_THAT(named[0].files, ElementsAre("/etc/a.key", "/etc/a.pem"));
}

TEST(PolicyTable, GivesNamesEndpointsOfTheirOwn) {
  Manifest manifest;
  manifest.name = "postfix";
  Endpoint endpoint;
  endpoint.id = "postfix:465";
  endpoint.address = "0.0.0.0";
  endpoint.port = 465;
  endpoint.tables = {"hash:/etc/sni", "ldap:/x"};
  std::vector<Endpoint> endpoints{endpoint};
  std::vector<Error> warnings;
  add_names_of_tables(manifest, {{"hash:/etc/sni", "alt.example /etc/s.pem\n.sub /etc/t.pem\n"}},
                      endpoints, warnings);
  ASSERT_EQ(endpoints.size(), 2U);
  EXPECT_EQ(endpoints[1].id, "postfix:465:alt.example");
  EXPECT_THAT(endpoints[1].certificates, ElementsAre("/etc/s.pem"));
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_THAT(warnings[0].what, testing::HasSubstr("\".sub\" stands for no single name"));
  EXPECT_EQ(warnings[1].where, "ldap:/x");
}

}  // namespace
}  // namespace tlspolicy::service
