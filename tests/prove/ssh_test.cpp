// SPDX-License-Identifier: Apache-2.0
// Judging SSH offers: made-up ones here, sshd's own in other_servers_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expectations.hpp"
#include "prove/judge.hpp"

namespace tlspolicy::prove {
namespace {
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

SshExpectation narrow() {
  SshExpectation e;
  e.kex = {"sntrup761x25519-sha512@openssh.com", "curve25519-sha256"};
  e.ciphers = {"aes256-gcm@openssh.com"};
  e.macs = {"hmac-sha2-256-etm@openssh.com"};
  e.host_keys = {"ssh-ed25519", "rsa-sha2-512"};
  return e;
}

wire::SshOffer inside() {
  wire::SshOffer offer;
  offer.banner = "SSH-2.0-paper";
  offer.kex = {"curve25519-sha256", "ext-info-s", "kex-strict-s-v00@openssh.com"};
  offer.host_keys = {"ssh-ed25519"};
  offer.ciphers_to_client = offer.ciphers_to_server = {"aes256-gcm@openssh.com"};
  offer.macs_to_client = offer.macs_to_server = {"hmac-sha2-256-etm@openssh.com"};
  return offer;
}

Verdict verdict_on(const wire::SshAnswer& answer, const SshExpectation& e = narrow(),
                   const std::optional<std::vector<std::string>>& sig_algs = std::nullopt) {
  const Target to{
      .service = "sshd", .endpoint = "sshd:22", .place = {}, .expect = e, .observed = {}};
  return judge(
      to,
      {.answers = {}, .handshakes = {}, .ssh = answer, .ssh_sig_algs = sig_algs, .connections = 1});
}

TEST(JudgeSsh, CompliesInsideAndIgnoresSignals) {
  const Verdict verdict = verdict_on(inside());
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  EXPECT_TRUE(verdict.serves);
}

TEST(JudgeSsh, FailsForEachListAndEachDirection) {
  using Lists = std::vector<std::string> wire::SshOffer::*;
  struct Row {
    Lists list;
    std::string id;
  };
  using Offer = wire::SshOffer;
  for (const Row& row :
       {Row{&Offer::kex, "ssh-kex-outside"}, Row{&Offer::host_keys, "ssh-host-key-outside"},
        Row{&Offer::ciphers_to_client, "ssh-cipher-outside"},
        Row{&Offer::ciphers_to_server, "ssh-cipher-outside"},
        Row{&Offer::macs_to_client, "ssh-mac-outside"},
        Row{&Offer::macs_to_server, "ssh-mac-outside"}}) {
    wire::SshOffer offer = inside();
    (offer.*row.list).push_back("old-sha1");
    EXPECT_THAT(ids(verdict_on(offer), Outcome::fails), ElementsAre(row.id));
  }
}

TEST(JudgeSsh, FailsWhereNothingExpectedIsOffered) {
  wire::SshOffer offer = inside();
  offer.kex = {"ext-info-s"};
  EXPECT_THAT(ids(verdict_on(offer), Outcome::fails), ElementsAre("nothing-works"));
}

TEST(JudgeSsh, HoldsUserKeyAlgorithmsAgainstWhatWasAnnounced) {
  SshExpectation e = narrow();
  e.public_keys = {"ssh-ed25519", "rsa-sha2-512"};
  EXPECT_THAT(ids(verdict_on(inside(), e), Outcome::not_proven),
              ElementsAre("ssh-public-keys-unseen"));
  EXPECT_EQ(verdict_on(inside(), e, {{"ssh-ed25519"}}).outcome, Outcome::complies);
  EXPECT_THAT(ids(verdict_on(inside(), e, {{"ssh-ed25519", "ssh-rsa"}}), Outcome::fails),
              ElementsAre("ssh-public-key-outside"));
  EXPECT_EQ(verdict_on(inside(), e, std::vector<std::string>{}).outcome, Outcome::not_proven);
}

SshExpectation with_settings() {
  SshExpectation e = narrow();
  e.public_keys = {"ssh-ed25519", "rsa-sha2-512"};
  e.rsa_bits = 2048;
  e.blocks = {{"Match User bob (sshd_config:9)", "user=bob"}};
  return e;
}

Verdict verdict_on_settings(const SshExpectation& e,
                            const std::map<std::string, SshEffective>& said) {
  const Target to{
      .service = "sshd", .endpoint = "sshd:22", .place = {}, .expect = e, .observed = {}};
  return judge(to, {.answers = {},
                    .handshakes = {},
                    .ssh = inside(),
                    .ssh_sig_algs = {{"ssh-ed25519"}},
                    .ssh_effective = said,
                    .connections = 1});
}

TEST(JudgeSsh, BelievesSshdWhatItMakesOfAConnectionAndOfEachMatchBlock) {
  const SshEffective good{.public_keys = {"ssh-ed25519"}, .rsa_bits = 2048};
  const auto e = with_settings();
  EXPECT_EQ(verdict_on_settings(e, {{"", good}, {"user=bob", good}}).outcome, Outcome::complies);
  EXPECT_THAT(ids(verdict_on_settings(e, {{"", good}}), Outcome::not_proven),
              ElementsAre("ssh-settings-unseen"));
  EXPECT_THAT(ids(verdict_on_settings(e, {{"user=bob", good}}), Outcome::not_proven),
              ElementsAre("ssh-settings-unseen"));
}

TEST(JudgeSsh, FailsWhereAMatchBlockTakesMore) {
  const SshEffective good{.public_keys = {"ssh-ed25519"}, .rsa_bits = 2048};
  const auto e = with_settings();
  const SshEffective old{.public_keys = {"ssh-ed25519", "ssh-rsa"}, .rsa_bits = 2048};
  EXPECT_THAT(ids(verdict_on_settings(e, {{"", good}, {"user=bob", old}}), Outcome::fails),
              ElementsAre("ssh-public-key-outside"));
  const SshEffective small{.public_keys = {"ssh-ed25519"}, .rsa_bits = 1024};
  EXPECT_THAT(ids(verdict_on_settings(e, {{"", good}, {"user=bob", small}}), Outcome::fails),
              ElementsAre("ssh-rsa-size"));
  EXPECT_THAT(ids(verdict_on_settings(e, {{"", small}, {"user=bob", good}}), Outcome::fails),
              ElementsAre("ssh-rsa-size"));
}

TEST(JudgeSsh, ProvesABlockOnlyByAConnectionForWhichItHolds) {
  const SshEffective good{.public_keys = {"ssh-ed25519"}, .rsa_bits = 2048};
  auto e = with_settings();
  EXPECT_EQ(verdict_on_settings(
                e, {{"", good}, {"user=bob", {.nobody = true, .public_keys = {}, .rsa_bits = {}}}})
                .outcome,
            Outcome::complies);
  e.blocks.front().connection.clear();
  EXPECT_THAT(ids(verdict_on_settings(e, {{"", good}}), Outcome::not_proven),
              ElementsAre("ssh-block-unmet"));
}

TEST(JudgeSsh, AsksOnlyWhetherItServesWhereNothingIsExpected) {
  EXPECT_THAT(ids(verdict_on(inside(), {}), Outcome::complies), ElementsAre("serves"));
  EXPECT_EQ(verdict_on(wire::Silent{}, {}).outcome, Outcome::not_proven);
}

TEST(JudgeSsh, ProvesNothingWithoutAnOffer) {
  for (const wire::SshAnswer& answer :
       {wire::SshAnswer(wire::Silent{}), wire::SshAnswer(wire::Closed{true}),
        wire::SshAnswer(wire::Closed{false}), wire::SshAnswer(wire::Unreachable{"refused"}),
        wire::SshAnswer(wire::Nonsense{"not SSH", {}})}) {
    const Verdict verdict = verdict_on(answer);
    EXPECT_EQ(verdict.outcome, Outcome::not_proven);
    EXPECT_FALSE(verdict.serves);
    EXPECT_EQ(verdict.findings.size(), 1U);
  }
}

}  // namespace
}  // namespace tlspolicy::prove
