// SPDX-License-Identifier: Apache-2.0
// Manifests are read strictly: every mistake is named with its place.
#include "service/manifest.hpp"

#include <gtest/gtest.h>

#include "service/facts.hpp"

namespace tlspolicy::service {
namespace {

const std::string kWhole = R"(name = "x"
title = "X"
syntax = "apache"
dialect = "openssl"
[[feature]]
name = "new"
program = ">= 2.4.8"
library = ">= 1.1.1"
[[place]]
name = "drop-in"
kind = "drop-in"
path = "/etc/x.conf"
[[set]]
key = "Protocol"
value = "${tls.protocols:apache}"
needs = "new"
enforces = ["protocols"]
[commands]
check = ["x", "-t"]
)";

std::string with(const std::string& from, const std::string& to) {
  std::string out = kWhole;
  out.replace(out.find(from), from.size(), to);
  return out;
}

TEST(Manifest, ReadsRows) {
  const auto manifest = parse_manifest(kWhole, "x.toml");
  ASSERT_TRUE(manifest) << manifest.error().what << manifest.error().where;
  EXPECT_EQ(manifest->sets.at(0).enforces.at(0), "protocols");
  EXPECT_EQ(manifest->limit_s, 30);
}

TEST(Manifest, ReadsClients) {
  const std::string kClient =
      "[[endpoint]]\nclient = \"postfix-queue\"\nname = \"outbound\"\nrows = \"service\"\n"
      "role = { key = \"level\", may = \"outbound.opportunistic\" }\n[commands]";
  const auto manifest = parse_manifest(with("[commands]", kClient), "x.toml");
  ASSERT_TRUE(manifest) << manifest.error().what << manifest.error().where;
  EXPECT_EQ(manifest->endpoints.at(0).roles.at("may"), "outbound.opportunistic");
  for (const auto& [from, to] : {std::pair("postfix-queue", "sendmail"),
                                 std::pair("\"outbound.opportunistic", "\"outwards")}) {
    auto wrong = kClient;
    wrong.replace(wrong.find(from), std::string(from).size(), to);
    EXPECT_FALSE(parse_manifest(with("[commands]", wrong), "x.toml")) << to;
  }
}

TEST(Manifest, RefusesWhatItDoesNotKnow) {
  const std::pair<std::string, std::string> mistakes[] = {
      {"needs = \"new\"", "needs = \"newer\""},
      {"enforces = [\"protocols\"]", "enforces = [\"protocol\"]"},
      {"kind = \"drop-in\"", "kind = \"ldap\""},
      {"dialect = \"openssl\"", "dialect = \"nss\""},
      {"check = ", "chek = "},
      {"needs = \"new\"", "when = \"nss\""},
      {"key = \"Protocol\"", "bounds = \"none\""},
  };
  for (const auto& [from, to] : mistakes) {
    const auto manifest = parse_manifest(with(from, to), "x.toml");
    ASSERT_FALSE(manifest) << to;
    EXPECT_TRUE(manifest.error().where.starts_with("x.toml:")) << manifest.error().where;
  }
}

TEST(Manifest, LeavesTheWordsToTheLibraryAndAsksForItsNameOnlyElsewhere) {
  const std::string library = "[library]\nfile = \"/x\"\n[commands]";
  auto open = with("[commands]", library);
  EXPECT_FALSE(parse_manifest(open, "x.toml"));
  open.replace(open.find("\"openssl\""), 9, "\"library\"");
  const auto manifest = parse_manifest(open, "x.toml");
  ASSERT_TRUE(manifest) << manifest.error().what << manifest.error().where;
  Capability can;
  EXPECT_EQ(dialect_of(*manifest, can), "");
  can.library = "gnutls";
  EXPECT_EQ(dialect_of(*manifest, can), "gnutls");
}

TEST(Manifest, ReadsAnOverrideThatDecidesSeveralDimensions) {
  const auto manifest =
      parse_manifest(with("[commands]",
                          "[[override]]\nkey = \"k\"\nreads = \"gnutls-priority\"\ndimensions = "
                          "[\"suites\", \"opportunistic.groups\"]\n[commands]"),
                     "x.toml");
  ASSERT_TRUE(manifest) << manifest.error().what << manifest.error().where;
  ASSERT_EQ(manifest->overrides.size(), 2U);
  EXPECT_EQ(manifest->overrides[0].reads, "gnutls-priority:suites");
  EXPECT_EQ(manifest->overrides[1].reads, "gnutls-priority:groups");
  EXPECT_EQ(library_question(manifest->overrides[1].reads, "NORMAL"), "priority-groups NORMAL");
}

TEST(Facts, WhatTheProgramResolvesItselfKeepsItsDollarAndItsFactsApart) {
  Facts facts;
  facts.tls.suites = {crypto::suite_named("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256").value()};
  facts.opportunistic.suites = {crypto::suite_named("TLS_RSA_WITH_AES_128_CBC_SHA").value()};
  facts.tls.min_protocol = facts.opportunistic.min_protocol = crypto::Protocol::tls12;
  Capability can;
  can.library_version = "3.0.22";
  const auto out =
      render("$${if x{${tls.suites:openssl}}{${tls.opportunistic.suites:openssl}}}", facts, can);
  ASSERT_TRUE(out) << out.error().what;
  EXPECT_EQ(out->text.substr(0, 10), "${if x{ECD");
  EXPECT_EQ(out->facts.size(), 2U);
  EXPECT_EQ(out->of("suites").said,
            std::vector<std::string>{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
  EXPECT_EQ(out->of("opportunistic.suites").said,
            std::vector<std::string>{"TLS_RSA_WITH_AES_128_CBC_SHA"});
  const auto plain = render("x${tls.suites:openssl}", facts, can);
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->facts.empty());
}

TEST(Manifest, AFeatureAsksForProgramAndLibrary) {
  const auto manifest = *parse_manifest(kWhole, "x.toml");
  const auto v = [](const char* text) { return *base::parse_version(text); };
  EXPECT_TRUE(has_feature(manifest, "new", v("2.4.10"), v("3.0")));
  EXPECT_FALSE(has_feature(manifest, "new", v("2.4.7"), v("3.0")));
  EXPECT_FALSE(has_feature(manifest, "new", v("2.4.10"), v("1.1.0")));
  EXPECT_TRUE(has_feature(manifest, "", v("1"), v("1")));
}

TEST(Manifest, AKeyMayHaveLeadingWords) {
  EXPECT_EQ(value_of("SSLCipherSuite TLSv1.3", "sslciphersuite", {"tlsv1.3", "A:B"}), "A:B");
  EXPECT_EQ(value_of("SSLCipherSuite TLSv1.3", "SSLCipherSuite", {"A:B"}), std::nullopt);
  EXPECT_EQ(value_of("SSLCipherSuite", "SSLCipherSuite", {"A:B"}), "A:B");
}

TEST(Facts, UnknownNamesAreErrors) {
  EXPECT_EQ(render("${tls.suits:openssl}", {}, {}).error().id, "unknown-name");
}

TEST(Readings, ApacheProtocolsFollowModSsl) {
  const auto read = [](const char* value) { return read_value("apache-protocols", value, {}); };
  using Names = std::vector<std::string>;
  EXPECT_EQ(read("all -SSLv3 -TLSv1"), (Names{"TLSv1.1", "TLSv1.2", "TLSv1.3"}));
  EXPECT_EQ(read("TLSv1.3"), Names{"TLSv1.3"});
  EXPECT_EQ(read("-all +TLSv1.2"), Names{"TLSv1.2"});
  EXPECT_EQ(read("TLSv9"), std::nullopt);
}

TEST(Readings, AnSshListRelativeToDefaultsIsNotKnown) {
  EXPECT_EQ(read_value("ssh-list", "+ssh-rsa", {}), std::nullopt);
  EXPECT_EQ(read_value("ssh-list", "a,b", {}), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace tlspolicy::service
