// SPDX-License-Identifier: Apache-2.0
// Whole scans of servers on paper: what they have is found, in their order, and with few questions.
#include <gmock/gmock.h>

#include <random>

#include "base/lists.hpp"
#include "scan/lists.hpp"
#include "scan/named.hpp"
#include "scan/paper_endpoint.hpp"
#include "scan/said.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol, crypto::Suites;
using enum Protocol;
using ::testing::IsEmpty;

// Some suites of a version in an order that nobody would guess.
Suites shuffled(Protocol version, std::size_t count, unsigned seed) {
  Suites out = registry(version).ordinary;
  std::mt19937 random(seed);
  std::ranges::shuffle(out, random);
  return base::first_of(std::move(out), count);
}

TEST(Course, FindsEverythingInTheServersOrder) {
  const auto server = usual();
  const auto seen = scan_on_paper(server).result;
  EXPECT_EQ(seen.serves, Fact::yes);
  EXPECT_THAT(seen.gaps, IsEmpty());
  for (const auto version : {tls12, tls13}) {
    EXPECT_EQ(found(seen, version), server.suites.at(version));
    EXPECT_EQ(find(seen, version)->suites.order, Order::server) << name(version);
    EXPECT_TRUE(find(seen, version)->suites.whole);
  }
  for (const auto version : {ssl2, ssl3, tls10, tls11}) {
    EXPECT_EQ(find(seen, version)->accepted, Fact::no);
    EXPECT_EQ(find(seen, version)->why, "alert 70 (protocol_version)");
  }
  EXPECT_EQ(seen.groups12.accepted, server.groups);
  EXPECT_EQ(seen.groups13.accepted, server.groups);
  EXPECT_TRUE(seen.groups12.whole);
  ASSERT_EQ(seen.schemes12.size(), 1U);
  EXPECT_EQ(seen.schemes12[0].key, "rsa");
  EXPECT_EQ(seen.schemes12[0].schemes.accepted, server.schemes);
  EXPECT_TRUE(seen.schemes12[0].schemes.whole);
}

// Every number of suites from one to many, by both orders, with long hellos and without.
TEST(Course, IsExactForServersOfManyKinds) {
  for (const std::size_t count : {1U, 2U, 3U, 5U, 20U, 61U, 130U})
    for (const bool own_order : {true, false})
      for (const std::size_t most : {60U, 150U, 9999U}) {
        PaperEndpoint server = usual();
        server.own_order = own_order;
        server.most_suites = most;
        server.suites[tls12] = shuffled(tls12, count, static_cast<unsigned>(count));
        server.suites[tls10] = shuffled(tls10, count / 2 + 1, 7);
        server.schemes = schemes_of("rsa");
        const auto ecdsa = schemes_of("ecdsa");
        server.schemes.insert(server.schemes.end(), ecdsa.begin(), ecdsa.end());
        const auto paper = scan_on_paper(server);
        for (const auto version : {tls10, tls12}) {
          const auto& truth = server.suites.at(version);
          SCOPED_TRACE(testing::Message()
                       << count << " " << own_order << " " << most << " " << name(version));
          EXPECT_THAT(found(paper.result, version), ::testing::UnorderedElementsAreArray(truth));
          if (own_order) {
            EXPECT_EQ(found(paper.result, version), truth);
          }
          if (truth.size() > 1) {
            EXPECT_EQ(find(paper.result, version)->suites.order,
                      own_order ? Order::server : Order::client);
          }
        }
        EXPECT_THAT(paper.result.gaps, IsEmpty());
        EXPECT_EQ(paper.result.intolerances.empty(), most != 60 && most != 150);
      }
}

TEST(Course, NeedsFewQuestions) {
  PaperEndpoint server = usual();
  server.suites[tls12] = shuffled(tls12, 59, 1);
  const auto paper = scan_on_paper(server);
  EXPECT_LE(paper.questions, 59 + 30);
}

// Such a server bears any length, but what stands behind is as if it were not offered.
TEST(Course, IsExactWhereOnlyTheBeginningOfALongHelloIsRead) {
  for (const std::size_t reads : {60U, 64U, 100U, 128U})
    for (const bool own_order : {true, false})
      for (const std::size_t count : {1U, 5U, 59U, 130U}) {
        PaperEndpoint whole = usual();
        whole.own_order = own_order;
        whole.schemes = base::with(schemes_of("rsa"), schemes_of("ecdsa"));
        whole.suites[tls12] = shuffled(tls12, count, static_cast<unsigned>(count + reads));
        whole.suites[tls10] = shuffled(tls10, count / 2 + 1, 7);
        PaperEndpoint server = whole;
        server.quirk = [&](const wire::Hello& hello, int nr) -> std::optional<wire::Answer> {
          wire::Hello seen = hello;
          seen.suites = base::first_of(std::move(seen.suites), reads);
          return whole.answer(seen, nr);
        };
        const auto paper = scan_on_paper(server);
        for (const auto version : {tls10, tls12}) {
          SCOPED_TRACE(testing::Message()
                       << reads << " " << own_order << " " << count << " " << name(version));
          EXPECT_THAT(found(paper.result, version),
                      ::testing::UnorderedElementsAreArray(whole.suites.at(version)));
        }
        EXPECT_THAT(paper.result.gaps, IsEmpty());
      }
}

// As Erlang does: it chooses SRP before RSA_PSK, and dies of it with another alert.
TEST(Course, FindsWhatHidesBehindASuiteThatTheServerCannotDo) {
  PaperEndpoint whole = usual();
  whole.refusal = wire::Refused{71};
  const auto psk = named({"TLS_RSA_PSK_WITH_AES_128_CBC_SHA", "TLS_RSA_PSK_WITH_AES_256_CBC_SHA"});
  whole.suites[tls12].insert(whole.suites[tls12].end(), psk.begin(), psk.end());
  PaperEndpoint server = whole;
  server.quirk = [&](const wire::Hello& hello, int nr) -> std::optional<wire::Answer> {
    const auto is_srp = [](auto suite) {
      return crypto::find(suite)->kx == crypto::KeyExchange::srp;
    };
    wire::Hello without = hello;
    without.suites = base::without(std::move(without.suites), psk);
    const bool dies = hello.versions.front() == tls12 && std::ranges::any_of(hello.suites, is_srp);
    if (dies && said(whole.answer(without, nr)) == Said::no) return wire::Refused{40};
    return std::nullopt;
  };
  EXPECT_EQ(found(scan_on_paper(server).result, tls12), whole.suites.at(tls12));
  // The answer to a hello that is too long is no measure: nothing is suspicious here.
  whole.most_suites = 150;
  const int before = scan_on_paper(whole).questions;
  whole.too_long = wire::Refused{50};
  EXPECT_LE(scan_on_paper(whole).questions, before);
}

// As Erlang does; RFC 5288 4 and RFC 5246 A.5 keep such suites to TLS 1.2.
TEST(Course, FindsWhatAVersionShouldNotHave) {
  PaperEndpoint server = usual();
  server.suites[tls10] =
      named({"TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA",
             "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA256"});
  EXPECT_EQ(found(scan_on_paper(server).result, tls10), server.suites[tls10]);
  // Where there are none, they cost one question, or two if a rider was aboard.
  const auto usable = [](auto suite) { return crypto::usable_in(suite, tls10); };
  server.suites[tls10] = base::only(server.suites[tls10], usable);
  const auto without = scan_on_paper(server);
  EXPECT_EQ(found(without.result, tls10), server.suites[tls10]);
  int asked = 0;
  server.quirk = [&](const wire::Hello& hello, int) -> std::optional<wire::Answer> {
    if (hello.versions.front() == tls10 && std::ranges::none_of(hello.suites, usable)) ++asked;
    return std::nullopt;
  };
  scan_on_paper(server);
  EXPECT_THAT(asked, ::testing::AllOf(::testing::Ge(1), ::testing::Le(2)));
}

TEST(Course, KeepsTheCurveOfTheCertificateInTheHello) {
  PaperEndpoint server = usual();
  server.suites[tls12] = named({"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
  server.schemes = schemes_named({"ecdsa_secp256r1_sha256", "ecdsa_sha1"});
  server.curve = crypto::group_named("secp256r1");
  server.groups = groups_named({"x25519", "secp384r1", "secp256r1"});
  const auto seen = scan_on_paper(server).result;
  ASSERT_EQ(seen.schemes12.size(), 1U);
  EXPECT_EQ(seen.schemes12[0].schemes.accepted, server.schemes);
  EXPECT_EQ(base::first_of(seen.groups12.accepted, 2), base::first_of(server.groups, 2));
}

}  // namespace
}  // namespace tlspolicy::scan
