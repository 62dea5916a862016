// SPDX-License-Identifier: Apache-2.0
// Clients on paper: a hello is held against every list, and what did not come is never compliant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expectations.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;
using testing::Contains, testing::ElementsAre, testing::HasSubstr, testing::IsEmpty, testing::Not;

const Client kClient{"postfix-queue", {{"transport", "smtp"}}};

// All that the expectation allows, and a handshake.
probe::Caught inside(const TlsExpectation& e) {
  wire::ClientOffer offer;
  offer.versions = e.protocols;
  offer.lists_versions = true;
  offer.suites = e.tls13_suites;
  offer.suites.insert(offer.suites.end(), e.suites.begin(), e.suites.end());
  offer.groups = e.groups;
  offer.schemes = e.schemes;
  offer.shares = {e.groups.front()};
  return {.offer = offer,
          .id = {},
          .why = {},
          .shook_hands = true,
          .version = Protocol::tls13,
          .suite = e.tls13_suites.front(),
          .taken = true};
}

Verdict judged(const TlsExpectation& e, const probe::Caught& caught) {
  Target one = target({"", 0, "", "smtp"}, e);
  one.client = kClient;
  Means means;
  means.caught = [&](const Client& client, const std::string& preamble) {
    EXPECT_EQ(client, kClient);
    EXPECT_EQ(preamble, "smtp");
    return caught;
  };
  return prove({one}, means).front();
}

TEST(Client, CompliesWhereItsHelloIsWithin) {
  const auto verdict = judged(guarded(), inside(guarded()));
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  EXPECT_TRUE(verdict.serves);
  EXPECT_EQ(verdict.connections, 1);
  EXPECT_THAT(ids(verdict, Outcome::complies),
              ElementsAre("client-handshake", "client-offers-inside"));
  EXPECT_THAT(verdict.seen.protocols, ElementsAre(Protocol::tls12, Protocol::tls13));
}

TEST(Client, TellsWhatItOffersOutsideThePolicyWhereNothingEnforcesIt) {
  TlsExpectation e = guarded();
  e.of_policy.schemes = e.schemes;
  e.schemes.clear();
  auto caught = inside(guarded());
  caught.offer->schemes.push_back(scheme("sha224_rsa"));
  const auto verdict = judged(e, caught);
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  EXPECT_TRUE(beyond_policy(verdict));
  EXPECT_THAT(texts(verdict),
              HasSubstr("offers, outside the policy, the signature scheme sha224_rsa"));
}

TEST(Client, FailsForEachThingThatIsOutside) {
  const std::pair<std::string, void (*)(wire::ClientOffer&)> mistakes[] = {
      {"TLSv1.0", [](auto& offer) { offer.versions.push_back(Protocol::tls10); }},
      {"TLS_RSA_WITH_AES_128_CBC_SHA",
       [](auto& offer) { offer.suites.push_back(suite("TLS_RSA_WITH_AES_128_CBC_SHA")); }},
      {"TLS_AES_128_CCM_SHA256",
       [](auto& offer) { offer.suites.push_back(suite("TLS_AES_128_CCM_SHA256")); }},
      {"secp521r1", [](auto& offer) { offer.groups.push_back(group("secp521r1")); }},
      {"rsa_pkcs1_sha1", [](auto& offer) { offer.schemes.push_back(scheme("rsa_pkcs1_sha1")); }}};
  for (const auto& [name, mistake] : mistakes) {
    auto caught = inside(guarded());
    mistake(*caught.offer);
    const auto verdict = judged(guarded(), caught);
    EXPECT_EQ(verdict.outcome, Outcome::fails) << name;
    ASSERT_EQ(verdict.findings.front().id, "client-offers-outside") << texts(verdict);
    EXPECT_THAT(verdict.findings.front().text, HasSubstr(name));
  }
}

TEST(Client, WhoDidNotComeIsNeverCompliant) {
  const auto verdict = judged(guarded(), {.offer = {}, .id = "client-silent", .why = "late"});
  EXPECT_EQ(verdict.outcome, Outcome::not_proven);
  EXPECT_FALSE(verdict.serves);
  EXPECT_THAT(ids(verdict, Outcome::not_proven), ElementsAre("client-silent"));
  Target one = target({"", 0, "", "smtp"}, TlsExpectation{});
  one.client = kClient;
  EXPECT_EQ(prove({one}, Means{}).front().outcome, Outcome::not_proven);
}

TEST(Client, AHelloWithoutAHandshakeShowsNotThatItWorks) {
  auto caught = inside(guarded());
  caught.shook_hands = false;
  caught.why = "no shared cipher";
  EXPECT_THAT(ids(judged(guarded(), caught), Outcome::not_proven),
              ElementsAre("client-no-handshake"));
  caught.why = "tlsv1 alert unknown ca";
  EXPECT_EQ(judged(guarded(), caught).outcome, Outcome::complies);
}

TEST(Client, AHybridsShareIsHeldAgainstTheOrderOfGroups) {
  auto e = hybrid();  // the hybrid first: so may the share be
  EXPECT_EQ(judged(e, inside(e)).outcome, Outcome::complies);
  std::ranges::rotate(e.groups, e.groups.begin() + 2);
  auto caught = inside(e);
  EXPECT_EQ(judged(e, caught).outcome, Outcome::complies) << texts(judged(e, caught));
  caught.offer->shares = {group("X25519MLKEM768"), group("x25519")};
  EXPECT_THAT(ids(judged(e, caught), Outcome::fails), ElementsAre("client-hybrid-share"));
}

// RFC 5246 E.1: the newest version alone stands in the hello.
TEST(Client, OldVersionsThatAreNotNamedAreNotProvenWhereASuiteFitsThem) {
  auto e = legacy();
  e.protocols = {Protocol::tls12};
  auto caught = inside(e);
  caught.offer->lists_versions = false;
  caught.offer->suites = e.suites;
  EXPECT_THAT(ids(judged(e, caught), Outcome::not_proven), ElementsAre("client-version-unnamed"));
  caught.offer->suites = suites({"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
  EXPECT_EQ(judged(e, caught).outcome, Outcome::complies) << texts(judged(e, caught));
}

TEST(Client, AtUpstreamAHelloIsAllThatIsExpected) {
  const auto verdict = judged(TlsExpectation{}, inside(guarded()));
  EXPECT_EQ(verdict.outcome, Outcome::complies);
  EXPECT_THAT(ids(verdict, Outcome::complies), ElementsAre("serves"));
}

TEST(Client, IsMeasuredByItsHello) {
  Means means;
  means.caught = [](const Client&, const std::string&) { return inside(legacy()); };
  const auto weak = suite("TLS_RSA_WITH_AES_128_CBC_SHA");
  const auto now =
      measure({{{"", 0, "", "smtp"}, {weak}, groups({"x25519", "x448"}), kClient}}, means).front();
  EXPECT_TRUE(now.reachable);
  EXPECT_THAT(now.protocols, Contains(Protocol::tls10));
  EXPECT_THAT(now.suites, Contains(std::pair{Protocol::tls11, weak}));
  EXPECT_THAT(now.suites, Not(Contains(std::pair{Protocol::tls13, weak})));
  EXPECT_THAT(now.groups, ElementsAre(group("x25519")));
  const auto nobody = measure({{{"", 0, "", "smtp"}, {weak}, {}, kClient}}).front();
  EXPECT_FALSE(nobody.reachable);
  EXPECT_THAT(nobody.protocols, IsEmpty());
}

}  // namespace
}  // namespace tlspolicy::prove
