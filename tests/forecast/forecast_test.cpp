// SPDX-License-Identifier: Apache-2.0
// The judgement: by hand for each reason, and by libssl, which makes the handshakes that we only
// foretell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "data.hpp"
#include "libssl_server.hpp"

namespace tlspolicy::forecast {
namespace {
using testing::HasSubstr;

Outcome judged(const std::string& client, const std::string& policy) {
  return judge(shipped_client(client), accepted_by(shipped_policies().at(policy).tls));
}

struct Case {
  const char* client;
  const char* policy;
  const char* result;  // "PROTOCOL SUITE", or the loss's id
};
// What is widely known of these clients (SSL Labs' handshake simulation says the same).
constexpr Case kKnown[] = {
    {"ie6-xp", "20180330", "protocol"},
    {"ie8-xp", "20180330", "suite"},  // RC4 and 3DES are all it has
    {"android-2.3", "20180330", "TLSv1.0 TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
    {"android-2.3", "20200510", "protocol"},
    {"ie10-win7", "20180330", "TLSv1.0 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {"java-6", "20180330", "dh-bits"},
    {"java-7", "20230601", "protocol"},
    {"java-8", "20261101", "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {"ios-6", "20200510", "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    {"ios-6", "20230601", "suite"},
    {"ie11-win7", "20230601", "TLSv1.2 TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
    {"ie11-win7", "20261101", "suite"},
    {"outlook-win7", "20200510", "protocol"},
    {"firefox-31", "20261101", "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {"windows-10", "20261101", "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {"windows-10", "20290101", "protocol"},
    {"openssl-3.0", "20290101", "TLSv1.3 TLS_AES_256_GCM_SHA384"},
};

std::string shown(const Outcome& outcome) {
  if (!outcome.handshake) return outcome.loss.id;
  return std::string(crypto::name(outcome.handshake->protocol)) + " " +
         crypto::name(outcome.handshake->suite);
}

TEST(Forecast, KnowsWhatBecomesOfWellKnownClients) {
  for (const auto& one : kKnown)
    EXPECT_EQ(shown(judged(one.client, one.policy)), one.result)
        << one.client << " under " << one.policy;
}

TEST(Forecast, SaysWhyInWordsThatAnAdministratorCanUse) {
  EXPECT_EQ(judged("outlook-win7", "20261101").loss.why,
            "speaks TLSv1.0 at most; TLSv1.2 is needed");
  EXPECT_EQ(judged("ios-6", "20261101").loss.why, "no suite in common in TLSv1.2");
  EXPECT_EQ(judged("java-6", "20180330").loss.why, "takes DH primes up to 1024 bits, gets 2048");
}

TEST(Forecast, GivesAGroupToEllipticHandshakesAndToNoOther) {
  EXPECT_EQ(judged("openssl-3.0", "20261101").handshake->group, crypto::group_named("x25519"));
  EXPECT_FALSE(judged("ie11-win7", "20230601").handshake->group);
}

TEST(Forecast, LosesAClientThatSharesNoGroupOrNoScheme) {
  auto accepted = accepted_by(shipped_policies().at("20261101").tls);
  accepted.groups = {*crypto::group_named("x448")};
  EXPECT_EQ(judge(shipped_client("windows-10"), accepted).loss.id, "group");
  accepted = accepted_by(shipped_policies().at("20261101").tls);
  accepted.schemes = {*crypto::scheme_named("ed25519")};
  EXPECT_EQ(judge(shipped_client("windows-10"), accepted).loss.id, "scheme");
}

TEST(Forecast, NeedsACertificateThatTheSuiteSignsWith) {
  auto accepted = accepted_by(shipped_policies().at("20261101").tls);
  accepted.rsa = false;
  accepted.ecdsa = true;  // an EC certificate alone, and Internet Explorer 11 on Windows 7 is in
  const auto outcome = judge(shipped_client("ie11-win7"), accepted);
  ASSERT_TRUE(outcome.handshake);
  EXPECT_EQ(crypto::name(outcome.handshake->suite), "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
}

// Java 17 connects so (seen); others have no such suites.
TEST(Forecast, KnowsCertificatesForDsa) {
  Accepted accepted{.protocols = {crypto::Protocol::tls12},
                    .suites = {*crypto::suite_named("TLS_DHE_DSS_WITH_AES_256_GCM_SHA384")},
                    .schemes = {*crypto::scheme_named("sha256_dsa")},
                    .rsa = false,
                    .dss = true};
  EXPECT_EQ(shown(judge(shipped_client("java-17"), accepted)),
            "TLSv1.2 TLS_DHE_DSS_WITH_AES_256_GCM_SHA384");
  EXPECT_EQ(shown(judge(shipped_client("openssl-3.0"), accepted)), "suite");
  accepted.schemes = {*crypto::scheme_named("ecdsa_secp256r1_sha256")};
  EXPECT_EQ(shown(judge(shipped_client("java-17"), accepted)), "scheme");
}

// RFC 8422 5.1; OpenSSL, GnuTLS, Go and Java were seen to be refused so.
TEST(Forecast, NeedsTheCurveOfTheCertificate) {
  auto accepted = accepted_by(shipped_policies().at("20261101").tls);
  accepted.protocols = {crypto::Protocol::tls12};
  accepted.rsa = false;
  accepted.ecdsa = true;
  accepted.curves = {*crypto::group_named("secp256k1")};
  EXPECT_EQ(judge(shipped_client("openssl-3.0"), accepted).loss.why,
            "does not know the curve of the certificate");
  accepted.curves.push_back(*crypto::group_named("secp256r1"));
  EXPECT_TRUE(judge(shipped_client("openssl-3.0"), accepted).handshake);
  accepted.curves = {*crypto::group_named("secp256k1")};
  accepted.rsa = true;  // then it gets that one
  EXPECT_EQ(shown(judge(shipped_client("openssl-3.0"), accepted)),
            "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
}

// Seen: `openssl s_client` 3.0 breaks off ("dh key too small"), gnutls-cli 3.7 does not.
TEST(Forecast, LosesAClientThatFindsThePrimeTooShort) {
  Accepted accepted{.protocols = {crypto::Protocol::tls12},
                    .suites = {*crypto::suite_named("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384")},
                    .schemes = {*crypto::scheme_named("rsa_pss_rsae_sha256")},
                    .dh_bits = 1024};
  EXPECT_EQ(judge(shipped_client("openssl-3.0"), accepted).loss.why,
            "takes DH primes from 2048 bits on, gets 1024");
  EXPECT_TRUE(judge(shipped_client("gnutls-3.7"), accepted).handshake);
  accepted.dh_bits = 2048;
  EXPECT_TRUE(judge(shipped_client("openssl-3.0"), accepted).handshake);
  accepted.dh_bits = 0;  // not known
  EXPECT_TRUE(judge(shipped_client("openssl-3.0"), accepted).handshake);
}

// On port 25 nobody is lost: the mail goes in plaintext, and a mail server is asked for there
// alone.
TEST(Forecast, SaysThatMailServersGoOnInPlaintext) {
  for (const auto& lost : lost_by(shipped_policies().at("20261101"), shipped_clients()))
    EXPECT_EQ(lost.plaintext, lost.use == Use::mta) << lost.client->id;
  const auto lost = lost_by(shipped_policies().at("20261101"), shipped_clients());
  const auto found = [&](const std::string& id, Use use) {
    return std::ranges::any_of(
        lost, [&](const Lost& one) { return one.client->id == id && one.use == use; });
  };
  EXPECT_TRUE(found("exchange-2003", Use::mta));
  EXPECT_FALSE(found("exchange-2010", Use::mta));  // TLS 1.0 with AES is let in there
  EXPECT_TRUE(found("openssl-0.9.8", Use::web));
  EXPECT_FALSE(found("openssl-0.9.8", Use::mta));
}

// A newer date loses whom an older one lost, but for the suites that the older had not; nobody in
// this list comes back.
TEST(Forecast, LosesNoFewerWithEachDate) {
  std::set<std::string> before;
  for (const auto& [id, policy] : shipped_policies()) {
    std::set<std::string> now;
    for (const auto& one : lost_by(policy, shipped_clients()))
      if (one.use == Use::web) now.insert(one.client->id);
    if (id > "20180621") {  // the one before was for RSA certificates alone
      EXPECT_TRUE(std::ranges::includes(now, before)) << id;
    }
    before = std::move(now);
  }
}

// The oracle.  Every client whose offer libssl can make meets a server of libssl with each policy's
// lists and an RSA certificate; whether they shake hands, in which version and with which suite
// must be what was foretold.
TEST(ForecastOracle, AgreesWithLibsslsHandshakes) {
  int compared = 0;
  for (const auto& [id, policy] : shipped_policies())
    for (const auto* tls : {&policy.tls, policy.opportunistic ? &*policy.opportunistic : nullptr}) {
      if (!tls) continue;
      for (const auto& client : shipped_clients()) {
        const auto offer = sayable(client);  // what this libssl can still offer of it
        if (!offer) continue;
        const auto told = judge(*offer, accepted_by(sayable(*tls)));
        const auto seen = handshake(*offer, *tls);
        EXPECT_EQ(told.handshake.has_value(), seen.has_value())
            << client.id << " under " << id << ": " << told.loss.why;
        if (told.handshake && seen) {
          EXPECT_EQ(told.handshake->protocol, seen->protocol) << client.id << " " << id;
          EXPECT_EQ(crypto::name(told.handshake->suite), crypto::name(seen->suite))
              << client.id << " under " << id;
        }
        ++compared;
      }
    }
  EXPECT_GE(compared, 100);
}
}  // namespace
}  // namespace tlspolicy::forecast
