// SPDX-License-Identifier: Apache-2.0
// OpenSSL's dialect, with libssl itself as oracle: it reads every word as the code point that we
// meant, and every list as exactly the list and the order that we meant.
#include "dialect/openssl.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "libssl.hpp"

namespace tlspolicy::dialect::openssl {
namespace {
using crypto::Group, crypto::Protocol, crypto::Scheme, crypto::Suite;
using testing::ElementsAre, testing::IsEmpty;

Library version(std::vector<int> parts) { return {{std::move(parts)}, {}, {}, {}}; }
Library installed() { return {libssl_version(), {}, {}, {}}; }

crypto::Suites suites(std::initializer_list<std::string_view> names) {
  crypto::Suites out;
  for (const auto name : names) out.push_back(*crypto::suite_named(name));
  return out;
}

// Every suite up to TLS 1.2 that the installed library has, by its own account.
crypto::Suites of_the_library() {
  return read_by_libssl("ALL:COMPLEMENTOFALL:@SECLEVEL=0").value_or(crypto::Suites{});
}

TEST(OpensslSuites, HaveAWordForEverySuiteThatTheLibraryHas) {
  const auto all = of_the_library();
  ASSERT_GT(all.size(), 100U);
  EXPECT_THAT(cipher_string(all, installed(), -1).unsayable, IsEmpty());
}

TEST(OpensslSuites, AreReadByTheLibraryAsTheCodePointsThatWereMeant) {
  const auto all = of_the_library();
  std::size_t understood = 0;
  for (const auto& info : crypto::all_suites()) {
    if (crypto::usable_in(info.suite, Protocol::tls13)) continue;
    const auto words = cipher_string({info.suite}, installed(), 0);
    if (words.said.empty()) continue;
    const auto read = read_by_libssl(words.text);
    const bool has_it = std::ranges::find(all, info.suite) != all.end();
    EXPECT_EQ(read.has_value(), has_it) << info.name << " as " << words.text;
    if (!read) continue;
    EXPECT_THAT(*read, ElementsAre(info.suite)) << words.text;
    ++understood;
  }
  EXPECT_EQ(understood, all.size());
}

TEST(OpensslSuites, OfTls13AreReadByTheLibraryAsTheCodePointsThatWereMeant) {
  std::size_t understood = 0;
  for (const auto& info : crypto::all_suites()) {
    const auto words = ciphersuites({info.suite}, installed());
    if (words.said.empty()) continue;
    const auto offer = offered_by_libssl({"", words.text, "", "", Protocol::tls13});
    ASSERT_TRUE(offer) << words.text;
    EXPECT_THAT(offer->suites, ElementsAre(info.suite)) << words.text;
    ++understood;
  }
  EXPECT_GE(understood, 5U);
}

TEST(OpensslSuites, KeepTheirOrderInTheLibrary) {
  auto wanted = of_the_library();
  std::ranges::reverse(wanted);
  EXPECT_EQ(read_by_libssl(cipher_string(wanted, installed(), 0).text), wanted);
}

TEST(OpensslSuites, ComeBackAsUnsayableWhereTheVersionHasNoWord) {
  const auto words = cipher_string(suites({"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                                           "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                           "TLS_RSA_WITH_SEED_CBC_SHA", "TLS_AES_128_GCM_SHA256"}),
                                   version({1, 0, 2}), 0);
  EXPECT_EQ(words.text, "ECDHE-RSA-AES128-GCM-SHA256:SEED-SHA");  // and no levels before 1.1.0
  EXPECT_THAT(words.unsayable,
              ElementsAre("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"));
  EXPECT_THAT(words.said,
              ElementsAre("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_SEED_CBC_SHA"));
}

TEST(OpensslSuites, AreSpelledAsTheVersionSpellsThem) {
  const auto triple = suites({"TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"});
  EXPECT_EQ(cipher_string(triple, version({1, 0, 2}), -1).text, "EDH-RSA-DES-CBC3-SHA");
  EXPECT_EQ(cipher_string(triple, version({1, 1, 0}), -1).text, "DHE-RSA-DES-CBC3-SHA");
  const auto fixed = suites({"TLS_ECDH_RSA_WITH_AES_128_CBC_SHA"});
  EXPECT_EQ(cipher_string(fixed, version({1, 0, 2}), -1).text, "ECDH-RSA-AES128-SHA");
  EXPECT_THAT(cipher_string(fixed, version({1, 1, 0}), -1).said, IsEmpty());
}

TEST(OpensslSuites, FollowWhatTheLibraryAnsweredRatherThanItsVersion) {
  Library library = version({3, 0, 22});
  library.suites = {"AES128-SHA"};
  const auto words = cipher_string(
      suites({"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA"}), library, -1);
  EXPECT_EQ(words.text, "AES128-SHA");
  EXPECT_THAT(words.unsayable, ElementsAre("TLS_RSA_WITH_AES_256_CBC_SHA"));
}

TEST(OpensslSuites, NeverLeaveALevelWithoutASuite) {
  EXPECT_EQ(cipher_string({}, installed(), 0).text, "");
}

// What the library offers with one group alone, in TLS 1.2 or, where that is too old, in TLS 1.3.
crypto::Groups groups_read(const std::string& word) {
  for (const auto& [min, max] :
       {std::pair{Protocol::tls12, Protocol::tls12}, std::pair{Protocol::tls13, Protocol::tls13}}) {
    const auto offer = offered_by_libssl({"", "", word, "", min, max});
    if (offer && !offer->groups.empty()) return offer->groups;
  }
  return {};
}

TEST(OpensslGroups, AreReadByTheLibraryAsTheCodePointsThatWereMeant) {
  int understood = 0;
  for (const auto& info : crypto::all_groups()) {
    const auto words = groups({info.group}, installed());
    if (words.said.empty()) continue;
    EXPECT_THAT(groups_read(words.text), ElementsAre(info.group)) << words.text;
    ++understood;
  }
  EXPECT_GE(understood, 35);
}

// Also the other spellings that we read but do not say, as far as this version has them.
TEST(OpensslGroups, AreCalledInEverySpellingThatTheLibraryReads) {
  for (const auto& word : all_group_words()) {
    const auto read = groups_read(word);
    if (read.empty()) continue;
    EXPECT_THAT(read, ElementsAre(*group_called(word))) << word;
  }
  EXPECT_EQ(group_called("P-256"), Group{0x17});
  EXPECT_EQ(group_called("prime256v1"), Group{0x17});
  EXPECT_EQ(group_called("secp256r1"), Group{0x17});
  EXPECT_EQ(group_called("P-255"), std::nullopt);
}

const crypto::Groups kModern{Group{0x11EC}, Group{0x11EB}, Group{0x1D}, Group{0x17}, Group{0x18}};

TEST(OpensslGroups, OfHybridsNeedOpenssl35) {
  const auto old = groups(kModern, version({3, 0, 22}));
  EXPECT_EQ(old.text, "X25519:prime256v1:secp384r1");
  EXPECT_THAT(old.unsayable, ElementsAre("X25519MLKEM768", "SecP256r1MLKEM768"));
  EXPECT_EQ(groups(kModern, version({3, 5, 0})).text,
            "X25519MLKEM768:SecP256r1MLKEM768:X25519:prime256v1:secp384r1");
  EXPECT_EQ(groups(kModern, version({1, 0, 2})).text, "prime256v1:secp384r1");
}

// The fact behind "never say an unknown word".
TEST(OpensslGroups, AreRefusedAsAWholeForOneUnknownWord) {
  EXPECT_FALSE(offered_by_libssl({"", "", "NoSuchGroup:X25519", ""}));
  EXPECT_TRUE(offered_by_libssl({"", "", groups(kModern, installed()).text, ""}));
}

TEST(OpensslSchemes, AreReadByTheLibraryAsTheCodePointsThatWereMeant) {
  int understood = 0;
  for (const auto& info : crypto::all_schemes()) {
    const auto words = schemes({info.scheme}, installed());
    if (words.said.empty()) continue;
    const auto offer =
        offered_by_libssl({"", "", "", words.text, Protocol::tls12, Protocol::tls13});
    ASSERT_TRUE(offer) << words.text;
    EXPECT_THAT(offer->schemes, ElementsAre(info.scheme)) << words.text;
    ++understood;
  }
  EXPECT_GE(understood, 23);
}

// The pairs that 1.0.2 and 1.1.0 are given are read the same way today.
TEST(OpensslSchemes, ForOldVersionsAreReadAsTheSameCodePoints) {
  for (const auto& info : crypto::all_schemes()) {
    const auto words = schemes({info.scheme}, version({1, 0, 2}));
    if (words.said.empty()) continue;
    const auto offer =
        offered_by_libssl({"", "", "", words.text, Protocol::tls12, Protocol::tls13});
    ASSERT_TRUE(offer) << words.text;
    EXPECT_THAT(offer->schemes, ElementsAre(info.scheme)) << words.text;
  }
  EXPECT_EQ(schemes({Scheme{0x0403}, Scheme{0x0401}}, version({1, 0, 2})).text,
            "ECDSA+SHA256:RSA+SHA256");
  EXPECT_THAT(schemes({Scheme{0x0804}}, version({1, 1, 0})).unsayable,
              ElementsAre("rsa_pss_rsae_sha256"));
}

TEST(OpensslSchemes, OfMldsaNeedOpenssl35) {
  EXPECT_THAT(schemes({Scheme{0x0905}}, version({3, 4, 0})).unsayable, ElementsAre("mldsa65"));
  EXPECT_EQ(schemes({Scheme{0x0905}}, version({3, 5, 0})).text, "mldsa65");
}

// Suite by suite: refused at level 2 by the library exactly where we ask for level 0.
TEST(OpensslLevel, IsLoweredExactlyForTheSuitesThatLevel2Refuses) {
  int refused = 0;
  for (const Suite suite : of_the_library()) {
    const auto* info = crypto::find(suite);
    if (info->kx == crypto::KeyExchange::srp) continue;  // needs a client's password to be usable
    const auto at_2 =
        usable_by_libssl(cipher_string({suite}, installed(), 2).text, Protocol::tls12);
    const bool lowered = security_level_for(Protocol::tls12, {suite}, installed()) == 0;
    EXPECT_EQ(at_2.empty(), lowered) << info->name;
    refused += at_2.empty() ? 1 : 0;
    EXPECT_THAT(usable_by_libssl(cipher_string({suite}, installed(), 0).text, Protocol::tls12),
                ElementsAre(suite));
  }
  EXPECT_GT(refused, 10);
}

TEST(OpensslLevel, IsLoweredForTls10OnOpenssl3Alone) {
  const auto cbc = suites({"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"});
  EXPECT_EQ(security_level_for(Protocol::tls10, cbc, version({3, 0, 22})), 0);
  EXPECT_EQ(security_level_for(Protocol::tls11, cbc, version({3, 5, 0})), 0);
  EXPECT_EQ(security_level_for(Protocol::tls12, cbc, version({3, 0, 22})), -1);
  EXPECT_EQ(security_level_for(Protocol::tls10, cbc, version({1, 1, 1})), -1);
  EXPECT_EQ(security_level_for(Protocol::ssl3, cbc, version({1, 1, 1})), 0);
  EXPECT_EQ(security_level_for(Protocol::ssl3, cbc, version({1, 0, 2})), -1);
}

// And the library agrees: what we configure shakes hands, what we would leave out does not.
TEST(OpensslLevel, IsWhatTheLibraryWantsForTls10) {
  const auto cbc = suites({"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"});
  for (const Protocol old : {Protocol::tls10, Protocol::tls11}) {
    EXPECT_TRUE(shakes_hands(cipher_string(cbc, installed(), 0).text, old));
    EXPECT_FALSE(shakes_hands(cipher_string(cbc, installed(), 1).text, old));
  }
  EXPECT_TRUE(shakes_hands(cipher_string(cbc, installed(), 2).text, Protocol::tls12));
}

TEST(OpensslWords, MapBackToWhatTheyMean) {
  for (const auto& word : all_suite_words()) EXPECT_TRUE(suite_called(word)) << word;
  for (const auto& word : all_scheme_words()) EXPECT_TRUE(scheme_called(word)) << word;
  EXPECT_EQ(suite_called("ECDHE-RSA-AES128-GCM-SHA256"), Suite{0xC02F});
  EXPECT_EQ(suite_called("TLS_AES_128_GCM_SHA256"), Suite{0x1301});
  EXPECT_EQ(suite_called("HIGH"), std::nullopt);
  EXPECT_EQ(scheme_called("RSA-PSS+SHA256"), Scheme{0x0804});
}

TEST(OpensslWords, StandForOneTermEach) {
  for (const auto& words : {all_suite_words(), all_group_words(), all_scheme_words()})
    EXPECT_EQ(std::set(words.begin(), words.end()).size(), words.size());
}

TEST(OpensslWords, NameProtocolsAsConfigurationFilesDo) {
  EXPECT_EQ(protocol(Protocol::tls10), "TLSv1");
  EXPECT_EQ(protocol(Protocol::tls12), "TLSv1.2");
  EXPECT_EQ(protocol(Protocol::ssl3), "SSLv3");
}
}  // namespace
}  // namespace tlspolicy::dialect::openssl
