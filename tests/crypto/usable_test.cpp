// SPDX-License-Identifier: Apache-2.0
// Which suite may be negotiated in which version: by rule, and for every suite that the installed
// OpenSSL lists, held against what `openssl ciphers -V -stdname` says about it.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::crypto {
namespace {
using enum Protocol;

std::vector<Protocol> versions(std::string_view name) {
  std::vector<Protocol> out;
  const auto suite = suite_named(name);
  EXPECT_TRUE(suite) << name;
  for (const Protocol protocol : all_protocols())
    if (suite && usable_in(*suite, protocol)) out.push_back(protocol);
  return out;
}
using Versions = std::vector<Protocol>;

TEST(UsableIn, KeepsAeadAndSha2SuitesToTls12) {
  EXPECT_EQ(versions("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), Versions{tls12});
  EXPECT_EQ(versions("TLS_RSA_WITH_AES_256_CCM_8"), Versions{tls12});
  EXPECT_EQ(versions("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"), Versions{tls12});
  EXPECT_EQ(versions("TLS_RSA_WITH_NULL_SHA256"), Versions{tls12});
}
TEST(UsableIn, KeepsTls13SuitesToTls13) {
  EXPECT_EQ(versions("TLS_AES_128_GCM_SHA256"), Versions{tls13});
  EXPECT_EQ(versions("TLS_SHA256_SHA256"), Versions{tls13});
  EXPECT_EQ(versions("TLS_SM4_GCM_SM3"), Versions{tls13});
  EXPECT_EQ(versions("TLS_GOSTR341112_256_WITH_MAGMA_MGM_S"), Versions{tls13});
}
TEST(UsableIn, EndsExportSuitesWithTls10AndDesWithTls11) {
  EXPECT_EQ(versions("TLS_RSA_EXPORT_WITH_RC4_40_MD5"), (Versions{ssl3, tls10}));
  EXPECT_EQ(versions("TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA"), (Versions{ssl3, tls10}));
  EXPECT_EQ(versions("TLS_RSA_WITH_DES_CBC_SHA"), (Versions{ssl3, tls10, tls11}));
  EXPECT_EQ(versions("TLS_RSA_WITH_IDEA_CBC_SHA"), (Versions{ssl3, tls10, tls11}));
}
TEST(UsableIn, LetsOldCbcSuitesThroughFromSsl3AndEllipticOnesFromTls10) {
  EXPECT_EQ(versions("TLS_RSA_WITH_AES_128_CBC_SHA"), (Versions{ssl3, tls10, tls11, tls12}));
  EXPECT_EQ(versions("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"), (Versions{tls10, tls11, tls12}));
  EXPECT_EQ(versions("TLS_PSK_WITH_AES_128_CBC_SHA256"), (Versions{tls10, tls11, tls12}));
}
TEST(UsableIn, KnowsSslv2KindsInSslv2Alone) {
  EXPECT_EQ(versions("SSL_CK_RC4_128_WITH_MD5"), Versions{ssl2});
  EXPECT_FALSE(usable_in(*suite_named("TLS_RSA_WITH_RC4_128_MD5"), ssl2));
}
TEST(UsableIn, NeverHoldsForTheInitialStateOrForWhatIsNoSuite) {
  EXPECT_EQ(versions("TLS_NULL_WITH_NULL_NULL"), Versions{});
  EXPECT_FALSE(usable_in(Suite{0x5600}, tls12));
}
TEST(AnswerableIn, AddsExportAndDesSuitesUpToTls12AndThoseOfTls10InSsl3) {
  int more = 0;
  for (const SuiteInfo& info : all_suites())
    for (const Protocol protocol : all_protocols()) {
      if (usable_in(info.suite, protocol)) {
        EXPECT_TRUE(answerable_in(info.suite, protocol)) << info.name;
      } else if (answerable_in(info.suite, protocol)) {
        const bool as_in_tls10 = protocol == ssl3 && usable_in(info.suite, tls10);
        EXPECT_TRUE(as_in_tls10 || info.bits <= 56 || info.encryption == "IDEA_CBC") << info.name;
        EXPECT_LE(protocol, tls12);
        ++more;
      }
    }
  EXPECT_GT(more, 20);
}

// One row: "0xC0,0x30 - TLS_… - ECDHE-… TLSv1.2 Kx=ECDH Au=RSA Enc=AESGCM(256) Mac=AEAD"
std::vector<std::vector<std::string>> openssl_ciphers() {
  std::vector<std::vector<std::string>> out;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen("openssl ciphers -V -stdname 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'", "r"), pclose);
  std::array<char, 512> line{};
  while (pipe && std::fgets(line.data(), line.size(), pipe.get()))
    out.push_back(base::words(line.data()));
  return out;
}

std::string_view value(std::string_view word) { return word.substr(word.find('=') + 1); }

// OpenSSL's Kx= and Au= words for ours.  "DH" and "ECDH" are ephemeral there.
std::string_view openssl_kx(KeyExchange kx) {
  static const std::map<KeyExchange, std::string_view> kWords{
      {KeyExchange::rsa, "RSA"},        {KeyExchange::dhe, "DH"},
      {KeyExchange::dh_anon, "DH"},     {KeyExchange::ecdhe, "ECDH"},
      {KeyExchange::ecdh_anon, "ECDH"}, {KeyExchange::psk, "PSK"},
      {KeyExchange::dhe_psk, "DHEPSK"}, {KeyExchange::ecdhe_psk, "ECDHEPSK"},
      {KeyExchange::rsa_psk, "RSAPSK"}, {KeyExchange::srp, "SRP"},
      {KeyExchange::tls13, "any"},      {KeyExchange::gost, "GOST"}};
  const auto at = kWords.find(kx);
  return at == kWords.end() ? "?" : at->second;
}
std::string_view openssl_auth(Auth auth) {
  static const std::map<Auth, std::string_view> kWords{
      {Auth::rsa, "RSA"}, {Auth::dss, "DSS"}, {Auth::ecdsa, "ECDSA"}, {Auth::anon, "None"},
      {Auth::psk, "PSK"}, {Auth::srp, "SRP"}, {Auth::tls13, "any"},   {Auth::gost, "GOST01"}};
  const auto at = kWords.find(auth);
  return at == kWords.end() ? "?" : at->second;
}
std::string openssl_mac(std::string_view mac) { return std::string(mac == "SHA" ? "SHA1" : mac); }

// "AESGCM(256)", "Camellia(128)", "CHACHA20/POLY1305(256)", "3DES(168)", "None": OpenSSL counts
// 3DES's key bits, we its strength.
std::string openssl_enc(const SuiteInfo& info) {
  static const std::map<std::string_view, std::string_view> kWords{
      {"CHACHA20_POLY1305", "CHACHA20/POLY1305(256)"},
      {"3DES_EDE_CBC", "3DES(168)"},
      {"NULL", "None"},
      {"DES_CBC", "DES(56)"},
      {"RC4_128", "RC4(128)"},
      {"IDEA_CBC", "IDEA(128)"},
      {"SEED_CBC", "SEED(128)"}};
  if (const auto at = kWords.find(info.encryption); at != kWords.end())
    return std::string(at->second);
  const auto parts = base::split(info.encryption, '_');
  const std::string name = parts[0] == "CAMELLIA" ? "Camellia" : parts[0];
  const std::string mode = parts[2] == "CBC" ? "" : parts[2] + (parts.size() > 3 ? parts[3] : "");
  return name + mode + "(" + parts[1] + ")";
}

TEST(UsableIn, AgreesWithOpensslAboutEverySuiteThatItLists) {
  const auto rows = openssl_ciphers();
  ASSERT_GT(rows.size(), 100U) << "the program openssl is needed";
  const std::map<std::string, Protocol> minimum{{"SSLv3", ssl3},
                                                {"TLSv1", tls10},
                                                {"TLSv1.0", tls10},
                                                {"TLSv1.2", tls12},
                                                {"TLSv1.3", tls13}};
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 10U) << base::join(row, " ");
    const auto suite = suite_named(row[2]);
    ASSERT_TRUE(suite) << row[2];
    const auto* info = find(*suite);
    const auto number = std::stoul(row[0].substr(2, 2) + row[0].substr(7, 2), nullptr, 16);
    EXPECT_EQ(static_cast<unsigned long>(*suite), number) << row[2];
    EXPECT_EQ(openssl_kx(info->kx), value(row[6])) << row[2];
    EXPECT_EQ(openssl_auth(info->auth), value(row[7])) << row[2];
    EXPECT_EQ(openssl_enc(*info), value(row[8])) << row[2];
    EXPECT_EQ(openssl_mac(info->mac), value(row[9])) << row[2];
    ASSERT_TRUE(minimum.contains(row[5])) << row[5];
    for (const Protocol protocol : {ssl3, tls10, tls12, tls13}) {
      const bool last = minimum.at(row[5]) == tls13 ? protocol == tls13 : protocol != tls13;
      EXPECT_EQ(usable_in(*suite, protocol), last && protocol >= minimum.at(row[5]))
          << row[2] << " in " << name(protocol) << ", OpenSSL: from " << row[5];
    }
  }
}
}  // namespace
}  // namespace tlspolicy::crypto
