// SPDX-License-Identifier: Apache-2.0
// Whose order decides: the server's, the client's, each a little, or that of who puts ChaCha20
// first.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "base/lists.hpp"
#include "scan/lists.hpp"
#include "scan/named.hpp"
#include "scan/paper_endpoint.hpp"
#include "scan/said.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using enum Protocol;

TEST(Course, SaysWhereTheClientsOrderDecides) {
  auto server = usual();
  server.own_order = false;
  const auto seen = scan_on_paper(server).result;
  for (const auto version : {tls12, tls13}) {
    EXPECT_EQ(find(seen, version)->suites.order, Order::client) << name(version);
    EXPECT_THAT(found(seen, version),
                ::testing::UnorderedElementsAreArray(server.suites.at(version)));
  }
  EXPECT_THAT(seen.groups13.accepted, ::testing::UnorderedElementsAreArray(server.groups));
  EXPECT_THAT(seen.schemes12[0].schemes.accepted,
              ::testing::UnorderedElementsAreArray(server.schemes));
}

// OpenSSL 3.0 asks for the group that it wants most, but takes the first share that it can use.
TEST(Course, ClaimsNoOrderOfGroupsWhereTheClientsSharesDecide) {
  for (const std::size_t count : {2U, 3U})
    for (const bool first_share : {false, true})
      for (const bool own_order : {false, true}) {
        auto server = usual();
        server.own_order = own_order;
        server.takes_first_share = first_share;
        server.groups = base::first_of(server.groups, count);
        const auto seen = scan_on_paper(server).result;
        const auto wanted = !own_order    ? Order::client
                            : first_share ? Order::unknown
                                          : Order::server;
        EXPECT_EQ(seen.groups13.order, wanted) << count << first_share << own_order;
        EXPECT_THAT(seen.groups13.accepted, ::testing::UnorderedElementsAreArray(server.groups));
        EXPECT_THAT(seen.gaps, ::testing::IsEmpty());
      }
}

TEST(Course, ClaimsNoOrderOfGroupsWhereSharesGetNoAnswer) {
  auto server = usual();
  server.quirk = [](const wire::Hello& hello, int) -> std::optional<wire::Answer> {
    if (!hello.shares.empty()) return wire::Silent{};
    return std::nullopt;
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_EQ(seen.groups13.accepted, server.groups);
  EXPECT_EQ(seen.groups13.order, Order::unknown);
}

TEST(Course, SendsNoShareOfAFiniteField) {
  auto server = usual();
  server.groups = groups_named({"x25519", "ffdhe2048", "ffdhe8192", "secp256r1"});
  int shares = 0;
  server.quirk = [&](const wire::Hello& hello, int) -> std::optional<wire::Answer> {
    shares += static_cast<int>(hello.shares.size());
    for (const auto group : hello.shares) EXPECT_TRUE(crypto::find(group)->elliptic) << name(group);
    return std::nullopt;
  };
  EXPECT_EQ(scan_on_paper(server).result.groups13.order, Order::server);
  EXPECT_GT(shares, 0);
}

// Few suites and many schemes, or the other way round: no list ends where another does.
TEST(Course, FindsAllOfEachListWhateverTheLengthOfTheOthers) {
  const auto suites =
      named({"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
             "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
             "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"});
  const auto groups =
      groups_named({"secp384r1", "x25519", "secp256r1", "x448", "secp521r1", "brainpoolP256r1"});
  const auto schemes =
      schemes_named({"rsa_pss_rsae_sha256", "rsa_pkcs1_sha512", "rsa_pkcs1_sha1",
                     "rsa_pkcs1_sha256", "rsa_pss_rsae_sha512", "rsa_pkcs1_sha384"});
  std::mt19937 random(7);
  const auto some = [&](auto all) {
    std::ranges::shuffle(all, random);
    all.resize(1 + random() % all.size());
    return all;
  };
  for (int i = 0; i < 400; ++i) {
    PaperEndpoint server;
    server.own_order = random() % 2 == 0;
    server.suites[tls12] = some(suites);
    if (!base::has(server.suites[tls12], suites.front()))
      server.suites[tls12].push_back(suites.front());
    server.groups = some(groups);
    server.schemes = some(schemes);
    const auto seen = scan_on_paper(server).result;
    ASSERT_THAT(found(seen, tls12), ::testing::UnorderedElementsAreArray(server.suites.at(tls12)));
    ASSERT_THAT(seen.groups12.accepted, ::testing::UnorderedElementsAreArray(server.groups)) << i;
    ASSERT_EQ(seen.schemes12.size(), 1U);
    ASSERT_THAT(seen.schemes12[0].schemes.accepted,
                ::testing::UnorderedElementsAreArray(server.schemes))
        << i << (server.own_order ? " own" : " client's");
    ASSERT_THAT(seen.gaps, ::testing::IsEmpty());
  }
}

// As Go does, and OpenSSL with PrioritizeChaCha.
TEST(Course, SaysWhereAClientMayPutChaCha20First) {
  PaperEndpoint server = usual();
  // More than suites: those that are known are offered again and again.
  server.groups =
      groups_named({"x25519", "secp256r1", "secp384r1", "secp521r1", "x448", "ffdhe2048"});
  server.suites[tls12] =
      named({"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
             "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"});
  server.suites[tls13] =
      named({"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"});
  const PaperEndpoint fixed = server;
  server.quirk = [&](const wire::Hello& hello, int nr) -> std::optional<wire::Answer> {
    const auto mine = server.suites.find(hello.versions.front());
    if (mine == server.suites.end()) return std::nullopt;
    const auto first = std::ranges::find_if(
        hello.suites, [&](auto suite) { return base::has(mine->second, suite); });
    PaperEndpoint other = fixed;
    other.suites = server.suites;
    if (first != hello.suites.end() && layer(*first) != 0)
      for (auto& [version, suites] : other.suites)
        std::ranges::stable_partition(suites, [](auto suite) { return is_chacha20(suite); });
    return other.answer(hello, nr);
  };
  for (const bool newest_alone : {false, true, true}) {
    auto& newest = server.suites[tls13];
    if (newest_alone) server.suites.erase(tls12);
    if (newest_alone) std::swap(newest[0], newest[1]);
    const auto follows = scan_on_paper(server).result;
    EXPECT_EQ(follows.facts.chacha20_by_client, Fact::yes);
    for (const auto& [version, suites] : server.suites) {
      EXPECT_EQ(found(follows, version), suites) << name(version);
      EXPECT_EQ(find(follows, version)->suites.order, Order::server) << name(version);
    }
  }
  EXPECT_EQ(scan_on_paper(fixed).result.facts.chacha20_by_client, Fact::no);
  auto both_sides = fixed;
  both_sides.suites[tls12] =
      named({"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
             "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"});
  EXPECT_EQ(scan_on_paper(both_sides).result.facts.chacha20_by_client, Fact::no);
  auto clients = fixed;
  clients.own_order = false;
  EXPECT_EQ(scan_on_paper(clients).result.facts.chacha20_by_client, Fact::unknown);
}

// The keys by the server's preference, the suites of each by the client's.
TEST(Course, ClaimsNoOrderWhereBothHaveASay) {
  PaperEndpoint server = usual();
  server.own_order = false;
  const auto ecdsa =
      named({"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
             "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"});
  server.suites[tls12] = base::with(server.suites[tls12], ecdsa);
  server.schemes = base::with(schemes_of("rsa"), schemes_of("ecdsa"));
  const PaperEndpoint plain = server;
  server.quirk = [&](const wire::Hello& hello, int nr) -> std::optional<wire::Answer> {
    wire::Hello first = hello;
    first.suites = base::only(first.suites, [&](auto suite) { return base::has(ecdsa, suite); });
    if (hello.versions.front() != tls12 || first.suites.empty()) return std::nullopt;
    const auto answer = plain.answer(first, nr);
    return said(answer) == Said::yes ? std::optional(answer) : std::nullopt;
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_THAT(found(seen, tls12), ::testing::UnorderedElementsAreArray(server.suites.at(tls12)));
  EXPECT_EQ(find(seen, tls12)->suites.order, Order::unknown);
}

}  // namespace
}  // namespace tlspolicy::scan
