// SPDX-License-Identifier: Apache-2.0
// The rules of the proof, each with a server on paper that keeps it and one that does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expectations.hpp"
#include "paper_server.hpp"
#include "prove/terms.hpp"
#include "real_server.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Verdict verdict_on(const PaperServer& server, const TlsExpectation& e) {
  return prove_on_paper(server, e).verdict;
}

std::vector<std::string> failures(const PaperServer& server, const TlsExpectation& e = hybrid()) {
  return ids(verdict_on(server, e), Outcome::fails);
}

TEST(Judge, CompliesWhereTheServerHasExactlyWhatIsExpected) {
  for (const TlsExpectation& e : {hybrid(), guarded(), legacy()}) {
    const Verdict verdict = verdict_on(exactly(e), e);
    EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
    EXPECT_TRUE(verdict.serves);
    EXPECT_LE(verdict.connections, kConnections);
    EXPECT_THAT(
        ids(verdict, Outcome::complies),
        testing::IsSupersetOf({"protocols-refused", "suites-refused", "tls13-suites-refused",
                               "groups-refused", "order-seen", "works", "key-size"}));
  }
}

TEST(Judge, CompliesWhereTheServerHasLessThanIsExpected) {
  PaperServer server = exactly(guarded());
  server.suites = suites({"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
  server.groups = groups({"x25519"});
  const Verdict verdict = verdict_on(server, guarded());
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
}

// A dimension that nothing enforces: what is accepted outside the policy is told, and no fault.
TEST(Judge, TellsWhatIsOutsideThePolicyWhereNothingEnforcesIt) {
  TlsExpectation e = hybrid();
  e.of_policy.schemes = e.schemes;
  e.schemes.push_back(scheme("sha224_rsa"));
  e.of_policy.tls13_suites = e.tls13_suites;
  e.tls13_suites.clear();
  PaperServer server = exactly(e);
  server.tls13_suites = with(e.of_policy.tls13_suites,
                             suites({"TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"}));
  const Verdict verdict = verdict_on(server, e);
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  EXPECT_TRUE(beyond_policy(verdict));
  for (const auto* one :
       {"observed, not enforced: signs with sha224_rsa in TLSv1.2, outside the policy",
        "observed, not enforced: accepts TLS_AES_128_CCM_SHA256 in TLSv1.3, outside the policy",
        "observed, not enforced: accepts TLS_AES_128_CCM_8_SHA256 in TLSv1.3, outside the policy"})
    EXPECT_THAT(texts(verdict), HasSubstr(one));
  EXPECT_LE(verdict.connections, kConnections);

  server.schemes.push_back(scheme("md5_rsa"));  // nobody foresaw that
  EXPECT_THAT(failures(server, e), ElementsAre("scheme-outside"));
  const Verdict within = verdict_on(exactly(hybrid()), hybrid());
  EXPECT_FALSE(beyond_policy(within));
}

TEST(Judge, SaysThatThereMayBeMoreThanItTells) {
  TlsExpectation e = hybrid();
  e.of_policy.groups = groups({"x25519"});
  e.groups.clear();
  PaperServer server = exactly(e);
  server.groups = groups({"x25519", "secp256r1", "secp384r1", "secp521r1"});
  const Verdict few = verdict_on(server, e);
  EXPECT_TRUE(beyond_policy(few)) << texts(few);
  EXPECT_THAT(texts(few), Not(HasSubstr("there may be more")));
  server.groups = with(server.groups, groups({"x448", "ffdhe2048", "ffdhe3072"}));
  const Verdict many = verdict_on(server, e);
  EXPECT_EQ(many.outcome, Outcome::complies) << texts(many);
  EXPECT_THAT(texts(many), HasSubstr("there may be more"));
}

TEST(Judge, FailsForEveryVersionOutside) {
  for (const Protocol version :
       {Protocol::ssl2, Protocol::ssl3, Protocol::tls10, Protocol::tls11}) {
    PaperServer server = exactly(hybrid());
    server.protocols.push_back(version);
    server.suites.push_back(suite("TLS_RSA_WITH_AES_128_CBC_SHA"));
    const Verdict verdict = verdict_on(server, hybrid());
    EXPECT_EQ(verdict.outcome, Outcome::fails);
    EXPECT_THAT(ids(verdict, Outcome::fails), Contains("protocol-outside"));
    EXPECT_THAT(texts(verdict), HasSubstr("accepts " + std::string(name(version)) + " with "));
    EXPECT_THAT(verdict.seen.protocols, Contains(version));
  }
}

TEST(Judge, FailsForANewerVersionThanIsAllowed) {
  TlsExpectation e = hybrid();
  e.protocols = {Protocol::tls12};
  EXPECT_EQ(verdict_on(exactly(e), e).outcome, Outcome::complies)
      << texts(verdict_on(exactly(e), e));
  PaperServer server = exactly(e);
  server.protocols.push_back(Protocol::tls13);
  EXPECT_THAT(failures(server, e), ElementsAre("protocol-outside"));
}

TEST(Judge, HoldsAServerThatMaySpeakTls13Alone) {
  TlsExpectation e = hybrid();
  e.protocols = {Protocol::tls13};
  const Verdict verdict = verdict_on(exactly(e), e);
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  PaperServer server = exactly(e);
  server.protocols.push_back(Protocol::tls12);
  EXPECT_THAT(failures(server, e), Contains("protocol-outside"));
}

TEST(Judge, FailsForASuiteOutside) {
  PaperServer server = exactly(hybrid());
  server.suites.push_back(suite("TLS_RSA_WITH_AES_128_GCM_SHA256"));
  const Verdict verdict = verdict_on(server, hybrid());
  EXPECT_THAT(ids(verdict, Outcome::fails), ElementsAre("suite-outside"));
  EXPECT_THAT(texts(verdict), HasSubstr("accepts TLS_RSA_WITH_AES_128_GCM_SHA256 in TLSv1.2"));
}

TEST(Judge, FailsForASuiteOutsideInAnOlderAllowedVersion) {
  PaperServer server = exactly(legacy());
  server.quirk = [](const wire::Hello& hello) -> std::optional<wire::Answer> {
    const auto des = suite("TLS_RSA_WITH_3DES_EDE_CBC_SHA");
    const bool only_outside = !has(hello.suites, suite("TLS_RSA_WITH_AES_128_CBC_SHA"));
    if (hello.versions != crypto::Protocols{Protocol::tls11} || !only_outside) return std::nullopt;
    return chosen(Protocol::tls11, des);
  };
  EXPECT_THAT(failures(server, legacy()), ElementsAre("suite-outside"));
}

TEST(Judge, FailsForATls13SuiteOutside) {
  PaperServer server = exactly(hybrid());
  server.tls13_suites.push_back(suite("TLS_AES_128_CCM_8_SHA256"));
  EXPECT_THAT(failures(server), ElementsAre("tls13-suite-outside"));
}

TEST(Judge, FailsForAGroupOutside) {
  PaperServer server = exactly(hybrid());
  server.groups.push_back(group("secp521r1"));
  EXPECT_THAT(failures(server), ElementsAre("group-outside"));
}

TEST(Judge, FailsForASchemeOutside) {
  PaperServer server = exactly(hybrid());
  server.schemes.push_back(scheme("rsa_pkcs1_sha1"));
  EXPECT_THAT(failures(server), ElementsAre("scheme-outside"));
}

TEST(Judge, FailsForTheOtherOrder) {
  PaperServer server = exactly(hybrid());
  server.order = policy::Order::server;
  EXPECT_THAT(failures(server), ElementsAre("order-differs"));
  server = exactly(legacy());
  server.order = policy::Order::client;
  EXPECT_THAT(failures(server, legacy()), ElementsAre("order-differs"));
}

TEST(Judge, TakesOneSuiteAloneForNoOrder) {
  PaperServer server = exactly(hybrid());
  server.suites = suites({"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"});
  const Verdict verdict = verdict_on(server, hybrid());
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  EXPECT_THAT(texts(verdict), HasSubstr("one suite alone"));
}

TEST(Judge, FailsForASmallFiniteField) {
  PaperServer server = exactly(guarded());
  server.dh_bits = 1024;
  const Verdict verdict = verdict_on(server, guarded());
  EXPECT_THAT(ids(verdict, Outcome::fails), ElementsAre("dh-too-small"));
  EXPECT_THAT(ids(verdict, Outcome::complies), Not(Contains("dh-size")));
}

wire::Bytes leaf_of(const std::string& kind) { return Certificate(kind).der(); }

TEST(Judge, FailsForASmallKey) {
  PaperServer server = exactly(hybrid());
  server.leaf = leaf_of("rsa:1024");
  EXPECT_THAT(failures(server), ElementsAre("key-too-small"));
  server.leaf = leaf_of("rsa:2048");
  EXPECT_THAT(failures(server), IsEmpty());
  server.key = "EC";
  server.leaf = leaf_of("ec:P-192");
  EXPECT_THAT(failures(server), ElementsAre("key-too-small"));
}

TEST(Judge, FailsForACertificateSignedWithAHashOutside) {
  const Target to = target({}, hybrid());
  Evidence evidence{.answers = prove_on_paper(exactly(hybrid()), hybrid()).answers,
                    .handshakes = {},
                    .ssh = {},
                    .ssh_sig_algs = {},
                    .connections = 0};
  Tried tried{Protocol::tls13, {}};
  tried.handshake.done = true;
  tried.handshake.version = Protocol::tls13;
  tried.handshake.suite = suite("TLS_AES_128_GCM_SHA256");
  tried.handshake.signature_hash = "SHA1";
  evidence.handshakes = {tried};
  EXPECT_THAT(ids(judge(to, evidence), Outcome::fails), ElementsAre("certificate-hash"));
  evidence.handshakes.front().handshake.self_signed = true;
  EXPECT_THAT(ids(judge(to, evidence), Outcome::fails), IsEmpty());
}

TEST(Judge, SeesAGroupOutsideBehindAnEcCertificate) {
  TlsExpectation e = hybrid();
  e.protocols = {Protocol::tls12};
  PaperServer server = exactly(e);
  server.key = "EC";
  server.curve = group("secp256r1");
  server.leaf = leaf_of("ec:P-256");
  EXPECT_EQ(verdict_on(server, e).outcome, Outcome::complies) << texts(verdict_on(server, e));
  server.groups.push_back(group("secp521r1"));
  EXPECT_THAT(failures(server, e), ElementsAre("group-outside"));
  server.curve = group("secp384r1");
  server.leaf = leaf_of("ec:P-384");
  EXPECT_THAT(failures(server, e), ElementsAre("group-outside"));
}

TEST(Judge, DoesNotTakeARefusalBehindAnEcCertificateForEvidence) {
  TlsExpectation e = hybrid();
  e.protocols = {Protocol::tls12};
  PaperServer server = exactly(e);
  server.key = "EC";
  server.curve = group("secp256r1");
  server.leaf = leaf_of("ec:P-256");
  // It takes no hello with one allowed group alone, so the control has to hold them all.
  server.quirk = [](const wire::Hello& hello) -> std::optional<wire::Answer> {
    const bool two = has(hello.groups, group("x25519")) && has(hello.groups, group("secp256r1"));
    return two ? std::nullopt : std::optional<wire::Answer>(wire::Refused{40});
  };
  const Verdict verdict = verdict_on(server, e);
  EXPECT_EQ(verdict.outcome, Outcome::not_proven) << texts(verdict);
  EXPECT_THAT(ids(verdict, Outcome::not_proven), ElementsAre("hidden-by-certificate"));
}

TEST(Judge, FailsWhereAnAllowedVersionDoesNotWork) {
  PaperServer server = exactly(hybrid());
  server.protocols = {Protocol::tls13};
  const Verdict verdict = verdict_on(server, hybrid());
  EXPECT_EQ(verdict.outcome, Outcome::fails) << texts(verdict);
  EXPECT_THAT(ids(verdict, Outcome::fails), ElementsAre("version-broken"));
  EXPECT_TRUE(verdict.serves);
}

TEST(Judge, FailsWhereNothingInsideWorks) {
  PaperServer server = exactly(hybrid());
  server.protocols = {Protocol::tls10};
  server.suites = suites({"TLS_RSA_WITH_AES_128_CBC_SHA"});
  const Verdict verdict = verdict_on(server, hybrid());
  EXPECT_THAT(ids(verdict, Outcome::fails), Contains("protocol-outside"));
  EXPECT_EQ(verdict.outcome, Outcome::fails);
}

TEST(Judge, FailsWhereTheServerStepsDownToAVersionOutside) {
  PaperServer server = exactly(hybrid());
  server.quirk = [](const wire::Hello& hello) -> std::optional<wire::Answer> {
    if (hello.versions != crypto::Protocols{Protocol::tls11}) return std::nullopt;
    return wire::Nonsense{"an older version", Protocol::tls10};
  };
  EXPECT_THAT(failures(server), ElementsAre("protocol-outside"));
}

TEST(Judge, NeverBlamesTheServerForWhatOurLibraryLacks) {
  const Target to = target({}, hybrid());
  Evidence evidence{.answers = prove_on_paper(exactly(hybrid()), hybrid()).answers,
                    .handshakes = {},
                    .ssh = {},
                    .ssh_sig_algs = {},
                    .connections = 0};
  Tried tried{Protocol::tls13, {}};
  tried.handshake.reached_server = false;
  tried.handshake.why = "the local library cannot speak TLSv1.3";
  evidence.handshakes = {tried};
  EXPECT_THAT(ids(judge(to, evidence), Outcome::fails), IsEmpty());
  EXPECT_THAT(texts(judge(to, evidence)), HasSubstr("not proven with this host's own library"));
  tried.handshake.reached_server = true;
  tried.handshake.turned_down = true;
  evidence.handshakes = {tried};
  EXPECT_THAT(ids(judge(to, evidence), Outcome::fails), ElementsAre("nothing-works"));
  evidence.handshakes.front().handshake.groups_left_out = {group("X25519MLKEM768")};
  EXPECT_THAT(ids(judge(to, evidence), Outcome::fails), IsEmpty()) << "it chose the hybrid";
}

TEST(Judge, DoesNotTakeAHandshakeThatWasCutForAFailure) {
  const Target to = target({}, hybrid());
  Evidence evidence{.answers = prove_on_paper(exactly(hybrid()), hybrid()).answers,
                    .handshakes = {},
                    .ssh = {},
                    .ssh_sig_algs = {},
                    .connections = 0};
  Tried tried{Protocol::tls13, {}};
  tried.handshake.why = "the connection was closed or reset";
  evidence.handshakes = {tried};
  const Verdict verdict = judge(to, evidence);
  EXPECT_THAT(ids(verdict, Outcome::fails), IsEmpty());
  EXPECT_THAT(ids(verdict, Outcome::not_proven), Contains("handshake-cut"));
}

TEST(Judge, SaysObservedOfWhatIsNotEnforced) {
  PaperServer server = exactly(hybrid());
  server.groups.push_back(group("secp521r1"));
  const Verdict verdict = prove_on_paper(server, hybrid(), {Dimension::groups}).verdict;
  EXPECT_EQ(verdict.outcome, Outcome::fails);
  EXPECT_THAT(verdict.findings.front().text, testing::StartsWith("observed, not enforced: "));
}

TEST(Judge, SkipsDimensionsOfWhichNothingIsExpected) {
  TlsExpectation e;
  e.protocols = {Protocol::tls12, Protocol::tls13};
  PaperServer server = exactly(hybrid());
  server.suites.push_back(suite("TLS_RSA_WITH_3DES_EDE_CBC_SHA"));
  EXPECT_THAT(failures(server, e), Not(Contains("suite-outside")));
  server.protocols.push_back(Protocol::tls10);
  EXPECT_THAT(failures(server, e), Contains("protocol-outside"));
}

TEST(Judge, AsksOnlyWhetherItServesWhereNothingIsExpected) {
  PaperServer old = exactly(legacy());
  old.protocols = {Protocol::tls10};
  for (const PaperServer& server : {exactly(hybrid()), old}) {
    const Verdict verdict = verdict_on(server, {});
    EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
    EXPECT_THAT(ids(verdict, Outcome::complies), ElementsAre("serves", "works"));
    EXPECT_EQ(verdict.connections, 2);
  }
  PaperServer dead = exactly(hybrid());
  dead.quirk = [](const wire::Hello&) { return wire::Refused{80}; };
  EXPECT_EQ(verdict_on(dead, {}).outcome, Outcome::not_proven);
}

TEST(Judge, SortsTheWorstFindingFirst) {
  PaperServer server = exactly(hybrid());
  server.suites.push_back(suite("TLS_RSA_WITH_AES_128_GCM_SHA256"));
  const Verdict verdict = verdict_on(server, hybrid());
  EXPECT_EQ(verdict.findings.front().outcome, Outcome::fails);
  EXPECT_EQ(verdict.findings.back().outcome, Outcome::complies);
}

TEST(Judge, RemembersThePreferredGroup) {
  EXPECT_EQ(verdict_on(exactly(hybrid()), hybrid()).seen.preferred_group, group("X25519MLKEM768"));
  EXPECT_EQ(verdict_on(exactly(guarded()), guarded()).seen.preferred_group, group("x25519"));
}

}  // namespace
}  // namespace tlspolicy::prove
