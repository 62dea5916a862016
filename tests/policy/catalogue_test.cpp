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
  for (const auto id : {"20180330", "20230601", "20261101"})
    EXPECT_TRUE(catalogue().contains(id)) << id;
  ASSERT_NE(newest(catalogue()), nullptr);
  EXPECT_FALSE(newest(catalogue())->preview);
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

// Suites that a newer date has and the one before it had not; each with its reason.
const std::map<std::string, std::map<std::string, std::string>> kComeBack{
    {"20230601",
     {{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "20180330 knows RSA certificates alone"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "20180330 knows RSA certificates alone"},
      {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "20180330 knows RSA certificates alone"},
      {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "OpenSSL 1.0.2 did not have it"},
      {"TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "OpenSSL 1.0.2 did not have it"},
      // On port 25 alone, where the other choice is plaintext:
      {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "opportunistic; RSA certificates alone before"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "opportunistic; RSA certificates alone before"},
      {"TLS_RSA_WITH_AES_128_GCM_SHA256", "opportunistic; better than the CBC that was there"},
      {"TLS_RSA_WITH_AES_256_GCM_SHA384", "opportunistic; better than the CBC that was there"},
      {"TLS_RSA_WITH_AES_256_CBC_SHA", "opportunistic; for peers without AES-128"}}}};

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

TEST(Catalogue, IsNeverWeakerInANewerDateExceptForAReason) {
  const Policy* older = nullptr;
  std::set<std::string> used, given;
  for (const auto& [id, policy] : catalogue()) {
    if (older) {
      expect_no_weaker(id, older->tls, policy.tls, used);
      expect_no_weaker(id, older->opportunistic.value_or(older->tls),
                       policy.opportunistic.value_or(policy.tls), used);
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
    for (const auto suite : policy.tls.suites) {
      const auto* info = crypto::find(suite);
      EXPECT_TRUE(info->forward_secret && info->aead) << id << " " << info->name;
    }
  }
}

TEST(Catalogue, NeverAllowsWhatDoesNotProtectAtAll) {
  for (const auto& [id, policy] : catalogue())
    for (const auto* tls : {&policy.tls, policy.opportunistic ? &*policy.opportunistic : nullptr})
      for (const auto suite : tls ? tls->suites : crypto::Suites{}) {
        const auto* info = crypto::find(suite);
        EXPECT_GE(info->bits, 128) << id << " " << info->name;
        EXPECT_NE(info->auth, crypto::Auth::anon) << id << " " << info->name;
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
  auto all = catalogue();
  all["20290101"] = all.at("20261101");
  all["20290101"].preview = true;
  EXPECT_EQ(newest(all)->id, newest(catalogue())->id);
  EXPECT_EQ(newest({}), nullptr);
}
}  // namespace
}  // namespace tlspolicy::policy
