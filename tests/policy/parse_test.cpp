// SPDX-License-Identifier: Apache-2.0
// A policy file that cannot be meant is refused, with the place of the mistake and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/text.hpp"
#include "policy/policy.hpp"

namespace tlspolicy::policy {
namespace {
using testing::HasSubstr;

// A good policy, one key to a line, so that a test changes one line and knows its number.
constexpr std::string_view kGood = R"(id = "20200101"
title = "for tests"
sources = ["this test"]
[tls]
min_protocol = "TLSv1.2"
max_protocol = "TLSv1.3"
suites = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]
tls13_suites = ["TLS_AES_128_GCM_SHA256"]
groups = ["x25519", "secp256r1"]
schemes = ["rsa_pss_rsae_sha256", "ecdsa_secp256r1_sha256"]
order = "client"
rsa_bits = 2048
ec_bits = 256
dh_bits = 2048
[ssh]
kex = ["curve25519-sha256"]
ciphers = ["aes256-gcm@openssh.com"]
macs = ["hmac-sha2-256-etm@openssh.com"]
host_keys = ["ssh-ed25519"]
public_keys = ["ssh-ed25519"]
rsa_bits = 2048
)";

std::string changed(std::string_view from, std::string_view to) {
  EXPECT_THAT(std::string(kGood), HasSubstr(std::string(from)));
  return base::replace_all(std::string(kGood), from, to);
}

TEST(PolicyFile, IsReadInOrder) {
  const auto policy = parse_policy(kGood, "/usr/share/tlspolicy/policies/20200101.toml");
  ASSERT_TRUE(policy) << policy.error().what << " " << policy.error().where;
  EXPECT_EQ(policy->id, "20200101");
  EXPECT_FALSE(policy->preview);
  EXPECT_EQ(policy->tls.suites, (crypto::Suites{crypto::Suite{0xC02F}, crypto::Suite{0xC030}}));
  EXPECT_EQ(policy->tls.groups, (crypto::Groups{crypto::Group{0x1D}, crypto::Group{0x17}}));
  EXPECT_EQ(policy->tls.order, Order::client);
  EXPECT_TRUE(policy->tls.ec_certificates);
  EXPECT_FALSE(policy->opportunistic);
}

TEST(PolicyFile, MaySayWhatPort25AndOneServiceDoOtherwise) {
  const auto policy = parse_policy(changed("[ssh]",
                                           "[tls.opportunistic]\norder = \"server\"\n"
                                           "[services.dovecot.tls]\nmax_protocol = \"TLSv1.2\"\n"
                                           "tls13_suites = []\n[ssh]"),
                                   "20200101.toml");
  ASSERT_TRUE(policy) << policy.error().what << " " << policy.error().where;
  ASSERT_TRUE(policy->opportunistic);
  EXPECT_EQ(policy->opportunistic->order, Order::server);
  EXPECT_EQ(policy->opportunistic->suites, policy->tls.suites);  // the rest is [tls]'s
  EXPECT_EQ(policy->services.at("dovecot").max_protocol, crypto::Protocol::tls12);
  EXPECT_EQ(policy->services.at("dovecot").groups, policy->tls.groups);
  EXPECT_EQ(parse_policy(print_policy(*policy), "20200101.toml"), *policy);
}

struct Mistake {
  const char* name;
  std::string from, to;
  std::string id, where, what, remedy;
};
class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreErrorsWithPlaceAndRemedy) {
  const Mistake& mistake = GetParam();
  const auto policy = parse_policy(changed(mistake.from, mistake.to), "20200101.toml");
  ASSERT_FALSE(policy) << "was taken";
  EXPECT_EQ(policy.error().id, mistake.id);
  EXPECT_EQ(policy.error().where, "20200101.toml:" + mistake.where);
  EXPECT_THAT(policy.error().what, HasSubstr(mistake.what));
  EXPECT_THAT(policy.error().remedy, HasSubstr(mistake.remedy));
}

INSTANTIATE_TEST_SUITE_P(
    PolicyFile, Mistakes,
    testing::Values(
        Mistake{"unknown_key", "order =", "ordre =", "unknown-key", "11:1", "ordre",
                "did you mean \"order\"?"},
        Mistake{"missing_key", "order = \"client\"\n", "", "missing-key", "4:1",
                "\"order\" is missing", "docs/policy-format.md"},
        Mistake{"unknown_key_beside", "ec_bits = 256", "ec_bits = 256\nec_bitz = 1", "unknown-key",
                "14:1", "ec_bitz", "did you mean \"ec_bits\"?"},
        Mistake{"unknown_section", "[ssh]", "[ike]\n[ssh]", "unknown-key", "15:2", "ike", "remove"},
        Mistake{"unknown_suite", "_RSA_WITH_AES_256_GCM", "_RAS_WITH_AES_256_GCM", "unknown-name",
                "7:52", "TLS_ECDHE_RAS_WITH_AES_256_GCM_SHA384",
                "did you mean \"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\"?"},
        Mistake{"openssl_name", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "HIGH", "unknown-name",
                "7:52", "no cipher suite is called \"HIGH\"", "docs/policy-format.md"},
        Mistake{"unknown_group", "\"secp256r1\"]", "\"secp256rl\"]", "unknown-name", "9:21",
                "secp256rl", "did you mean \"secp256r1\"?"},
        Mistake{"unknown_scheme", "rsa_pss_rsae_sha256", "rsa_pss_sha256", "unknown-name", "10:12",
                "rsa_pss_sha256", "did you mean"},
        Mistake{"unknown_protocol", "\"TLSv1.2\"", "\"TLSv1,2\"", "unknown-name", "5:16", "TLSv1,2",
                "TLSv1.2"},
        Mistake{"duplicate_suite", "WITH_AES_256_GCM_SHA384", "WITH_AES_128_GCM_SHA256",
                "duplicate-name", "7:52", "stands twice", "remove one"},
        Mistake{"duplicate_key", "ec_bits = 256", "ec_bits = 256\nec_bits = 256", "bad-toml",
                "14:11", "", "correct the file"},
        Mistake{"tls13_suite_in_suites", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "TLS_AES_256_GCM_SHA384", "wrong-list", "7:52", "a suite of TLS 1.3",
                "tls13_suites"},
        Mistake{"old_suite_in_tls13_suites", "tls13_suites = [\"TLS_AES_128_GCM_SHA256\"",
                "tls13_suites = [\"TLS_RSA_WITH_AES_128_CBC_SHA\"", "wrong-list", "8:17",
                "not a suite of TLS 1.3", "\"suites\""},
        Mistake{"not_a_date", "\"20200101\"", "\"20201301\"", "bad-value", "1:6", "20201301",
                "date"},
        Mistake{"other_file_name", "\"20200101\"", "\"20200102\"", "wrong-file-name", "1:6",
                "20200102", "20200102.toml"},
        Mistake{"minimum_above_maximum", "max_protocol = \"TLSv1.3\"", "max_protocol = \"TLSv1.1\"",
                "bad-value", "5:16", "TLSv1.2", "max_protocol"},
        Mistake{"protocol_without_suite", "min_protocol = \"TLSv1.2\"",
                "min_protocol = \"TLSv1.0\"", "no-suite", "7:10", "TLSv1.0 is allowed",
                "min_protocol"},
        Mistake{"suite_without_protocol", "max_protocol = \"TLSv1.3\"",
                "max_protocol = \"TLSv1.2\"", "useless-suite", "8:16", "TLS_AES_128_GCM_SHA256",
                "remove"},
        Mistake{"bad_order", "order = \"client\"", "order = \"both\"", "bad-value", "11:9",
                "\"server\" or \"client\"", "preference"},
        Mistake{"bits_too_small", "rsa_bits = 2048\nec", "rsa_bits = 204\nec", "bad-value", "12:12",
                "rsa_bits", "bits"},
        Mistake{"bits_not_a_number", "dh_bits = 2048", "dh_bits = \"2048\"", "bad-value", "14:11",
                "dh_bits", ""},
        Mistake{"no_groups", "groups = [\"x25519\", \"secp256r1\"]", "groups = []", "bad-value",
                "9:10", "\"groups\" is empty", "at least one"},
        Mistake{"mac_among_ciphers", "ciphers = [\"aes256-gcm@openssh.com\"]",
                "ciphers = [\"hmac-sha2-256\"]", "unknown-name", "17:12", "hmac-sha2-256", ""},
        Mistake{"no_title", "title = \"for tests\"\n", "", "missing-key", "1:1", "title", ""},
        Mistake{"no_sources", "[\"this test\"]", "[]", "bad-value", "3:11", "sources", "come from"},
        Mistake{"service_name", "[ssh]", "[services.\"A b\".tls]\norder = \"server\"\n[ssh]",
                "bad-value", "15:1", "A b", "a-z"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PolicyFile, ThatIsNotTomlIsRefusedAtItsPlace) {
  const auto policy = parse_policy("id = \n", "20200101.toml");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().id, "bad-toml");
  EXPECT_THAT(policy.error().where, HasSubstr("20200101.toml:1:"));
}
}  // namespace
}  // namespace tlspolicy::policy
