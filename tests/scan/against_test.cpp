// SPDX-License-Identifier: Apache-2.0
// Scans held against real policies: what fails, what complies, and what is neither.
#include "scan/against.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using ::testing::Contains, ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty;

policy::Policy real_policy(const std::string& id) {
  std::stringstream text;
  text << std::ifstream(std::string(TLSPOLICY_SOURCE) + "/data/policies/" + id + ".toml").rdbuf();
  return policy::parse_policy(text.str(), id + ".toml").value();
}

Version version(Protocol protocol, Fact accepted, crypto::Suites suites = {}) {
  return {protocol, accepted, "alert 70", {std::move(suites), Order::client, true}};
}
crypto::Suite suite(std::string_view name) { return crypto::suite_named(name).value(); }

// A server that has exactly what [tls] of 20261101 says.
Endpoint exemplary() {
  const auto tls = real_policy("20261101").tls;
  Endpoint out;
  out.target = {"www.example.org", {"192.0.2.1", 443, "www.example.org", ""}};
  out.serves = Fact::yes;
  for (const auto protocol : {Protocol::ssl2, Protocol::ssl3, Protocol::tls10, Protocol::tls11})
    out.versions.push_back(version(protocol, Fact::no));
  out.versions.push_back(version(Protocol::tls12, Fact::yes, tls.suites));
  out.versions.push_back(version(Protocol::tls13, Fact::yes, tls.tls13_suites));
  out.groups13 = {tls.groups, Order::client, true};
  out.groups12 = {{crypto::group_named("x25519").value()}, Order::unknown, true};
  out.schemes12 = {
      {"rsa", {{crypto::scheme_named("rsa_pss_rsae_sha256").value()}, Order::unknown, true}}};
  out.signed13 = {{crypto::scheme_named("rsa_pss_rsae_sha256"), "RSA"}};
  Certificate leaf;
  leaf.key_type = "RSA";
  leaf.key_bits = 2048;
  leaf.signature_hash = "SHA256";
  out.chains = {{{leaf}, {Protocol::tls12, Protocol::tls13}}};
  return out;
}

std::vector<std::string> ids(const Held& held) {
  std::vector<std::string> out;
  for (const auto& one : held.deviations) out.push_back(one.id);
  return out;
}

TEST(Against, WhatHasExactlyThePolicyComplies) {
  const auto held = hold(exemplary(), real_policy("20261101"));
  EXPECT_THAT(held.deviations, IsEmpty());
  EXPECT_EQ(held.outcome, Compliance::complies);
  EXPECT_EQ(held.part, "tls");
  EXPECT_THAT(held.dimensions, ElementsAre("protocols", "suites", "tls13_suites", "groups",
                                           "schemes", "order", "sizes"));
}

TEST(Against, LessThanThePolicyComplies) {
  auto endpoint = exemplary();
  endpoint.versions[4] = version(Protocol::tls12, Fact::no);
  endpoint.groups12 = {};
  endpoint.schemes12.clear();
  EXPECT_EQ(hold(endpoint, real_policy("20261101")).outcome, Compliance::complies);
}

TEST(Against, EachDimensionFailsUnderItsOwnId) {
  struct Row {
    std::string id, dimension;
    void (*spoil)(Endpoint&);
  };
  const std::vector<Row> rows{
      {"protocol-outside", "protocols",
       [](Endpoint& e) { e.versions[3] = version(Protocol::tls11, Fact::yes); }},
      {"suite-outside", "suites",
       [](Endpoint& e) {
         e.versions[4].suites.accepted.push_back(suite("TLS_RSA_WITH_AES_128_GCM_SHA256"));
       }},
      {"tls13-suite-outside", "tls13_suites",
       [](Endpoint& e) {
         e.versions[5].suites.accepted.push_back(suite("TLS_AES_128_CCM_8_SHA256"));
       }},
      {"group-outside", "groups",
       [](Endpoint& e) {
         e.groups12.accepted.push_back(crypto::group_named("sect571r1").value());
       }},
      {"group-outside", "groups",
       [](Endpoint& e) {
         e.groups13.accepted.push_back(crypto::group_named("ffdhe2048").value());
       }},
      {"scheme-outside", "schemes",
       [](Endpoint& e) {
         e.schemes12[0].schemes.accepted.push_back(crypto::scheme_named("rsa_pkcs1_sha1").value());
       }},
      {"certificate-hash", "schemes",
       [](Endpoint& e) { e.chains[0].certificates[0].signature_hash = "SHA1"; }},
      {"order-differs", "order", [](Endpoint& e) { e.versions[4].suites.order = Order::server; }},
      {"dh-too-small", "sizes",
       [](Endpoint& e) {
         e.fields.push_back({1024, ""});
       }},
      {"key-too-small", "sizes", [](Endpoint& e) { e.chains[0].certificates[0].key_bits = 1024; }},
  };
  for (const auto& row : rows) {
    auto endpoint = exemplary();
    row.spoil(endpoint);
    const auto held = hold(endpoint, real_policy("20261101"));
    EXPECT_THAT(ids(held), ElementsAre(row.id));
    EXPECT_EQ(held.deviations.at(0).dimension, row.dimension) << row.id;
    EXPECT_EQ(held.outcome, Compliance::fails) << row.id;
  }
}

TEST(Against, AGapIsNotKnownAndNeverCompliant) {
  const std::vector<void (*)(Endpoint&)> gaps{
      [](Endpoint& e) { e.versions[1] = version(Protocol::ssl3, Fact::unknown); },
      [](Endpoint& e) { e.versions[4].suites.whole = false; },
      [](Endpoint& e) { e.groups12.whole = false; },
      [](Endpoint& e) { e.groups13.whole = false; },
      [](Endpoint& e) { e.schemes12[0].schemes.whole = false; },
      [](Endpoint& e) { e.versions[4].suites.order = Order::unknown; },
      [](Endpoint& e) { e.chains.clear(); },
      [](Endpoint& e) { e.serves = Fact::unknown; },
  };
  for (const auto& gap : gaps) {
    auto endpoint = exemplary();
    gap(endpoint);
    const auto held = hold(endpoint, real_policy("20261101"));
    EXPECT_EQ(held.outcome, Compliance::not_known);
    EXPECT_THAT(ids(held), ElementsAre("scan-not-known"));
  }
}

TEST(Against, WhatFailsStandsBeforeWhatIsNotKnown) {
  auto endpoint = exemplary();
  endpoint.versions[1] = version(Protocol::ssl3, Fact::unknown);
  endpoint.versions[3] = version(Protocol::tls11, Fact::yes);
  EXPECT_THAT(ids(hold(endpoint, real_policy("20261101"))),
              ElementsAre("protocol-outside", "scan-not-known"));
}

TEST(Against, WhereNothingOfThePolicyWorksItFails) {
  auto endpoint = exemplary();
  endpoint.versions[4] = version(Protocol::tls12, Fact::no);
  endpoint.versions[5] = version(Protocol::tls13, Fact::no);
  endpoint.versions[2] = version(Protocol::tls10, Fact::yes);
  EXPECT_THAT(ids(hold(endpoint, real_policy("20261101"))), Contains("nothing-works"));
}

TEST(Against, MailOnPort25FollowsTheOpportunisticPart) {
  auto endpoint = exemplary();
  endpoint.versions[3] =
      version(Protocol::tls11, Fact::yes, {suite("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")});
  endpoint.target.place = {"192.0.2.1", 25, "", "smtp"};
  const auto policy = real_policy("20261101");
  EXPECT_EQ(hold(endpoint, policy).outcome, Compliance::complies);
  EXPECT_EQ(hold(endpoint, policy).part, "tls.opportunistic");
  EXPECT_EQ(hold(endpoint, policy, Part::mandatory).outcome, Compliance::fails);
  endpoint.target.place.port = 587;
  EXPECT_EQ(hold(endpoint, policy).part, "tls");
  EXPECT_EQ(hold(endpoint, policy, Part::opportunistic).outcome, Compliance::complies);
}

TEST(Against, AnEcCertificateAloneDoesNotFitADateThatKnowsRsaAlone) {
  auto endpoint = exemplary();
  endpoint.chains[0].certificates[0].key_type = "EC";
  endpoint.chains[0].certificates[0].key_bits = 256;
  EXPECT_THAT(ids(hold(endpoint, real_policy("20180330"))), Contains("certificate-unfit"));
  auto rsa = exemplary().chains[0];
  endpoint.chains.push_back(rsa);
  EXPECT_THAT(ids(hold(endpoint, real_policy("20180330"))),
              testing::Not(Contains("certificate-unfit")));
}

TEST(Against, AnSshServerIsHeldAgainstTheSshLists) {
  const auto policy = real_policy("20261101");
  Endpoint endpoint;
  endpoint.target.place = {"192.0.2.1", 22, "", "ssh"};
  EXPECT_EQ(hold(endpoint, policy).outcome, Compliance::not_known);
  Ssh ssh;
  ssh.offer.banner = "SSH-2.0-OpenSSH_9.9";
  ssh.offer.kex = policy.ssh.kex;
  ssh.offer.kex.emplace_back("kex-strict-s-v00@openssh.com");
  ssh.offer.host_keys = {"ssh-ed25519"};
  ssh.offer.ciphers_to_client = ssh.offer.ciphers_to_server = policy.ssh.ciphers;
  ssh.offer.macs_to_client = ssh.offer.macs_to_server = policy.ssh.macs;
  endpoint.ssh = ssh;
  endpoint.serves = Fact::yes;
  EXPECT_EQ(hold(endpoint, policy).outcome, Compliance::complies);
  EXPECT_EQ(hold(endpoint, policy).part, "ssh");
  endpoint.ssh->offer.ciphers_to_server.emplace_back("aes128-cbc");
  EXPECT_THAT(ids(hold(endpoint, policy)), ElementsAre("ssh-cipher-outside"));
  endpoint.ssh->offer = ssh.offer;
  endpoint.ssh->server_sig_algs = {"ssh-rsa", "ssh-ed25519"};
  EXPECT_THAT(ids(hold(endpoint, policy)), ElementsAre("ssh-public-key-outside"));
  endpoint.ssh->offer.banner = "SSH-2.0-OpenSSH_9.2p1";  // its announcement is no evidence
  EXPECT_EQ(hold(endpoint, policy).outcome, Compliance::complies);
  endpoint.ssh->host_keys = {{"ssh-rsa", 1024, ""}};
  EXPECT_THAT(ids(hold(endpoint, policy)), ElementsAre("key-too-small"));
}

}  // namespace
}  // namespace tlspolicy::scan
