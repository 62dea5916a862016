// SPDX-License-Identifier: Apache-2.0
// A refusal is evidence only beside a control; what is not an answer proves nothing; and every
// chain of questions ends within the connections allowed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expectations.hpp"
#include "paper_server.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using Quirk = std::function<std::optional<wire::Answer>(const wire::Hello&)>;

PaperProof proof_with(const Quirk& quirk, const TlsExpectation& e = hybrid()) {
  PaperServer server = exactly(e);
  server.quirk = quirk;
  return prove_on_paper(server, e);
}

Quirk always(const wire::Answer& answer) {
  return [=](const wire::Hello&) { return std::optional(answer); };
}

// Answers so to every hello without anything allowed in it, that is to what should be refused.
Quirk to_tls11(const wire::Answer& answer) {
  return [=](const wire::Hello& hello) -> std::optional<wire::Answer> {
    if (hello.versions != crypto::Protocols{Protocol::tls11}) return std::nullopt;
    return answer;
  };
}

TEST(Control, IsMissingWhereNothingIsAccepted) {
  const PaperProof proof = proof_with(always(wire::Refused{40}));
  EXPECT_THAT(ids(proof.verdict, Outcome::complies), IsEmpty()) << texts(proof.verdict);
  EXPECT_THAT(ids(proof.verdict, Outcome::not_proven), Contains("no-control"));
  EXPECT_FALSE(proof.verdict.serves);
}

TEST(Control, WithoutItARefusalOfOneDimensionIsNotProven) {
  const auto no_hellos_with_all_suites = [](const wire::Hello& hello) {
    const bool big = hello.suites.size() > 60;
    return big ? std::optional<wire::Answer>(wire::Closed{false}) : std::nullopt;
  };
  const PaperProof proof = proof_with(no_hellos_with_all_suites);
  EXPECT_EQ(proof.verdict.outcome, Outcome::not_proven) << texts(proof.verdict);
  EXPECT_THAT(ids(proof.verdict, Outcome::complies),
              testing::IsSupersetOf({"protocols-refused", "groups-refused", "schemes-refused"}));
  for (const Finding& finding : proof.verdict.findings)
    EXPECT_TRUE(finding.outcome == Outcome::complies || finding.dimension == Dimension::suites);
}

TEST(Control, TakesACloseBesideItForARefusal) {
  const PaperProof proof = proof_with(to_tls11(wire::Closed{false}));
  EXPECT_EQ(proof.verdict.outcome, Outcome::complies) << texts(proof.verdict);
}

TEST(Control, NeverTakesSilenceAResetOrNonsenseForARefusal) {
  struct Row {
    wire::Answer answer;
    std::string id;
  };
  for (const Row& row : {Row{wire::Silent{}, "silent"}, Row{wire::Closed{true}, "reset"},
                         Row{wire::Nonsense{"not TLS", {}}, "nonsense"},
                         Row{wire::Unreachable{"refused"}, "unreachable"}}) {
    const PaperProof proof = proof_with(to_tls11(row.answer));
    EXPECT_EQ(proof.verdict.outcome, Outcome::not_proven);
    EXPECT_THAT(ids(proof.verdict, Outcome::not_proven), ElementsAre(row.id));
  }
}

TEST(Control, DoesNotTakeAnAllowedAnswerToAForbiddenHelloForARefusal) {
  const PaperProof proof = proof_with(to_tls11(chosen(Protocol::tls12, hybrid().suites[1])));
  EXPECT_EQ(proof.verdict.outcome, Outcome::not_proven);
  EXPECT_THAT(ids(proof.verdict, Outcome::not_proven), ElementsAre("nonsense"));
}

TEST(Control, WithoutItTheRefusedHelloIsNotEvenSent) {
  TlsExpectation e = legacy();
  PaperServer server = exactly(e);
  server.protocols = {Protocol::tls12, Protocol::tls13};  // no answer in TLS 1.0
  const PaperProof proof = prove_on_paper(server, e);
  EXPECT_THAT(ids(proof.verdict, Outcome::not_proven), Contains("no-control"));
  for (const Claim& claim : questions(e, proof.answers).claims)
    if (claim.dimension == Dimension::suites && !accepted(claim.control, proof.answers)) {
      EXPECT_EQ(answer_to(claim.forbidden, proof.answers), nullptr);
    }
}

TEST(Control, OfAVersionMayBeASteppingDownInsideTheExpectation) {
  TlsExpectation e = legacy();
  e.protocols = {Protocol::tls10, Protocol::tls12, Protocol::tls13};
  const PaperProof proof = prove_on_paper(exactly(e), e);
  EXPECT_EQ(proof.verdict.outcome, Outcome::complies) << texts(proof.verdict);
}

TEST(Control, OfSslv2IsAnotherHello) {
  const PaperProof proof = prove_on_paper(exactly(hybrid()), hybrid());
  EXPECT_THAT(texts(proof.verdict), testing::HasSubstr("SSLv2: a close, while the endpoint"));
}

TEST(Questions, EndAfterOneOrTwoWhereNobodyAnswers) {
  for (const wire::Answer& answer :
       {wire::Answer(wire::Unreachable{"refused"}), wire::Answer(wire::Silent{}),
        wire::Answer(wire::Closed{true}), wire::Answer(wire::Nonsense{"SSH-2.0", {}})}) {
    const PaperProof proof = proof_with(always(answer));
    EXPECT_LE(proof.answers.size(), 2U);
    EXPECT_EQ(proof.verdict.outcome, Outcome::not_proven);
    EXPECT_EQ(proof.verdict.findings.size(), 1U) << texts(proof.verdict);
  }
}

TEST(Questions, AreNeverAskedTwice) {
  for (const TlsExpectation& e : {hybrid(), guarded(), legacy()}) {
    const Answers answers = prove_on_paper(exactly(e), e).answers;
    for (std::size_t i = 0; i < answers.size(); ++i)
      EXPECT_EQ(answer_to(answers[i].hello, answers), &answers[i].answer);
  }
}

TEST(Questions, EachForbiddenHelloIsItsControlWithoutWhatIsAllowed) {
  for (const TlsExpectation& e : {hybrid(), guarded(), legacy()}) {
    for (const Claim& claim : questions(e, {}).claims) {
      if (!claim.same_shape) continue;
      EXPECT_THAT(without(claim.forbidden.suites, claim.control.suites), IsEmpty());
      EXPECT_THAT(without(claim.forbidden.groups, claim.control.groups), IsEmpty());
      EXPECT_THAT(without(claim.forbidden.schemes, claim.control.schemes), IsEmpty());
      EXPECT_NE(claim.forbidden, claim.control);
    }
  }
}

TEST(Questions, TogetherHoldEverySuiteOutside) {
  const TlsExpectation e = legacy();
  for (const Protocol version : {Protocol::tls10, Protocol::tls11, Protocol::tls12}) {
    crypto::Suites asked;
    for (const Claim& claim : questions(e, {}).claims)
      if (claim.dimension == Dimension::suites &&
          claim.forbidden.versions == crypto::Protocols{version})
        asked = with(asked, claim.forbidden.suites);
    for (const auto& info : crypto::all_suites()) {
      if (!crypto::answerable_in(info.suite, version)) continue;
      EXPECT_NE(has(asked, info.suite), has(e.suites, info.suite)) << info.name;
    }
  }
}

TEST(Questions, OfVersionsHoldAtMostSixtySuites) {
  for (const TlsExpectation& e : {hybrid(), guarded(), legacy()})
    for (const Claim& claim : questions(e, {}).claims)
      if (claim.dimension == Dimension::protocols) {
        EXPECT_LE(claim.forbidden.suites.size(), 60U);
        EXPECT_LE(claim.control.suites.size(), 60U);
      }
}

// wolfSSL refuses hellos of more than about 150 suites.
TEST(Questions, SplitTheSuitesForAServerThatRefusesManyAtOnce) {
  PaperServer server = exactly(hybrid());
  server.most_suites = 150;
  const PaperProof proof = prove_on_paper(server, hybrid());
  EXPECT_EQ(proof.verdict.outcome, Outcome::complies) << texts(proof.verdict);
  EXPECT_LE(proof.verdict.connections, kConnections);
  server.suites.push_back(suite("TLS_PSK_WITH_AES_128_CCM_8"));
  server.quirk = [](const wire::Hello& hello) -> std::optional<wire::Answer> {
    const auto psk = suite("TLS_PSK_WITH_AES_128_CCM_8");
    if (hello.suites.size() > 150 || !has(hello.suites, psk) ||
        has(hello.suites, hybrid().suites[1]))
      return std::nullopt;
    return chosen(Protocol::tls12, psk);
  };
  EXPECT_THAT(ids(prove_on_paper(server, hybrid()).verdict, Outcome::fails),
              Contains("suite-outside"));
}

TEST(Questions, EndWithinTheConnectionsWhateverIsAnswered) {
  const TlsExpectation every_version = [] {
    TlsExpectation e = legacy();
    e.protocols.insert(e.protocols.begin(), Protocol::ssl3);
    e.schemes = hybrid().schemes;
    return e;
  }();
  for (const TlsExpectation& e : {hybrid(), guarded(), legacy(), every_version}) {
    for (const std::size_t most : {20U, 60U, 100U, 150U, 9'999U}) {
      PaperServer server = exactly(e);
      server.most_suites = most;
      const PaperProof proof = prove_on_paper(server, e);
      EXPECT_LE(proof.verdict.connections, kConnections);
      EXPECT_NE(proof.verdict.outcome, Outcome::fails) << most << texts(proof.verdict);
    }
  }
}

// Answers of every kind at random, but reproducible: no crash, no loop, never "complies" by chance.
TEST(Questions, EndForAServerThatAnswersAtRandom) {
  std::uint64_t state = 1;
  const auto roll = [&] {
    return (state = state * 6364136223846793005U + 1442695040888963407U) >> 33;
  };
  for (int round = 0; round < 60; ++round) {
    const Quirk quirk = [&](const wire::Hello& hello) -> std::optional<wire::Answer> {
      switch (roll() % 8) {
        case 0:
          return wire::Silent{};
        case 1:
          return wire::Closed{true};
        case 2:
          return wire::Closed{false};
        case 3:
          return wire::Refused{40};
        case 4:
          return wire::Nonsense{"random", {}};
        case 5:
          return chosen(hello.versions.front(), hello.suites.back());
        default:
          return std::nullopt;
      }
    };
    const PaperProof proof = proof_with(quirk, round % 2 ? hybrid() : legacy());
    EXPECT_LE(proof.verdict.connections, kConnections);
    EXPECT_NE(proof.verdict.outcome, Outcome::complies);
  }
}

}  // namespace
}  // namespace tlspolicy::prove
