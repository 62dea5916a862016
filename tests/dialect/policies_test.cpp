// SPDX-License-Identifier: Apache-2.0
// Every released policy, said in the dialects, is read by the real programs as exactly the lists
// and the order that it holds, less what the installed versions report as unsayable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "dialect/openssl.hpp"
#include "libssl.hpp"
#include "policy/policy.hpp"

namespace tlspolicy::dialect {
namespace {
using testing::ElementsAre, testing::IsEmpty;

policy::Policy released(const std::string& id) {
  const std::string file = TLSPOLICY_SOURCE "/data/policies/" + id + ".toml";
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto parsed = policy::parse_policy(text, file);
  EXPECT_TRUE(parsed) << parsed.error().where << " " << parsed.error().what;
  return parsed.value_or(policy::Policy{});
}

// The terms of `list` that were said.
template <class List>
List said_of(const List& list, const openssl::Words& words) {
  List out;
  for (const auto term : list)
    if (std::ranges::find(words.said, crypto::name(term)) != words.said.end()) out.push_back(term);
  return out;
}

class ReleasedPolicies : public testing::TestWithParam<const char*> {
 protected:
  const policy::Policy policy_ = released(GetParam());
  const openssl::Library library_{libssl_version(), {}, {}, {}};
  std::vector<policy::Tls> sections() const {
    std::vector<policy::Tls> out{policy_.tls, policy_.opportunistic.value_or(policy_.tls)};
    for (const auto& [service, tls] : policy_.services) out.push_back(tls);
    return out;
  }
};

TEST_P(ReleasedPolicies, HaveSuitesThatTheLibraryReadsInTheirOrder) {
  for (const auto& tls : sections()) {
    if (tls.suites.empty()) continue;  // TLS 1.3 alone: there is nothing to say
    const int level = openssl::security_level_for(tls.min_protocol, tls.suites, library_);
    const auto words = openssl::cipher_string(tls.suites, library_, level);
    EXPECT_THAT(words.unsayable, IsEmpty());
    EXPECT_EQ(read_by_libssl(words.text), tls.suites) << words.text;
    EXPECT_EQ(level, tls.min_protocol < crypto::Protocol::tls12 ? 0 : -1);
  }
}

TEST_P(ReleasedPolicies, HaveTls13SuitesThatTheLibraryReadsInTheirOrder) {
  const auto words = openssl::ciphersuites(policy_.tls.tls13_suites, library_);
  EXPECT_THAT(words.unsayable, IsEmpty());
  const auto offer = offered_by_libssl({"", words.text, "", "", crypto::Protocol::tls13});
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->suites, policy_.tls.tls13_suites);
}

TEST_P(ReleasedPolicies, HaveGroupsThatTheLibraryReadsInTheirOrder) {
  for (const auto& tls : sections()) {
    const auto words = openssl::groups(tls.groups, library_);
    const auto offer = offered_by_libssl({"", "", words.text, "", crypto::Protocol::tls13});
    ASSERT_TRUE(offer) << words.text;
    EXPECT_EQ(offer->groups, said_of(tls.groups, words)) << words.text;
  }
}

TEST_P(ReleasedPolicies, HaveSchemesThatTheLibraryReadsInTheirOrder) {
  for (const auto& tls : sections()) {
    const auto words = openssl::schemes(tls.schemes, library_);
    const auto offer = offered_by_libssl(
        {"", "", "", words.text, crypto::Protocol::tls12, crypto::Protocol::tls13});
    ASSERT_TRUE(offer) << words.text;
    EXPECT_EQ(offer->schemes, said_of(tls.schemes, words)) << words.text;
  }
}

// With a library that knows post-quantum terms nothing is left unsaid.
TEST_P(ReleasedPolicies, AreWhollySayableInOpenssl35) {
  const openssl::Library newest{{{3, 5, 0}}, {}, {}, {}};
  for (const auto& tls : sections()) {
    EXPECT_THAT(openssl::cipher_string(tls.suites, newest, -1).unsayable, IsEmpty());
    EXPECT_THAT(openssl::ciphersuites(tls.tls13_suites, newest).unsayable, IsEmpty());
    EXPECT_THAT(openssl::groups(tls.groups, newest).unsayable, IsEmpty());
    EXPECT_THAT(openssl::schemes(tls.schemes, newest).unsayable, IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(Dates, ReleasedPolicies,
                         testing::Values("20180330", "20180621", "20181001", "20200510", "20230601",
                                         "20261101", "20290101"),
                         [](const auto& date) { return std::string(date.param); });

// What the legacy date is for, seen on the wire: a TLS 1.0 client gets in; the others refuse it.
TEST(ReleasedPolicies, LetATls10ClientInOnlyWhereTheySaySo) {
  const openssl::Library library{libssl_version(), {}, {}, {}};
  for (const auto* id : {"20180330", "20180621", "20181001", "20200510", "20230601", "20261101"}) {
    const auto tls = released(id).tls;
    const int level = openssl::security_level_for(tls.min_protocol, tls.suites, library);
    const auto words = openssl::cipher_string(tls.suites, library, level);
    EXPECT_EQ(shakes_hands(words.text, crypto::Protocol::tls10),
              tls.min_protocol == crypto::Protocol::tls10)
        << id;
    EXPECT_TRUE(shakes_hands(words.text, crypto::Protocol::tls12)) << id;
  }
}
}  // namespace
}  // namespace tlspolicy::dialect
