// SPDX-License-Identifier: Apache-2.0
// The released policies: what they are never changes (golden snapshots), and a newer date is never
// weaker than an older one except where a reason is written down here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "policy/policy.hpp"

namespace tlspolicy::policy {
namespace {
namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const Catalogue& catalogue() {
  static const Catalogue kAll = [] {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(TLSPOLICY_SOURCE "/data/policies"))
      files[entry.path().string()] = slurp(entry.path());
    auto parsed = parse_catalogue(files);
    EXPECT_TRUE(parsed) << parsed.error().where << ": " << parsed.error().what << " ("
                        << parsed.error().remedy << ")";
    return parsed ? *parsed : Catalogue{};
  }();
  return kAll;
}

TEST(Catalogue, HoldsTheReleasedDates) {
  for (const auto id : {"20180330", "20180621", "20181001", "20200510", "20230601", "20261101"}) {
    ASSERT_TRUE(catalogue().contains(id)) << id;
    EXPECT_FALSE(catalogue().at(id).preview) << id;
  }
  EXPECT_TRUE(catalogue().at("20290101").preview);
  ASSERT_NE(newest(catalogue()), nullptr);
  EXPECT_FALSE(newest(catalogue())->preview);
}

// Where refusing means plaintext, no date asks for more than on the other ports.
TEST(Catalogue, AllowsOnPort25WhatItAllowsElsewhere) {
  for (const auto& [id, policy] : catalogue()) {
    const auto& opportunistic = policy.opportunistic.value_or(policy.tls);
    EXPECT_LE(opportunistic.min_protocol, policy.tls.min_protocol) << id;
    EXPECT_LE(opportunistic.rsa_bits, policy.tls.rsa_bits) << id;
    for (const auto suite : policy.tls.suites)
      EXPECT_NE(std::ranges::find(opportunistic.suites, suite), opportunistic.suites.end())
          << id << " " << crypto::name(suite);
  }
}

// A changed snapshot of a released policy is a mistake.  TLSPOLICY_ACCEPT=1 writes it anew.
TEST(Catalogue, IsWhatItsSnapshotsSay) {
  ASSERT_FALSE(catalogue().empty());
  for (const auto& [id, policy] : catalogue()) {
    if (policy.preview) continue;
    const fs::path golden = fs::path(TLSPOLICY_SOURCE "/tests/policy/golden") / (id + ".txt");
    const char* accept = std::getenv("TLSPOLICY_ACCEPT");
    if (accept && std::string_view(accept) == "1") std::ofstream(golden) << print_policy(policy);
    EXPECT_EQ(print_policy(policy), slurp(golden)) << "a released policy never changes";
  }
}

TEST(Catalogue, HasNoSnapshotWithoutItsPolicy) {
  for (const auto& entry : fs::directory_iterator(TLSPOLICY_SOURCE "/tests/policy/golden"))
    EXPECT_TRUE(catalogue().contains(entry.path().stem().string())) << entry.path();
}

TEST(Catalogue, PrintsWhatParsesBackToTheSame) {
  for (const auto& [id, policy] : catalogue()) {
    const auto again = parse_policy(print_policy(policy), id + ".toml");
    ASSERT_TRUE(again) << again.error().what << " " << again.error().where;
    EXPECT_EQ(*again, policy);
  }
}

// Suites that a newer date has and the one before it had not, in [tls], on port 25 or for one
// service; each with its reason.
const std::map<std::string, std::map<std::string, std::string>> kComeBack{
    {"20180621",
     {{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "20180330 knows RSA certificates alone"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "20180330 knows RSA certificates alone"},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "20180330 knows RSA certificates alone"},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "20180330 knows RSA certificates alone"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "20180330 knows RSA certificates alone"},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "20180330 knows RSA certificates alone"},
      {"TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", "slapd's first list of its own"},
      {"TLS_RSA_WITH_AES_256_GCM_SHA384", "slapd's first list of its own"},
      {"TLS_RSA_WITH_AES_256_CBC_SHA256", "slapd's first list of its own"},
      {"TLS_RSA_WITH_AES_256_CBC_SHA", "slapd's first list of its own"},
      {"TLS_RSA_WITH_AES_128_GCM_SHA256", "slapd's first list of its own"},
      {"TLS_RSA_WITH_AES_128_CBC_SHA256", "slapd's first list of its own"}}},
    {"20181001",
     {{"TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", "ejabberd's first list of its own, Dovecot's"},
      {"TLS_RSA_WITH_AES_256_CBC_SHA", "ejabberd's first list of its own, Dovecot's"}}},
    {"20200510",
     {{"TLS_RSA_WITH_AES_256_GCM_SHA384", "NethServer's last string named all of kRSA"},
      {"TLS_RSA_WITH_AES_256_CBC_SHA256", "NethServer's last string named all of kRSA"},
      {"TLS_RSA_WITH_AES_128_GCM_SHA256", "NethServer's last string named all of kRSA"},
      {"TLS_RSA_WITH_AES_128_CBC_SHA256", "NethServer's last string named all of kRSA"}}},
    {"20230601",
     {{"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "OpenSSL 1.0.2 did not have it"},
      {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "OpenSSL 1.0.2 did not have it"},
      {"TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "OpenSSL 1.0.2 did not have it"},
      {"TLS_RSA_WITH_AES_256_CBC_SHA", "on port 25 alone, for peers without AES-128"}}}};

std::set<std::string> added(const crypto::Suites& older, const crypto::Suites& newer) {
  std::set<std::string> out;
  for (const auto suite : newer)
    if (std::ranges::find(older, suite) == older.end()) out.insert(crypto::name(suite));
  return out;
}

void expect_no_weaker(const std::string& id, const Tls& older, const Tls& newer,
                      std::set<std::string>& used) {
  EXPECT_GE(newer.min_protocol, older.min_protocol) << id;
  EXPECT_GE(newer.max_protocol, older.max_protocol) << id;
  EXPECT_GE(newer.rsa_bits, older.rsa_bits) << id;
  EXPECT_GE(newer.ec_bits, older.ec_bits) << id;
  EXPECT_GE(newer.dh_bits, older.dh_bits) << id;
  const auto excepted = kComeBack.find(id);
  for (const auto& name : added(older.suites, newer.suites)) {
    EXPECT_TRUE(excepted != kComeBack.end() && excepted->second.contains(name))
        << id << " adds " << name << " without a reason";
    used.insert(id + name);
  }
  EXPECT_EQ(added(older.tls13_suites, newer.tls13_suites), std::set<std::string>{}) << id;
}

// What holds for a service under a date.
const Tls& tls_of(const Policy& policy, const std::string& service) {
  const auto special = policy.services.find(service);
  return special == policy.services.end() ? policy.tls : special->second;
}

std::set<std::string> services_with_a_section() {
  std::set<std::string> out;
  for (const auto& [id, policy] : catalogue())
    for (const auto& [service, tls] : policy.services) out.insert(service);
  return out;
}

TEST(Catalogue, IsNeverWeakerInANewerDateExceptForAReason) {
  const Policy* older = nullptr;
  std::set<std::string> used, given;
  for (const auto& [id, policy] : catalogue()) {
    if (older) {
      expect_no_weaker(id, older->tls, policy.tls, used);
      expect_no_weaker(id, older->opportunistic.value_or(older->tls),
                       policy.opportunistic.value_or(policy.tls), used);
      for (const auto& service : services_with_a_section())
        expect_no_weaker(id, tls_of(*older, service), tls_of(policy, service), used);
      EXPECT_GE(policy.ssh.rsa_bits, older->ssh.rsa_bits);
    }
    older = &policy;
  }
  for (const auto& [id, reasons] : kComeBack)
    for (const auto& [name, reason] : reasons) given.insert(id + name);
  EXPECT_EQ(used, given) << "a reason for what is not there";
}

TEST(Catalogue, KeepsWeakSuitesToPort25AfterTheLegacyDates) {
  for (const auto& [id, policy] : catalogue()) {
    if (policy.legacy) continue;
    EXPECT_TRUE(policy.services.empty()) << id;
    for (const auto suite : policy.tls.suites) {
      const auto* info = crypto::find(suite);
      EXPECT_TRUE(info->forward_secret && info->aead) << id << " " << info->name;
    }
  }
}

TEST(Catalogue, NeverAllowsWhatDoesNotProtectAtAll) {
  for (const auto& [id, policy] : catalogue()) {
    std::vector<Tls> sections{policy.tls, policy.opportunistic.value_or(policy.tls)};
    for (const auto& [service, tls] : policy.services) sections.push_back(tls);
    for (const auto& tls : sections)
      for (const auto suite : tls.suites) {
        const auto* info = crypto::find(suite);
        EXPECT_GE(info->bits, 128) << id << " " << info->name;
        EXPECT_TRUE(info->auth == crypto::Auth::rsa || info->auth == crypto::Auth::ecdsa)
            << id << " " << info->name;
      }
  }
}

TEST(Catalogue, PutsHybridsFirstIn20261101) {
  const auto& groups = catalogue().at("20261101").tls.groups;
  EXPECT_TRUE(std::ranges::is_sorted(groups, std::ranges::greater{},
                                     [](auto group) { return crypto::find(group)->post_quantum; }));
  EXPECT_EQ(crypto::name(groups.front()), "X25519MLKEM768");
}

TEST(Catalogue, RefusesADateThatStandsInTwoFiles) {
  const std::string text = print_policy(catalogue().at("20261101"));
  const auto both = parse_catalogue({{"a/20261101.toml", text}, {"b/20261101.toml", text}});
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().id, "duplicate-policy");
  EXPECT_EQ(both.error().where, "b/20261101.toml");
  EXPECT_THAT(both.error().what, testing::HasSubstr("a/20261101.toml"));
}

TEST(Catalogue, NeverProposesAPreview) {
  const std::string newest_id = newest(catalogue())->id;
  EXPECT_TRUE(catalogue().rbegin()->second.preview);
  EXPECT_LT(newest_id, catalogue().rbegin()->first);
  EXPECT_EQ(newest({}), nullptr);
}
}  // namespace
}  // namespace tlspolicy::policy
