// SPDX-License-Identifier: Apache-2.0
// The legacy dates against the cipher strings that they came from: the installed libssl expands
// each string, and every suite in which that differs from our explicit list belongs to a class with
// a reason.  A difference without one fails, and so does a class that explains nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "libssl.hpp"
#include "policy/policy.hpp"

namespace tlspolicy::dialect {
namespace {
using crypto::SuiteInfo;

// The strings as NethServer 7 shipped them, in pieces that they share.
#define ECDSA_FIRST                                              \
  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:" \
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256:"
#define HTTPD \
  "EDH+CAMELLIA:EDH+aRSA:EECDH+aRSA+AESGCM:EECDH+aRSA+SHA256:EECDH:+CAMELLIA128:+AES128:"
#define HTTPD_NOT "+SSLv3:!aNULL:!eNULL:!LOW:!3DES:!MD5:!EXP:!PSK:!DSS:!RC4:!SEED:!IDEA:"
#define HTTPD_END "kEDH:CAMELLIA128-SHA:AES128-SHA"
#define DOVECOT                                                                  \
  "EDH+CAMELLIA:EDH+aRSA:EECDH+aRSA+AESGCM:EECDH+aRSA+SHA384:EECDH+aRSA+SHA256:" \
  "EECDH:+CAMELLIA256:+AES256:+CAMELLIA128:+AES128:"
#define DOVECOT_NOT "+SSLv3:!aNULL:!eNULL:!LOW:!3DES:!MD5:!EXP:!PSK:!DSS:!RC4:!SEED:"
#define DOVECOT_END "CAMELLIA256-SHA:AES256-SHA:CAMELLIA128-SHA:AES128-SHA"
#define ALL_OF_2020                                                         \
  "kEECDH:+kEECDH+SHA:kEDH:+kEDH+SHA:+kEDH+CAMELLIA:kECDH:+kECDH+SHA:kRSA:" \
  "+kRSA+SHA:+kRSA+CAMELLIA:"
#define SLAPD_NOT "!eNULL:!SSLv2:!RC4:!DES:!EXP:!SEED:!IDEA:!3DES:!ADH"

struct Shipped {
  const char* name;
  const char* text;
  const char* policy;
  const char* service;  // "": [tls]
};
constexpr Shipped kShipped[] = {
    {"H1", HTTPD HTTPD_NOT "!ECDSA:" HTTPD_END, "20180330", ""},
    {"D1", DOVECOT DOVECOT_NOT "!ECDSA:" DOVECOT_END, "20180330", "dovecot"},
    {"H2", ECDSA_FIRST HTTPD HTTPD_NOT HTTPD_END, "20180621", ""},
    {"D2", ECDSA_FIRST DOVECOT DOVECOT_NOT DOVECOT_END, "20180621", "dovecot"},
    {"L18", "ECDHE:EDH:CAMELLIA:ECDH:RSA:ECDSA:" SLAPD_NOT, "20180621", "slapd"},
    {"H2again", ECDSA_FIRST HTTPD HTTPD_NOT HTTPD_END, "20181001", ""},
    {"D2again", ECDSA_FIRST DOVECOT DOVECOT_NOT DOVECOT_END, "20181001", "dovecot"},
    {"D2ejabberd", ECDSA_FIRST DOVECOT DOVECOT_NOT DOVECOT_END, "20181001", "ejabberd"},
    {"L18again", "ECDHE:EDH:CAMELLIA:ECDH:RSA:ECDSA:" SLAPD_NOT, "20181001", "slapd"},
    {"K20", ALL_OF_2020 "!aNULL:!eNULL:!SSLv2:!SSLv3:!RC4:!MD5:!DES:!EXP:!SEED:!IDEA:!3DES",
     "20200510", ""},
    {"K20postfix",
     ALL_OF_2020 "!EXP:!MEDIUM:!LOW:!DES:!3DES:!SSLv2:!aNULL:!eNULL:!RC4:!MD5:!SEED:!IDEA:!SHA",
     "20200510", "postfix"},
    {"L20", "EECDH:EDH:CAMELLIA:ECDH:RSA:" SLAPD_NOT, "20200510", "slapd"},
};

// Why libssl of today makes a suite of the string that our list has not.  All were held against the
// client hello of a program with OpenSSL 1.0.2k, which has none of the first five.
struct Class {
  const char* why;
  bool (*holds)(const SuiteInfo&);
  const char* only;  // strings whose name begins so; "": all
};
constexpr Class kClasses[] = {
    {"ChaCha20-Poly1305 came with OpenSSL 1.1.0",
     [](const SuiteInfo& s) { return s.encryption == "CHACHA20_POLY1305"; }, ""},
    {"CCM came with OpenSSL 1.1.0",
     [](const SuiteInfo& s) { return s.encryption.find("CCM") != std::string_view::npos; }, ""},
    {"ARIA came with OpenSSL 1.1.1",
     [](const SuiteInfo& s) { return s.encryption.starts_with("ARIA"); }, ""},
    {"Camellia with SHA-2 came with OpenSSL 1.1.0",
     [](const SuiteInfo& s) { return s.encryption.starts_with("CAMELLIA") && s.mac != "SHA"; }, ""},
    {"SHA-1 with ECDHE: SSLv3 to OpenSSL 1.0.2, whose !SSLv3 took it away, TLSv1 from 1.1.0 on",
     [](const SuiteInfo& s) { return s.kx == crypto::KeyExchange::ecdhe && s.mac == "SHA"; },
     "K20"},
    {"no certificate authority issues DSA certificates",
     [](const SuiteInfo& s) { return s.auth == crypto::Auth::dss; }, "K20"},
    {"no certificate authority issues DSA certificates",
     [](const SuiteInfo& s) { return s.auth == crypto::Auth::dss; }, "L"},
    {"no certificate: NethServer's !ADH left two anonymous suites, which we do not follow",
     [](const SuiteInfo& s) { return s.auth == crypto::Auth::anon; }, "L"},
};

const policy::Tls& tls_of(const policy::Policy& policy, const std::string& service) {
  const auto special = policy.services.find(service);
  return special == policy.services.end() ? policy.tls : special->second;
}

policy::Policy read_policy(const std::string& id) {
  const std::string file = TLSPOLICY_SOURCE "/data/policies/" + id + ".toml";
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto parsed = policy::parse_policy(text, file);
  EXPECT_TRUE(parsed) << parsed.error().where << " " << parsed.error().what;
  return parsed.value_or(policy::Policy{});
}

class LegacyDates : public testing::TestWithParam<Shipped> {
 protected:
  const crypto::Suites ours_ = tls_of(read_policy(GetParam().policy), GetParam().service).suites;
  const crypto::Suites theirs_ =
      read_by_libssl(std::string(GetParam().text) + ":@SECLEVEL=0").value_or(crypto::Suites{});
  static bool has(const crypto::Suites& list, crypto::Suite suite) {
    return std::ranges::find(list, suite) != list.end();
  }
};

TEST_P(LegacyDates, DifferFromWhatLibsslMakesOfTheStringOnlyForAReason) {
  ASSERT_FALSE(theirs_.empty());
  for (const auto suite : theirs_) {
    if (has(ours_, suite)) continue;
    const auto& info = *crypto::find(suite);
    EXPECT_TRUE(std::ranges::any_of(
        kClasses,
        [&](const Class& one) {
          return one.holds(info) && std::string_view(GetParam().name).starts_with(one.only);
        }))
        << info.name << " is in " << GetParam().name << " and not in " << GetParam().policy;
  }
  // The other way round nothing is to be explained: whatever 1.0.2k had and we kept is still there.
  for (const auto suite : ours_)
    EXPECT_TRUE(has(theirs_, suite)) << crypto::name(suite) << " is not in " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Strings, LegacyDates, testing::ValuesIn(kShipped),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(LegacyDates, HaveNoReasonThatExplainsNothing) {
  std::set<const Class*> used;
  for (const auto& shipped : kShipped)
    for (const auto suite : read_by_libssl(shipped.text).value_or(crypto::Suites{}))
      for (const auto& one : kClasses)
        if (std::string_view(shipped.name).starts_with(one.only) && one.holds(*crypto::find(suite)))
          used.insert(&one);
  EXPECT_EQ(used.size(), std::size(kClasses));
}
}  // namespace
}  // namespace tlspolicy::dialect
