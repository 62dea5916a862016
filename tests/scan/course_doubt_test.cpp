// SPDX-License-Identifier: Apache-2.0
// What a server's silence, its closes, resets and odd answers are taken for; what could not be
// found out is said.
#include <gmock/gmock.h>

#include <random>

#include "base/lists.hpp"
#include "scan/named.hpp"
#include "scan/paper_endpoint.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using enum Protocol;
using ::testing::Contains, ::testing::Field, ::testing::HasSubstr, ::testing::IsEmpty,
    ::testing::Not;

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

// A firewall's limit answers what is accepted as it does what is not, for a while.
TEST(Course, TakesNoResetForARefusalBehindALimit) {
  const PaperEndpoint truth = usual();
  for (int most = 6; most < 70; ++most)
    for (const wire::Answer& limit :
         {wire::Answer(wire::Closed{true}), wire::Answer(wire::Silent{}),
          wire::Answer(wire::Closed{false}), wire::Answer(wire::Refused{80})}) {
      PaperEndpoint server = usual();
      server.quirk = [&](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
        if (nr / most % 2 == 1) return limit;
        return std::nullopt;
      };
      const auto seen = scan_on_paper(server).result;
      const auto holds = [](const auto& list, const auto& all) {
        return !list.whole || list.accepted == all;
      };
      for (const auto version : {tls12, tls13})
        EXPECT_TRUE(holds(find(seen, version)->suites, truth.suites.at(version))) << most;
      EXPECT_TRUE(holds(seen.groups12, truth.groups)) << most;
      EXPECT_TRUE(holds(seen.groups13, truth.groups)) << most;
      for (const auto& one : seen.schemes12) EXPECT_TRUE(holds(one.schemes, truth.schemes)) << most;
    }
}

// A limit on connections at the same time strikes here and there, whatever is asked.  One that
// strikes from the first on, each time, cannot be told from a server that refuses all.
TEST(Course, ClaimsNothingFalseWhereClosesComeByChance) {
  const PaperEndpoint truth = usual();
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    std::minstd_rand random(seed);
    const bool from_first = seed % 2 == 0;
    PaperEndpoint server = usual();
    server.quirk = [&](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
      const bool strikes = random() % 10 < (from_first ? 3 : 3 + seed / 2 % 4);
      if (strikes && (from_first || nr > 12)) return wire::Closed{false};
      return std::nullopt;
    };
    const auto seen = scan_on_paper(server).result;
    for (const auto version : {tls12, tls13}) {
      const auto& suites = find(seen, version)->suites;
      EXPECT_TRUE(!suites.whole || suites.accepted == truth.suites.at(version)) << seed;
      EXPECT_NE(find(seen, version)->accepted, Fact::no) << seed;
    }
    EXPECT_TRUE(!seen.groups13.whole || seen.groups13.accepted == truth.groups) << seed;
    EXPECT_THAT(seen.intolerances, IsEmpty()) << seed;
  }
}

// Round robin over two that do not have the same: what one refuses the other may have.
TEST(Course, ClaimsNothingWhereSeveralServersAnswer) {
  PaperEndpoint old = usual(), server = usual();
  old.suites = {{tls12, named({"TLS_RSA_WITH_AES_256_CBC_SHA"})}};
  server.suites[tls10] = named({"TLS_RSA_WITH_AES_128_CBC_SHA"});
  for (const int turn : {0, 1}) {
    server.quirk = [&](const wire::Hello& hello, int nr) -> std::optional<wire::Answer> {
      if (nr % 2 == turn) return old.answer(hello, nr);
      return std::nullopt;
    };
    const auto seen = scan_on_paper(server).result;
    EXPECT_THAT(seen.gaps, Contains(Field(&Gap::about, HasSubstr("which server"))));
    for (const auto& one : seen.versions) {
      EXPECT_FALSE(one.suites.whole) << name(one.protocol);
      EXPECT_NE(one.accepted, Fact::no) << name(one.protocol);
    }
    EXPECT_THAT(seen.intolerances, IsEmpty());
  }
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

// Each silence costs its time: a firewall that drops whoever came too often is noticed soon.
TEST(Course, StopsWhereNothingIsAnsweredAnyMore) {
  for (const int most : {3, 10, 20}) {
    PaperEndpoint server = usual();
    server.quirk = [&](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
      if (nr > most) return wire::Silent{};
      return std::nullopt;
    };
    const auto seen = scan_on_paper(server);
    EXPECT_LE(seen.questions, most + 30);
    EXPECT_THAT(seen.result.gaps, Contains(Field(&Gap::about, "everything else")));
    EXPECT_FALSE(find(seen.result, tls12)->suites.whole && find(seen.result, tls13)->suites.whole);
  }
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

// A worker that dies, a balancer with a dead server behind it: whichever question meets it.
TEST(Course, IsExactWhicheverOfItsConnectionsGetsLost) {
  PaperEndpoint server = usual();
  server.suites[tls10] = named({"TLS_RSA_WITH_AES_128_CBC_SHA"});
  const auto whole = scan_on_paper(server);
  for (const wire::Answer& loss :
       {wire::Answer(wire::Closed{false}), wire::Answer(wire::Refused{80}),
        wire::Answer(wire::Closed{true})})
    for (int lost = 1; lost <= whole.questions; ++lost) {
      server.quirk = [&](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
        if (nr == lost) return loss;
        return std::nullopt;
      };
      const auto seen = scan_on_paper(server).result;
      EXPECT_THAT(seen.gaps, IsEmpty()) << lost << describe(loss);
      EXPECT_THAT(seen.intolerances, IsEmpty()) << lost << describe(loss);
      for (const auto& one : whole.result.versions) {
        const auto& other = *find(seen, one.protocol);
        EXPECT_EQ(other.accepted, one.accepted) << lost << describe(loss) << name(one.protocol);
        EXPECT_EQ(other.suites.accepted, one.suites.accepted) << lost << describe(loss);
      }
      EXPECT_EQ(seen.groups13.accepted, whole.result.groups13.accepted) << lost << describe(loss);
    }
}

TEST(Course, DoesNotTakeABalancerWithADeadServerForARefusal) {
  for (const int turn : {0, 1}) {
    PaperEndpoint server = usual();
    server.quirk = [&](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
      if (nr % 2 == turn) return wire::Closed{false};
      return std::nullopt;
    };
    const auto seen = scan_on_paper(server).result;
    EXPECT_EQ(seen.serves, Fact::yes);
    for (const auto version : {tls12, tls13}) {
      const auto& one = *find(seen, version);
      EXPECT_NE(one.accepted, Fact::no) << name(version);
      EXPECT_TRUE(!one.suites.whole || one.suites.accepted == server.suites.at(version));
    }
  }
}

// Middle boxes that break off a hello with a group, or a length, that is new to them.
TEST(Course, CallsNoVersionRefusedThatAPlainClientGets) {
  const auto new_group = *crypto::group_named("X25519MLKEM768");
  const std::vector<std::function<bool(const wire::Hello&)>> dislikes{
      [&](const wire::Hello& hello) { return base::has(hello.groups, new_group); },
      [](const wire::Hello& hello) { return hello.groups.size() > 4; },
      [](const wire::Hello& hello) { return wire::client_hello(hello).size() > 300; }};
  for (const auto& dislike : dislikes)
    for (const wire::Answer& how :
         {wire::Answer(wire::Closed{false}), wire::Answer(wire::Refused{40}),
          wire::Answer(wire::Refused{80})}) {
      PaperEndpoint server = usual();
      server.suites[tls10] = named({"TLS_RSA_WITH_AES_128_CBC_SHA"});
      server.cannot_bear = dislike;
      server.dislike = how;
      const auto seen = scan_on_paper(server).result;
      EXPECT_EQ(seen.serves, Fact::yes);
      for (const auto& [version, suites] : server.suites) {
        const auto& one = *find(seen, version);
        EXPECT_EQ(one.accepted, Fact::yes) << name(version) << describe(how);
        EXPECT_TRUE(!one.suites.whole || one.suites.accepted == suites) << name(version);
      }
      EXPECT_EQ(find(seen, tls11)->accepted, Fact::no);
      EXPECT_TRUE(!seen.groups13.whole || seen.groups13.accepted == server.groups);
      EXPECT_THAT(seen.intolerances, Not(IsEmpty()));
      EXPECT_THAT(seen.gaps, Not(IsEmpty()));
    }
}

// Windows closes on versions that it has not.
TEST(Course, TakesACloseForARefusalWhereItAlwaysComes) {
  PaperEndpoint server = usual();
  server.refusal = wire::Closed{false};
  server.quirk = [](const wire::Hello& hello, int) -> std::optional<wire::Answer> {
    if (hello.versions.front() < tls12) return wire::Closed{false};
    return std::nullopt;
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_THAT(seen.gaps, IsEmpty());
  EXPECT_EQ(find(seen, tls10)->accepted, Fact::no);
  EXPECT_EQ(found(seen, tls12), server.suites.at(tls12));
  EXPECT_TRUE(find(seen, tls12)->suites.whole);
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
    const auto answer = usual().answer(hello, nr);
    return std::holds_alternative<wire::Chosen>(answer) ? answer : wire::Refused{40};
  };
  const auto seen = scan_on_paper(server).result;
  EXPECT_EQ(found(seen, tls13), server.suites.at(tls13));
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
