// SPDX-License-Identifier: Apache-2.0
// Whole scans of servers on paper: what they have is found, in their order, with few questions, and
// what could not be found out is said.
#include <gmock/gmock.h>

#include <random>

#include "base/lists.hpp"
#include "scan/lists.hpp"
#include "scan/paper_endpoint.hpp"
#include "scan/said.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol, crypto::Suite, crypto::Suites;
using enum Protocol;
using ::testing::Contains, ::testing::Field, ::testing::HasSubstr, ::testing::IsEmpty,
    ::testing::Not;

Suites named(std::initializer_list<std::string_view> names) {
  Suites out;
  for (const auto one : names) out.push_back(crypto::suite_named(one).value());
  return out;
}
crypto::Groups groups_named(std::initializer_list<std::string_view> names) {
  crypto::Groups out;
  for (const auto one : names) out.push_back(crypto::group_named(one).value());
  return out;
}
crypto::Schemes schemes_named(std::initializer_list<std::string_view> names) {
  crypto::Schemes out;
  for (const auto one : names) out.push_back(crypto::scheme_named(one).value());
  return out;
}

PaperEndpoint usual() {
  PaperEndpoint out;
  out.suites[tls13] = named({"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"});
  out.suites[tls12] =
      named({"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA",
             "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"});
  out.groups = groups_named({"secp384r1", "x25519", "secp256r1"});
  out.schemes = schemes_named({"rsa_pkcs1_sha512", "rsa_pss_rsae_sha256", "rsa_pkcs1_sha1"});
  return out;
}
// Some suites of a version in an order that nobody would guess.
Suites shuffled(Protocol version, std::size_t count, unsigned seed) {
  Suites out = registry(version).ordinary;
  std::mt19937 random(seed);
  std::ranges::shuffle(out, random);
  return base::first_of(std::move(out), count);
}
Suites found(const Endpoint& endpoint, Protocol version) {
  return find(endpoint, version)->suites.accepted;
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

// As Go does, and OpenSSL with PrioritizeChaCha.
TEST(Course, SaysWhereAClientMayPutChaCha20First) {
  PaperEndpoint server = usual();
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
  for (const bool newest_alone : {false, true}) {
    if (newest_alone) server.suites.erase(tls12);
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

// As wolfSSL does; RFC 8446 4.1.4 has the client break off.
TEST(Course, TakesARetryThatChangesNothingForARefusalOfTheGroups) {
  PaperEndpoint server = usual();
  server.quirk = [&](const wire::Hello& hello, int nr) -> std::optional<wire::Answer> {
    const auto answer = usual().answer(hello, nr);
    const bool no_group =
        hello.versions.front() == tls13 &&
        std::ranges::none_of(hello.groups, [&](auto g) { return base::has(server.groups, g); });
    if (no_group) return wire::Nonsense{.why = "a retry", .no_group = true};
    return answer;
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_EQ(seen.groups13.accepted, server.groups);
  EXPECT_TRUE(seen.groups13.whole);
  EXPECT_THAT(seen.gaps, IsEmpty());
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

TEST(Course, TakesSilenceForARefusalOnlyBesideWhatWasAccepted) {
  PaperEndpoint server = usual();
  server.refusal = wire::Silent{};
  const auto quiet = scan_on_paper(server).result;
  EXPECT_EQ(found(quiet, tls12), server.suites.at(tls12));
  EXPECT_TRUE(find(quiet, tls12)->suites.whole);

  server.quirk = [](const wire::Hello& hello, int) -> std::optional<wire::Answer> {
    if (hello.versions.front() == tls10) return wire::Silent{};
    return std::nullopt;
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_EQ(find(seen, tls10)->accepted, Fact::unknown);
  EXPECT_THAT(seen.gaps, Contains(Field(&Gap::about, HasSubstr("TLSv1.0"))));
}

TEST(Course, SaysWhatASilentMomentHides) {
  PaperEndpoint server = usual();
  // A limit on new sessions strikes in the middle and stays.
  server.quirk = [](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
    if (nr > 12) return wire::Closed{true};
    return std::nullopt;
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_THAT(seen.gaps, Not(IsEmpty()));
  EXPECT_FALSE(find(seen, tls12)->suites.whole);
}

TEST(Course, DistrustsClosesWhenInTheEndNothingIsAcceptedAnyMore) {
  PaperEndpoint server = usual();
  server.quirk = [](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
    if (nr > 12) return wire::Closed{false};
    return std::nullopt;
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_THAT(seen.gaps, Not(IsEmpty()));
  EXPECT_FALSE(find(seen, tls12)->suites.whole);
}

TEST(Course, AsksAgainWhatGotNoAnswerOnce) {
  PaperEndpoint server = usual();
  server.quirk = [](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
    if (nr % 7 == 0) return wire::Closed{true};
    return std::nullopt;
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_EQ(found(seen, tls12), server.suites.at(tls12));
  EXPECT_THAT(seen.gaps, IsEmpty());
}

TEST(Course, StopsSoonWhereNobodyIs) {
  PaperEndpoint nobody;
  nobody.quirk = [](const wire::Hello&, int) { return wire::Unreachable{"Connection refused"}; };
  const auto gone = scan_on_paper(nobody);
  EXPECT_EQ(gone.questions, 2);
  EXPECT_EQ(gone.result.serves, Fact::unknown);
  EXPECT_EQ(gone.result.why, "no connection: Connection refused");

  nobody.quirk = [](const wire::Hello&, int) { return wire::Silent{}; };
  const auto silent = scan_on_paper(nobody);
  EXPECT_LE(silent.questions, 12);
  EXPECT_EQ(silent.result.why, "silence");

  nobody.quirk = [](const wire::Hello&, int) { return wire::Declined{"it says \"454 no\""}; };
  EXPECT_EQ(scan_on_paper(nobody).result.why, "no TLS: it says \"454 no\"");
}

TEST(Course, AsksWithKeySharesWhereAServerCannotAskForThem) {
  PaperEndpoint server = usual();
  server.quirk = [&](const wire::Hello& hello, int nr) -> std::optional<wire::Answer> {
    if (hello.versions.front() != tls13) return std::nullopt;
    if (hello.shares.empty()) return wire::Refused{40};
    PaperEndpoint plain = usual();
    const auto answer = plain.answer(hello, nr);
    const auto* retry = std::get_if<wire::Retry>(&answer);
    if (!retry || !base::has(hello.shares, retry->group)) return wire::Refused{40};
    return wire::Chosen{tls13, retry->suite, retry->group, {}, 0, {}, {}};
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_EQ(found(seen, tls13), server.suites.at(tls13));
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

// A server that answers at random can mislead, but never keep us busy for ever.
TEST(Course, EndsWhateverTheServerSays) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    PaperEndpoint server;
    server.quirk = [&](const wire::Hello& hello, int) -> std::optional<wire::Answer> {
      const auto any = [&](const auto& list) { return list[random() % list.size()]; };
      switch (random() % 9) {
        case 0:
          return wire::Silent{};
        case 1:
          return wire::Closed{random() % 2 == 0};
        case 2:
          return wire::Refused{static_cast<int>(random() % 120)};
        case 3:
          return wire::Nonsense{"noise"};
        case 4:
          return wire::Unreachable{"gone"};
        case 5:
          return wire::Declined{"no"};
        default:
          break;
      }
      if (hello.versions.front() == tls13) return wire::Retry{any(hello.suites), any(hello.groups)};
      wire::Chosen out;
      out.version = hello.versions.front();
      out.suite = any(hello.suites);
      if (!hello.groups.empty() && random() % 2 == 0) out.group = any(hello.groups);
      if (!hello.schemes.empty() && random() % 2 == 0) out.scheme = any(hello.schemes);
      return out;
    };
    EXPECT_LT(scan_on_paper(server).questions, 2'000);
  }
}

}  // namespace
}  // namespace tlspolicy::scan
