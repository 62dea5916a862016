// SPDX-License-Identifier: Apache-2.0
// What a server's silence, its closes, resets and odd answers are taken for; what could not be
// found out is said.
#include <gmock/gmock.h>

#include <random>

#include "base/lists.hpp"
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
