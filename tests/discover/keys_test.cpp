// SPDX-License-Identifier: Apache-2.0
// Certificates and keys in files: chains with their keys, and what is missing or does not fit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "discover/parts.hpp"
#include "support/fake_host.hpp"

namespace tlspolicy::discover {
namespace {
using testing::ElementsAre, testing::HasSubstr, testing::IsEmpty;

struct Pair {
  std::string key, certificate;  // PEM
};

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

Pair made(const char* curve) {
  using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen(curve), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(X509_new(), &X509_free);
  X509_gmtime_adj(X509_getm_notBefore(leaf.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(leaf.get()), 3600);
  X509_set_pubkey(leaf.get(), key.get());
  X509_sign(leaf.get(), key.get(), EVP_sha256());
  const Bio for_key(BIO_new(BIO_s_mem()), &BIO_free), for_leaf(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(for_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(for_leaf.get(), leaf.get());
  return {text_of(for_key.get()), text_of(for_leaf.get())};
}

service::Instance with(std::vector<std::string> certificates,
                       std::vector<service::KeyFile> keys = {}) {
  service::Instance out;
  service::Endpoint endpoint;
  endpoint.certificates = std::move(certificates);
  endpoint.keys = std::move(keys);
  out.endpoints = {std::move(endpoint)};
  return out;
}

TEST(Keys, AFileOfChainsIsReadWholeAndAKeyAloneIsNoFault) {
  const auto a = made("P-256"), b = made("P-384"), c = made("P-521");
  test::FakeHost host;
  host.put("/etc/key.pem", a.key);
  host.put("/etc/chains.pem", a.key + a.certificate + c.certificate + b.key + b.certificate);
  host.put("/etc/usual.pem", a.certificate + b.key + c.certificate);
  auto instance = with({"/etc/key.pem", "/etc/chains.pem"});
  read_certificates(host, {}, instance);
  std::vector<int> bits;
  for (const auto& one : instance.certificates) bits.push_back(one.bits);
  EXPECT_THAT(bits, ElementsAre(256, 384));
  EXPECT_THAT(instance.warnings, IsEmpty());
  EXPECT_THAT(instance.notes, IsEmpty());
  auto usual = with({"/etc/usual.pem"});
  read_certificates(host, {}, usual);
  EXPECT_EQ(usual.certificates.size(), 1U);
}

TEST(Keys, WhatIsMissingIsNamedWithItsSetting) {
  test::FakeHost host;
  auto instance = with({"/etc/none.pem"});
  config::Source setting{"/etc/main.cf", {}};
  setting.setting.key = "smtpd_tls_cert_file";
  setting.setting.args = {"/etc/none.pem"};
  setting.setting.line = 7;
  read_certificates(host, {setting}, instance);
  ASSERT_EQ(instance.warnings.size(), 1U);
  EXPECT_EQ(instance.warnings[0].id, "certificate-missing");
  EXPECT_EQ(instance.warnings[0].where, "/etc/none.pem");
  EXPECT_THAT(instance.warnings[0].remedy, HasSubstr("/etc/main.cf:7: smtpd_tls_cert_file"));
}

TEST(Keys, AKeyThatIsNotThereOrAnotherOnesIsAWarning) {
  const auto a = made("P-256"), b = made("P-256");
  test::FakeHost host;
  host.put("/etc/a.pem", a.certificate);
  host.put("/etc/a.key", a.key);
  host.put("/etc/b.key", b.key);
  const auto warned = [&](const std::string& key) {
    auto instance = with({"/etc/a.pem"}, {{"/etc/a.pem", key, "smtpd_tls_key_file"}});
    read_keys(host, instance);
    return instance.warnings.empty() ? "" : instance.warnings.front().id;
  };
  EXPECT_EQ(warned("/etc/a.key"), "");
  EXPECT_EQ(warned("/etc/b.key"), "key-unfit");
  EXPECT_EQ(warned("/etc/none.key"), "key-missing");
  EXPECT_EQ(warned("/etc/a.pem"), "key-missing");
  host.root = false;  // it could not be read anyway
  EXPECT_EQ(warned("/etc/none.key"), "");
}

}  // namespace
}  // namespace tlspolicy::discover
