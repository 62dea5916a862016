// SPDX-License-Identifier: Apache-2.0
// Client files: what is refused and where, and that the shipped ones say what they ought to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "data.hpp"

namespace tlspolicy::forecast {
namespace {
using testing::HasSubstr;

const std::string kGood =
    "id = \"old\"\ntitle = \"An old one\"\nuses = [\"web\", \"mta\"]\nevidence = \"documented\"\n"
    "sources = [\"its manual\"]\nmin_protocol = \"SSLv3\"\nmax_protocol = \"TLSv1.0\"\n"
    "suites = [\"TLS_RSA_WITH_AES_128_CBC_SHA\"]\n";

std::string with(std::string from, std::string to) {
  std::string out = kGood;
  const auto at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

TEST(ClientFile, SaysWhatAClientOffers) {
  const auto client = parse_client(kGood, "clients/old.toml");
  ASSERT_TRUE(client) << client.error().what;
  EXPECT_EQ(client->title, "An old one");
  EXPECT_THAT(client->uses, testing::ElementsAre(Use::web, Use::mta));
  EXPECT_EQ(client->max_protocol, crypto::Protocol::tls10);
  EXPECT_TRUE(client->sni);
  EXPECT_FALSE(client->recorded);
}

struct Mistake {
  const char* name;
  std::string text;
  const char* where;
  const char* what;
};
class ClientMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(ClientMistakes, AreErrorsWithTheirPlaceAndARemedy) {
  const auto client = parse_client(GetParam().text, "old.toml");
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().where, testing::StartsWith(GetParam().where));
  EXPECT_THAT(client.error().what, HasSubstr(GetParam().what));
  EXPECT_NE(client.error().remedy, "");
}

INSTANTIATE_TEST_SUITE_P(
    Files, ClientMistakes,
    testing::Values(Mistake{"suite", with("AES_128_CBC_SHA\"", "AES_129_CBC_SHA\""),
                            "old.toml:8:", "AES_129"},
                    Mistake{"protocol", with("TLSv1.0", "TLSv1"), "old.toml:7:", "TLSv1"},
                    Mistake{"use", with("mta", "mx"), "old.toml:3:", "mx"},
                    Mistake{"evidence", with("documented", "hearsay"), "old.toml:4:", "hearsay"},
                    Mistake{"id", with("id = \"old\"", "id = \"odd\""), "old.toml:1:", "odd"},
                    Mistake{"key", kGood + "sin = false\n", "old.toml:9:", "sin"},
                    Mistake{"sources", with("[\"its manual\"]", "[]"), "old.toml:5:", "sources"},
                    Mistake{"range", with("SSLv3", "TLSv1.1"), "old.toml:6:", "newer"},
                    Mistake{"tls13", with("TLSv1.0", "TLSv1.3"), "old.toml:7:", "tls13_suites"},
                    Mistake{"hello", kGood + "hello = \"16\"\n", "old.toml:9:", "recorded"},
                    Mistake{"hex", with("documented", "recorded") + "hello = \"160301zz\"\n",
                            "old.toml:9:", "record"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Clients, AreManyAndSaySoByTheirUses) {
  const auto& clients = shipped_clients();
  EXPECT_GE(clients.size(), 40U);
  EXPECT_GE(std::ranges::count_if(clients, &Client::recorded), 20);
  for (const Use use : {Use::web, Use::mail, Use::mta})
    EXPECT_GE(std::ranges::count_if(clients, [&](const auto& c) { return c.uses.contains(use); }),
              4)
        << name(use);
}

// The lists of a recorded client are those of its own bytes.
TEST(Clients, OfferWhatTheirRecordedHelloOffers) {
  for (const auto& client : shipped_clients()) {
    if (!client.recorded) continue;
    const auto hello = read_hello(client.hello);
    // Those of TLS 1.3 may stand behind: Go's do.
    auto older = hello.suites;
    const auto newest = std::ranges::stable_partition(
        older, [](auto suite) { return crypto::find(suite)->kx != crypto::KeyExchange::tls13; });
    EXPECT_EQ(crypto::Suites(newest.begin(), newest.end()), client.tls13_suites) << client.id;
    older.erase(newest.begin(), newest.end());
    EXPECT_EQ(older, client.suites) << client.id;
    EXPECT_EQ(hello.groups, client.groups) << client.id;
    EXPECT_EQ(hello.schemes, client.schemes) << client.id;
    EXPECT_EQ(hello.sni, client.sni) << client.id;
    EXPECT_EQ(hello.max, client.max_protocol) << client.id;
  }
}

// A client that speaks TLS 1.2 and signs with SHA-256 says so; without schemes it would be judged
// as if it knew SHA-1 alone.
TEST(Clients, NameTheirSchemesFromTls12On) {
  for (const auto& client : shipped_clients())
    EXPECT_EQ(client.schemes.empty(), client.max_protocol < crypto::Protocol::tls12) << client.id;
}
}  // namespace
}  // namespace tlspolicy::forecast
