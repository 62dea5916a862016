// SPDX-License-Identifier: Apache-2.0
// Grades worked by hand from the guide's tables and rules; the sums stand beside each.
#include "scan/grade.hpp"

#include <gmock/gmock.h>

#include "scan/named.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using enum Protocol;
using ::testing::Contains, ::testing::Field, ::testing::HasSubstr, ::testing::Not;

constexpr char kNow[] = "2026-11-26T00:00:00Z";

struct Server {
  std::vector<std::pair<Protocol, crypto::Suites>> versions;
  std::string key = "RSA";
  int bits = 2048;
  std::vector<int> fields = {};
  Order order = Order::server;
};

Endpoint endpoint(const Server& server) {
  Endpoint out;
  out.target = {"www.example.org", {"192.0.2.1", 443, "www.example.org", ""}};
  out.serves = Fact::yes;
  for (const auto protocol : crypto::all_protocols())
    out.versions.push_back({protocol, Fact::no, "", {{}, server.order, true}});
  for (const auto& [protocol, suites] : server.versions) {
    for (auto& version : out.versions)
      if (version.protocol == protocol) {
        version.accepted = Fact::yes;
        version.suites.accepted = suites;
      }
  }
  Certificate leaf;
  leaf.names = {"www.example.org"};
  leaf.key_type = server.key;
  leaf.key_bits = server.bits;
  leaf.signature_hash = "SHA256";
  leaf.not_before = "2026-09-01T00:00:00Z";
  leaf.not_after = "2026-12-01T00:00:00Z";
  out.chains = {{{leaf}, {tls12}}};
  for (const int bits : server.fields) out.fields.push_back({bits, ""});
  return out;
}
Grade grade(const Server& server) { return grade_of(endpoint(server), kNow).value(); }
auto has_reason(const std::string& text) {
  return Contains(Field(&GradeReason::text, HasSubstr(text)));
}

const auto kStrong12 =
    named({"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"});
const auto kStrong13 = named({"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"});

TEST(Grade, AModernServer) {
  // Protocols (100 + 100) / 2 = 100; key exchange 90 (RSA 2048); ciphers (100 + 80) / 2 = 90.
  // 30 + 27 + 36 = 93: A.
  const auto found = grade({{{tls12, kStrong12}, {tls13, kStrong13}}});
  EXPECT_EQ(found.protocol, 100);
  EXPECT_EQ(found.key_exchange, 90);
  EXPECT_EQ(found.cipher, 90);
  EXPECT_DOUBLE_EQ(found.score, 93);
  EXPECT_EQ(found.letter, "A");
}

TEST(Grade, AllThatScoresFullMarks) {
  // RSA 4096: 100.  Only 256 bits: 100.  30 + 30 + 40 = 100.
  const auto found = grade({{{tls13, named({"TLS_AES_256_GCM_SHA384"})}}, "RSA", 4096});
  EXPECT_DOUBLE_EQ(found.score, 100);
  EXPECT_EQ(found.letter, "A");  // A+ needs HSTS, which is not looked at
}

TEST(Grade, WithoutTls13ItIsAMinus) {
  const auto found = grade({{{tls12, kStrong12}}});
  EXPECT_DOUBLE_EQ(found.score, 93);
  EXPECT_EQ(found.letter, "A-");
}

TEST(Grade, OldProtocolsCapItAtB) {
  // Protocols (100 + 90) / 2 = 95: 28.5 + 27 + 36 = 91.5, an A by its score.
  const auto found = grade({{{tls10, named({"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"})},
                             {tls12, kStrong12},
                             {tls13, kStrong13}}});
  EXPECT_EQ(found.protocol, 95);
  EXPECT_DOUBLE_EQ(found.score, 91.5);
  EXPECT_EQ(found.letter, "B");
  EXPECT_THAT(found.reasons, has_reason("TLSv1.0 or TLSv1.1 is accepted"));
}

TEST(Grade, WithoutTls12ItIsAtMostC) {
  // Protocols 90, key exchange 90, ciphers (100 + 80) / 2 = 90: 27 + 27 + 36 = 90.
  const auto found = grade({{{tls10, named({"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                                            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"})}}});
  EXPECT_DOUBLE_EQ(found.score, 90);
  EXPECT_EQ(found.letter, "C");
}

TEST(Grade, Ssl3WithCbcIsC) {
  // Protocols (100 + 80) / 2 = 90: 27 + 27 + 36 = 90.
  const auto found = grade(
      {{{ssl3, named({"TLS_RSA_WITH_AES_128_CBC_SHA"})}, {tls12, kStrong12}, {tls13, kStrong13}}});
  EXPECT_DOUBLE_EQ(found.score, 90);
  EXPECT_EQ(found.letter, "C");
}

TEST(Grade, Ssl2AndSsl3AloneAreF) {
  EXPECT_EQ(grade({{{ssl2, {}}, {tls12, kStrong12}, {tls13, kStrong13}}}).letter, "F");
  EXPECT_EQ(grade({{{ssl3, named({"TLS_RSA_WITH_RC4_128_SHA"})}}}).letter, "F");
}

TEST(Grade, Rc4IsBWithOldAndCWithNewVersions) {
  const auto rc4 = named({"TLS_RSA_WITH_RC4_128_SHA"});
  auto both = kStrong12;
  both.push_back(rc4.front());
  EXPECT_EQ(grade({{{tls10, rc4}, {tls12, kStrong12}, {tls13, kStrong13}}}).letter, "B");
  EXPECT_EQ(grade({{{tls12, both}, {tls13, kStrong13}}}).letter, "C");
}

TEST(Grade, SmallBlocksCountUnlessTheyStandLast) {
  auto last = kStrong12, first = named({"TLS_RSA_WITH_3DES_EDE_CBC_SHA"});
  last.push_back(first.front());
  first.insert(first.end(), kStrong12.begin(), kStrong12.end());
  EXPECT_EQ(grade({{{tls12, last}, {tls13, kStrong13}}}).letter, "A");
  EXPECT_EQ(grade({{{tls12, first}, {tls13, kStrong13}}}).letter, "C");
  Server client{{{tls12, last}, {tls13, kStrong13}}};
  client.order = Order::client;
  EXPECT_EQ(grade(client).letter, "C");
}

TEST(Grade, WithoutForwardSecrecyOrAeadItIsB) {
  // No TLS 1.3 either; ciphers 80 alone: 30 + 27 + 32 = 89.
  const auto plain = grade({{{tls12, named({"TLS_RSA_WITH_AES_128_GCM_SHA256"})}}});
  EXPECT_DOUBLE_EQ(plain.score, 89);
  EXPECT_EQ(plain.letter, "B");
  EXPECT_THAT(plain.reasons, has_reason("forward secrecy"));
  const auto cbc = grade({{{tls12, named({"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"})}}});
  EXPECT_EQ(cbc.letter, "B");
  EXPECT_THAT(cbc.reasons, has_reason("AEAD"));
  EXPECT_THAT(cbc.reasons, Not(has_reason("forward secrecy")));
}

TEST(Grade, SmallKeysAndFieldsLowerTheScoreAndCap) {
  // RSA 1024: 80.  30 + 24 + 36 = 90, capped at B.
  const auto small = grade({{{tls12, kStrong12}, {tls13, kStrong13}}, "RSA", 1024});
  EXPECT_DOUBLE_EQ(small.score, 90);
  EXPECT_EQ(small.letter, "B");
  // DH of 512 bits: 40.  30 + 12 + 36 = 78: B.
  const auto field = grade({{{tls12, kStrong12}, {tls13, kStrong13}}, "RSA", 4096, {512}});
  EXPECT_EQ(field.key_exchange, 40);
  EXPECT_DOUBLE_EQ(field.score, 78);
  EXPECT_EQ(field.letter, "B");
  // EC 256 is as strong as RSA 3072: 90.  EC 384 as 7680: 100.
  EXPECT_EQ(grade({{{tls13, kStrong13}}, "EC", 256}).key_exchange, 90);
  EXPECT_EQ(grade({{{tls13, kStrong13}}, "EC", 384}).key_exchange, 100);
}

TEST(Grade, AZeroInOneCategoryIsAZeroInAll) {
  const auto anonymous = grade({{{tls12, named({"TLS_DH_anon_WITH_AES_128_CBC_SHA"})}}});
  EXPECT_EQ(anonymous.key_exchange, 0);
  EXPECT_DOUBLE_EQ(anonymous.score, 0);
  EXPECT_EQ(anonymous.letter, "F");
  const auto null = grade({{{tls12, named({"TLS_RSA_WITH_NULL_SHA"})}}});
  EXPECT_EQ(null.cipher, 0);
  EXPECT_EQ(null.letter, "F");
}

TEST(Grade, ExportSuitesAreWeakInTwoCategories) {
  // Key exchange 40; ciphers (20 + 100) / 2 = 60: 30 + 12 + 24 = 66: B by the score.
  const auto found = grade(
      {{{tls12, named({"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_EXPORT_WITH_RC4_40_MD5"})},
        {tls13, named({"TLS_AES_256_GCM_SHA384"})}}});
  EXPECT_DOUBLE_EQ(found.score, 66);
  EXPECT_EQ(found.if_trusted, "C");  // RC4 with TLS 1.2
}

TEST(Grade, ACertificateThatIsNotTrustedIsT) {
  auto server = endpoint({{{tls12, kStrong12}, {tls13, kStrong13}}});
  server.chains[0].certificates[0].self_signed = true;
  EXPECT_EQ(grade_of(server, kNow)->letter, "T");
  EXPECT_EQ(grade_of(server, kNow)->if_trusted, "A");
  server.chains[0].certificates[0].self_signed = false;
  EXPECT_EQ(grade_of(server, "2026-12-02T00:00:00Z")->letter, "T");
  EXPECT_EQ(grade_of(server, "2026-08-01T00:00:00Z")->letter, "T");
  server.chains[0].staple = {.status = "good"};
  EXPECT_EQ(grade_of(server, kNow)->letter, "A");
  server.chains[0].staple = {.status = "revoked", .revoked = "2026-11-02T03:04:05Z"};
  EXPECT_EQ(grade_of(server, kNow)->letter, "T");
  EXPECT_THAT(grade_of(server, kNow)->reasons, has_reason("revoked on 2026-11-02"));
}

TEST(Grade, ACertificateForAnotherNameIsM) {
  auto server = endpoint({{{tls12, kStrong12}, {tls13, kStrong13}}});
  server.chains[0].certificates[0].names = {"*.example.org"};
  EXPECT_EQ(grade_of(server, kNow)->letter, "A");
  server.chains[0].certificates[0].names = {"*.org", "www.example.com"};
  EXPECT_EQ(grade_of(server, kNow)->letter, "M");
  EXPECT_EQ(grade_of(server, kNow)->if_trusted, "A");
}

// By an address nobody knows which name clients use; what is not held is said.
TEST(Grade, AnAddressIsNoNameButThatIsSaid) {
  auto server = endpoint({{{tls12, kStrong12}, {tls13, kStrong13}}});
  server.target = {"192.0.2.1", {"192.0.2.1", 443, "", ""}};
  const auto found = grade_of(server, kNow).value();
  EXPECT_EQ(found.letter, "A");
  EXPECT_THAT(found.reasons, Contains(Field(&GradeReason::effect, "not held")));
  server.chains[0].certificates[0].names.emplace_back("192.0.2.1");
  EXPECT_THAT(grade_of(server, kNow)->reasons, Not(has_reason("does not name")));
}

TEST(Grade, WhatIsNotJudgedIsSaid) {
  const auto found = grade({{{tls12, kStrong12}, {tls13, kStrong13}}});
  EXPECT_THAT(found.not_judged, Contains(HasSubstr("HSTS")));
  EXPECT_THAT(found.not_judged, Contains("renegotiation"));
  EXPECT_THAT(std::string(kGuide), HasSubstr("our computation"));
}

TEST(Grade, NothingIsGradedWhereNothingServes) {
  Endpoint dead;
  EXPECT_EQ(grade_of(dead, kNow), std::nullopt);
}

}  // namespace
}  // namespace tlspolicy::scan
