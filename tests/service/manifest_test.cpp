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

TEST(Manifest, RefusesWhatItDoesNotKnow) {
  const std::pair<std::string, std::string> mistakes[] = {
      {"needs = \"new\"", "needs = \"newer\""},
      {"enforces = [\"protocols\"]", "enforces = [\"protocol\"]"},
      {"kind = \"drop-in\"", "kind = \"ldap\""},
      {"dialect = \"openssl\"", "dialect = \"nss\""},
      {"check = ", "chek = "},
      {"key = \"Protocol\"", "bounds = \"none\""},
  };
  for (const auto& [from, to] : mistakes) {
    const auto manifest = parse_manifest(with(from, to), "x.toml");
    ASSERT_FALSE(manifest) << to;
    EXPECT_TRUE(manifest.error().where.starts_with("x.toml:")) << manifest.error().where;
  }
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
