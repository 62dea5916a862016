// SPDX-License-Identifier: Apache-2.0
// The tables are complete and consistent in themselves: every name maps back to its number, numbers
// are sorted and unique, and what follows from a suite's parts agrees with them.
#include "crypto/terms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

namespace tlspolicy::crypto {
namespace {
using testing::IsNull;

TEST(Protocols, MapBackFromTheirNamesAndStandOldestFirst) {
  ASSERT_EQ(all_protocols().size(), 6U);
  EXPECT_TRUE(std::ranges::is_sorted(all_protocols()));
  for (const Protocol protocol : all_protocols())
    EXPECT_EQ(protocol_named(name(protocol)), protocol) << name(protocol);
  EXPECT_EQ(name(Protocol::tls12), "TLSv1.2");
  EXPECT_EQ(name(Protocol::ssl3), "SSLv3");
  EXPECT_EQ(protocol_named("TLSv1"), std::nullopt);
}

TEST(Suites, MapBackFromTheirNamesAndNumbers) {
  ASSERT_EQ(all_suites().size(), 380U);
  std::set<std::string_view> names;
  for (const SuiteInfo& info : all_suites()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(suite_named(info.name), info.suite) << info.name;
    EXPECT_EQ(find(info.suite), &info) << info.name;
    EXPECT_EQ(name(info.suite), info.name);
  }
}

TEST(Suites, AreSortedByNumber) {
  EXPECT_TRUE(std::ranges::is_sorted(all_suites(), std::ranges::less{}, &SuiteInfo::suite));
}

TEST(Suites, LeaveOutTheSignallingValues) {
  EXPECT_THAT(find(Suite{0x00FF}), IsNull());
  EXPECT_THAT(find(Suite{0x5600}), IsNull());
  EXPECT_EQ(suite_named("TLS_FALLBACK_SCSV"), std::nullopt);
}

TEST(Suites, ThatAreUnknownAreNamedByTheirNumber) {
  EXPECT_EQ(name(Suite{0x1A2B}), "0x1A2B");
  EXPECT_EQ(name(Suite{0x0AFF00}), "0xAFF00");
  EXPECT_EQ(suite_named("TLS_RSA_WITH_NOTHING"), std::nullopt);
}

TEST(Suites, HaveStrengthExactlyWhereTheyEncrypt) {
  for (const SuiteInfo& info : all_suites())
    EXPECT_EQ(info.bits == 0, info.encryption == "NULL") << info.name;
}

TEST(Suites, OfAnonymousOrStaticKeyExchangeAreNeverForwardSecret) {
  for (const SuiteInfo& info : all_suites()) {
    if (info.auth == Auth::anon || info.kx == KeyExchange::rsa || info.kx == KeyExchange::dh ||
        info.kx == KeyExchange::ecdh || info.kx == KeyExchange::psk) {
      EXPECT_FALSE(info.forward_secret) << info.name;
    }
    if (info.kx == KeyExchange::tls13) {
      EXPECT_TRUE(info.forward_secret) << info.name;
    }
  }
}

TEST(Suites, AreSpelledOutInTheirParts) {
  const auto* info = find(Suite{0xC02F});
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->name, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(info->kx, KeyExchange::ecdhe);
  EXPECT_EQ(info->auth, Auth::rsa);
  EXPECT_EQ(info->encryption, "AES_128_GCM");
  EXPECT_EQ(info->mac, "AEAD");
  EXPECT_EQ(info->bits, 128);
  EXPECT_TRUE(info->forward_secret);
  EXPECT_TRUE(info->aead);
  info = find(Suite{0x000A});
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->encryption, "3DES_EDE_CBC");
  EXPECT_EQ(info->bits, 112);
  info = find(Suite{0x0003});
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->kx, KeyExchange::rsa_export);
  EXPECT_EQ(info->bits, 40);
}

TEST(Groups, MapBackFromTheirNamesAndNumbers) {
  std::set<std::string_view> names;
  for (const GroupInfo& info : all_groups()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(group_named(info.name), info.group) << info.name;
    EXPECT_EQ(find(info.group), &info);
    EXPECT_EQ(name(info.group), info.name);
  }
  EXPECT_TRUE(std::ranges::is_sorted(all_groups(), std::ranges::less{}, &GroupInfo::group));
  EXPECT_EQ(group_named("X25519MLKEM768"), Group{0x11EC});
  EXPECT_EQ(group_named("SecP256r1MLKEM768"), Group{0x11EB});
  EXPECT_EQ(group_named("SecP384r1MLKEM1024"), Group{0x11ED});
  EXPECT_EQ(name(Group{0xFF01}), "0xFF01");
}

TEST(Schemes, MapBackFromTheirNamesAndNumbers) {
  std::set<std::string_view> names;
  for (const SchemeInfo& info : all_schemes()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(scheme_named(info.name), info.scheme) << info.name;
    EXPECT_EQ(find(info.scheme), &info);
    EXPECT_EQ(name(info.scheme), info.name);
  }
  EXPECT_TRUE(std::ranges::is_sorted(all_schemes(), std::ranges::less{}, &SchemeInfo::scheme));
  EXPECT_EQ(name(Scheme{0x1234}), "0x1234");
}

// RFC 5246 7.4.1.4.1: the high byte is the hash, the low byte the signature.
TEST(Schemes, OfTls12AreTheirPairOfHashAndSignature) {
  for (const SchemeInfo& info : all_schemes()) {
    const auto number = static_cast<unsigned>(info.scheme);
    if ((number >> 8U) > 6 || (number & 0xFFU) > 3) continue;
    constexpr std::array<std::string_view, 7> kHash{"",       "MD5",    "SHA1",  "SHA224",
                                                    "SHA256", "SHA384", "SHA512"};
    constexpr std::array<std::string_view, 4> kKey{"", "rsa", "dsa", "ecdsa"};
    EXPECT_EQ(info.hash, kHash.at(number >> 8U)) << info.name;
    EXPECT_EQ(info.key, kKey.at(number & 0xFFU)) << info.name;
  }
}

TEST(SshAlgorithms, AreFoundByKindAndNameAndStandOnce) {
  std::set<std::pair<SshKind, std::string_view>> seen;
  for (const SshInfo& info : all_ssh()) {
    EXPECT_TRUE(seen.insert({info.kind, info.name}).second) << info.name;
    EXPECT_EQ(find_ssh(info.kind, info.name), &info) << info.name;
  }
  EXPECT_EQ(find_ssh(SshKind::cipher, "hmac-sha2-256"), nullptr);
  EXPECT_TRUE(find_ssh(SshKind::kex, "mlkem768x25519-sha256")->post_quantum);
}

TEST(Registry, TableIsWhatTheGeneratorWrites) {
  EXPECT_EQ(std::system("python3 " TLSPOLICY_SOURCE "/tools/gen_suites.py --check"), 0);
}
}  // namespace
}  // namespace tlspolicy::crypto
