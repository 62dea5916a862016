// SPDX-License-Identifier: Apache-2.0
// The planner on Postfix: two grades, keys in main.cf, -o in master.cf (R6, R8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "plan/pristine.hpp"
#include "world.hpp"

namespace tlspolicy::plan::test {
namespace {
using testing::Contains, testing::ElementsAre, testing::HasSubstr, testing::IsEmpty, testing::Not;

const std::string kMain = "/etc/postfix/main.cf";
const std::string kMaster = "/etc/postfix/master.cf";
const std::string kTls = "/etc/postfix/tlspolicy.cnf";

const std::string kDefault =
    "smtpd_tls_cert_file=/etc/ssl/certs/a.pem\nsmtpd_tls_security_level=may\n"
    "smtp_tls_security_level=may\n";
const std::string kRows = "smtp inet n - y - - smtpd\n";

std::vector<std::string> predicted(const ServicePlan& plan, const std::string& endpoint,
                                   const std::string& dimension) {
  for (const auto& one : plan.endpoints)
    if (one.endpoint.id == endpoint) return one.dimensions.at(dimension).names;
  ADD_FAILURE() << "no endpoint " << endpoint;
  return {};
}

service::Instance host(const std::string& main, const std::string& master) {
  return postfix({{kMain, main}, {kMaster, master}});
}

std::vector<std::string> roles(const ServicePlan& plan) {
  std::vector<std::string> out;
  for (const auto& one : plan.endpoints)
    out.push_back(one.endpoint.id + " " + one.endpoint.role + " " + one.endpoint.preamble);
  return out;
}

TEST(PostfixPlan, LooksAtWhatListensOverIpv6AloneThere) {
  const std::string rows = kRows + "[2001:db8::1]:2525 inet n - y - - smtpd\n";
  const auto addresses = [&](const std::string& main) {
    std::vector<std::string> out;
    for (const auto& one : plan_one(host(kDefault + main, rows), "20261101").endpoints)
      out.push_back(one.endpoint.address);
    return out;
  };
  EXPECT_THAT(addresses("inet_protocols = ipv6\n"), ElementsAre("::", "2001:db8::1"));
  EXPECT_THAT(addresses("inet_protocols = ipv6\ninet_interfaces = loopback-only\n"),
              ElementsAre("::1", "2001:db8::1"));
  EXPECT_THAT(addresses("inet_protocols = ipv4, ipv6\n"), ElementsAre("0.0.0.0", "2001:db8::1"));
}

TEST(PostfixPlan, DerivesRolesFromTheConfigurationAndNotFromPorts) {
  const auto plan =
      plan_one(host(kDefault,
                    "smtp inet n - y - - smtpd\n"
                    "submission inet n - y - - smtpd -o smtpd_tls_security_level=encrypt\n"
                    "submissions inet n - y - - smtpd\n  -o smtpd_tls_wrappermode=yes\n"
                    "127.0.0.1:10025 inet n - y - - smtpd -o { smtpd_tls_security_level = none }\n"
                    "192.0.2.1:2525 inet n - y - - postscreen\n"
                    "tlsproxy unix - - y - 0 tlsproxy\n"
                    "pickup unix n - y 60 1 pickup\n"),
               "20261101");
  ASSERT_FALSE(plan.skipped) << plan.skipped->what;
  EXPECT_THAT(roles(plan),
              ElementsAre("postfix:25 opportunistic smtp", "postfix:587  smtp", "postfix:465  ",
                          "postfix:192.0.2.1:2525 opportunistic smtp"));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("127.0.0.1:10025 inet speaks no TLS")));
}

TEST(PostfixPlan, HoldsPort25ToTheOpportunisticGradeAndTheOthersToTheMandatoryOne) {
  const auto plan =
      plan_one(host(kDefault, kRows + "465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes\n"),
               "20261101");
  EXPECT_THAT(predicted(plan, "postfix:25", "protocols"), Contains("TLSv1.0"));
  EXPECT_THAT(predicted(plan, "postfix:25", "suites"), Contains("TLS_RSA_WITH_AES_128_CBC_SHA"));
  EXPECT_THAT(predicted(plan, "postfix:465", "protocols"), ElementsAre("TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(predicted(plan, "postfix:465", "suites"),
              Not(Contains("TLS_RSA_WITH_AES_128_CBC_SHA")));
  EXPECT_THAT(predicted(plan, "postfix:25", "tls13_suites"), Contains("TLS_AES_128_GCM_SHA256"));
}

TEST(PostfixPlan, WritesKeysBehindEverythingElseAndTls13IntoAFileOfItsOwn) {
  const auto plan = plan_one(host(kDefault, kRows), "20261101");
  const auto* main = content(plan, kMain);
  ASSERT_NE(main, nullptr);
  EXPECT_TRUE(main->starts_with(kDefault + "# BEGIN tlspolicy"));
  EXPECT_THAT(*main, HasSubstr("\nsmtpd_tls_protocols = >=TLSv1, <=TLSv1.3\n"));
  EXPECT_THAT(*main, HasSubstr("\nsmtpd_tls_mandatory_protocols = >=TLSv1.2, <=TLSv1.3\n"));
  EXPECT_THAT(*main, HasSubstr("\nsmtp_tls_protocols = "));
  EXPECT_THAT(*main, HasSubstr("\nlmtp_tls_mandatory_protocols = "));
  EXPECT_THAT(*main, HasSubstr("\ntls_eecdh_auto_curves = X25519 prime256v1 secp384r1\n"));
  EXPECT_THAT(*main, HasSubstr("\ntls_config_file = /etc/postfix/tlspolicy.cnf\n"));
  EXPECT_THAT(*main, HasSubstr("\nsmtpd_tls_loglevel = 1\n"));
  EXPECT_THAT(*main, Not(HasSubstr("tls_security_level = ")));
  const auto* tls = content(plan, kTls);
  ASSERT_NE(tls, nullptr);
  EXPECT_THAT(*tls, HasSubstr("  Ciphersuites = TLS_AES_128_GCM_SHA256:"));
  EXPECT_EQ(content(plan, kMaster), nullptr);
}

const std::string kClients =
    "smtp unix - - y - - smtp\nrelay unix - - y - - smtp -o smtp_tls_security_level=encrypt\n"
    "lmtp unix - - y - - lmtp\nretry unix - - y - - error\n";

TEST(PostfixPlan, PredictsWhatMailThatGoesOutOffers) {
  const auto plan = plan_one(host(kDefault, kRows + kClients), "20261101");
  EXPECT_THAT(roles(plan), ElementsAre("postfix:25 opportunistic smtp",
                                       "postfix:outbound outbound.opportunistic smtp",
                                       "postfix:outbound:relay outbound smtp"));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("lmtp unix speaks no TLS")));
  EXPECT_THAT(predicted(plan, "postfix:outbound", "protocols"), Contains("TLSv1.0"));
  EXPECT_THAT(predicted(plan, "postfix:outbound", "suites"),
              Contains("TLS_RSA_WITH_AES_128_CBC_SHA"));
  EXPECT_THAT(predicted(plan, "postfix:outbound:relay", "protocols"),
              ElementsAre("TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(predicted(plan, "postfix:outbound", "groups").front(), "x25519");
  for (const auto& one : plan.endpoints)
    EXPECT_EQ(one.dimensions.contains("order"), one.endpoint.client.empty());
}

TEST(PostfixPlan, AnOptionOfAClientsRowCountsForItsOwnHello) {
  const auto plan =
      plan_one(host(kDefault, kRows + "smtp unix - - y - - smtp -o smtp_tls_protocols=>=TLSv1.3\n"
                                      "relay unix - - y - - smtp -o smtp_tls_protocols=SSLv3\n"),
               "20230601");
  EXPECT_THAT(predicted(plan, "postfix:outbound", "protocols"), ElementsAre("TLSv1.3"));
  EXPECT_THAT(predicted(plan, "postfix:outbound:relay", "protocols"), Contains("TLSv1.2"));
}

std::vector<std::string> warned(const ServicePlan& plan) {
  std::vector<std::string> out;
  for (const auto& one : plan.beyond_proof) out.push_back(one.where + " " + one.what);
  return out;
}

TEST(PostfixPlan, NamesEntriesOfPolicyMapsThatLeaveThePolicy) {
  auto instance =
      host(kDefault + "smtp_tls_policy_maps = hash:/etc/postfix/tls, ldap:/etc/postfix/ldap.cf\n",
           kRows + "smtp unix - - y - - smtp\nrelay unix - - y - - smtp\n");
  instance.tables["hash:/etc/postfix/tls"] =
      "a.example may protocols=SSLv3:TLSv1\nb.example encrypt protocols=!SSLv2:!SSLv3\n"
      "c.example none\nd.example secure match=nexthop protocols=>=TLSv1.3\n"
      "e.example encrypt ciphers=low\nf.example encrypt ciphers=high exclude=aNULL\n"
      "g.example mya\n";
  const auto plan = plan_one(instance, "20261101");
  EXPECT_THAT(warned(plan),
              ElementsAre("/etc/postfix/tls:1 a.example: protocols=SSLv3:TLSv1 allows SSLv3",
                          HasSubstr("tls:2 b.example: protocols=!SSLv2:!SSLv3 allows TLSv1.0"),
                          HasSubstr("tls:3 c.example: mail there goes without TLS"),
                          HasSubstr("tls:5 e.example: ciphers=low is not understood"),
                          HasSubstr("tls:7 g.example mya: its security level is not understood"),
                          HasSubstr("ldap:/etc/postfix/ldap.cf what it has for single")));
}

TEST(PostfixPlan, AFurtherInstanceFollowsByTheSameManifestInItsOwnFolder) {
  auto instance =
      postfix({{"/etc/postfix-out/main.cf", kDefault}, {"/etc/postfix-out/master.cf", kRows}});
  instance.service = "postfix@postfix-out";
  instance.vars["conf"] = "/etc/postfix-out";
  const auto plan = plan_one(instance, "20261101");
  EXPECT_EQ(plan.service, "postfix@postfix-out");
  EXPECT_EQ(plan.policy, "20261101");
  std::vector<std::string> paths;
  for (const auto& file : plan.files) paths.push_back(file.path);
  EXPECT_THAT(paths, Contains("/etc/postfix-out/main.cf"));
  for (const auto& step : plan.steps) {
    if (step.meaning.empty() && step.argv.front() != "systemctl") {  // which restarts them all
      EXPECT_THAT(step.argv, Contains("/etc/postfix-out"));
    }
  }
}

TEST(PostfixPlan, NamesAnEntryThatTakesTheDemandForTlsBack) {
  auto instance =
      host("smtp_tls_security_level=encrypt\nsmtp_tls_policy_maps = texthash:/etc/postfix/tls\n",
           "smtp unix - - y - - smtp\n");
  instance.tables["texthash:/etc/postfix/tls"] = "a.example may\n";
  EXPECT_THAT(warned(plan_one(instance, "20261101")),
              ElementsAre(HasSubstr("a.example: TLS need not be there (may)")));
}

TEST(PostfixPlan, IsEmptyOnAHostThatFollowsAndGoesBackToTheByte) {
  for (const std::string& main :
       {kDefault, std::string("a = 1"),
        std::string("a = 1\r\nsmtpd_tls_protocols =\r\n  !SSLv2\r\n"),
        std::string(
            "smtpd_tls_protocols = !SSLv2,\n# why\n\n  !SSLv3\nsmtpd_tls_protocols = x\nz=\t1"),
        kDefault + "\n\n"}) {
    const std::string master =
        kRows +
        "587 inet n - y - - smtpd\n# old\n  -o smtpd_tls_security_level=encrypt\n"
        "\t-o smtpd_tls_mandatory_protocols=>=TLSv1\n"
        "x inet n - y - - smtpd -o smtpd_tls_mandatory_ciphers=low -v";
    const auto before = host(main, master);
    const auto plan = plan_one(before, "20261101");
    ASSERT_FALSE(plan.skipped) << plan.skipped->what;
    const auto after = carried_out(before, plan);
    EXPECT_THAT(plan_one(after, "20261101").files, IsEmpty()) << main;
    const auto back = carried_out(after, plan_one(after, ""));
    EXPECT_EQ(back.files.at(kMain).content, main);
    EXPECT_EQ(back.files.at(kMaster).content, master);
    EXPECT_FALSE(back.files.contains(kTls) &&
                 back.files.at(kTls).kind == base::FileState::Kind::file);
  }
}

TEST(PostfixPlan, SetsAWeakOptionAsideAndKeepsAStricterOne) {
  const auto plan = plan_one(
      host(kDefault, kRows + "587 inet n - y - - smtpd\n  -o smtpd_tls_security_level=encrypt\n"
                             "  -o smtpd_tls_mandatory_protocols=>=TLSv1\n"
                             "465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes"
                             " -o smtpd_tls_mandatory_protocols=>=TLSv1.3 -o "
                             "smtpd_tls_mandatory_ciphers=medium\n"),
      "20261101");
  const auto* master = content(plan, kMaster);
  ASSERT_NE(master, nullptr);
  EXPECT_THAT(*master,
              HasSubstr("\n#tlspolicy set aside#   -o smtpd_tls_mandatory_protocols=>=TLSv1\n"));
  EXPECT_THAT(*master, HasSubstr(" -o smtpd_tls_mandatory_protocols=>=TLSv1.3 "
                                 "-o tlspolicy_set_aside_smtpd_tls_mandatory_ciphers=medium\n"));
  EXPECT_THAT(predicted(plan, "postfix:587", "protocols"), ElementsAre("TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(predicted(plan, "postfix:465", "protocols"), ElementsAre("TLSv1.3"));
}

const std::string kScreened =
    "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n2525 inet n - y - - smtpd\n";
const std::string kProxy = "tlsproxy unix - - y - 0 tlsproxy";

TEST(PostfixPlan, WhatIsSetForTlsproxyAloneCountsBehindPostscreen) {
  const auto weak = plan_one(host(kDefault + "tlsproxy_tls_protocols = !SSLv2\n"
                                             "tlsproxy_tls_mandatory_ciphers = low\n",
                                  kScreened + kProxy + " -o tlsproxy_tls_ciphers=export\n"),
                             "20261101");
  EXPECT_THAT(*content(weak, kMain),
              HasSubstr("\n#tlspolicy set aside# tlsproxy_tls_protocols = !SSLv2\n"
                        "#tlspolicy set aside# tlsproxy_tls_mandatory_ciphers = low\n"));
  EXPECT_THAT(*content(weak, kMaster), HasSubstr("tlspolicy_set_aside_tlsproxy_tls_ciphers"));
  EXPECT_EQ(predicted(weak, "postfix:25", "protocols"),
            predicted(weak, "postfix:2525", "protocols"));

  const auto strict =
      plan_one(host(kDefault + "tlsproxy_tls_protocols = >=TLSv1.3\n", kScreened + kProxy + "\n"),
               "20261101");
  EXPECT_THAT(*content(strict, kMain), HasSubstr("\ntlsproxy_tls_protocols = >=TLSv1.3\n"));
  EXPECT_THAT(predicted(strict, "postfix:25", "protocols"), ElementsAre("TLSv1.3"));
  EXPECT_THAT(predicted(strict, "postfix:2525", "protocols"), Contains("TLSv1.0"));
  EXPECT_THAT(*content(strict, kMain), HasSubstr("\nsmtpd_tls_protocols = "));

  // Whom postscreen knows, as us here, it hands to smtpd: that is what the endpoint shows then.
  const auto known = plan_one(
      host(kDefault + "tlsproxy_tls_protocols = >=TLSv1.3\n"
                      "postscreen_access_list = permit_mynetworks, cidr:/etc/postfix/list\n",
           kScreened + kProxy + "\n"),
      "20261101");
  EXPECT_THAT(predicted(known, "postfix:25", "protocols"), Contains("TLSv1.0"));
}

TEST(PostfixPlan, AnOptionOfTlsproxysRowCountsAndThatOfPostscreensDoesNot) {
  const auto plan =
      plan_one(host(kDefault, "smtp inet n - y - 1 postscreen -o smtpd_tls_protocols=>=TLSv1.3\n" +
                                  kProxy + " -o smtpd_tls_protocols=>=TLSv1.2\n"),
               "20261101");
  EXPECT_THAT(predicted(plan, "postfix:25", "protocols"), ElementsAre("TLSv1.2", "TLSv1.3"));
}

TEST(PostfixPlan, LeavesWhatIsSetForAProxyThatDoesNotRunAlone) {
  const std::string main = kDefault + "tlsproxy_tls_protocols = !SSLv2\n";
  const auto plan = plan_one(host(main, kScreened), "20261101");
  EXPECT_TRUE(content(plan, kMain)->starts_with(main));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("smtp inet speaks no TLS: there is no row tlsproxy")));
}

TEST(PostfixPlan, WhatIsExcludedAtAllLevelsIsExcludedAtMandatoryOnes) {
  const std::string rows = kRows + "465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes\n";
  auto instance = host(kDefault + "smtpd_tls_exclude_ciphers = AES128\n", rows);
  instance.capability.readings["suites ALL:COMPLEMENTOFALL:!AES128:@SECLEVEL=0"] = {
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_256_CBC_SHA"};
  const auto plan = plan_one(instance, "20261101");
  EXPECT_THAT(predicted(plan, "postfix:465", "suites"),
              ElementsAre("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
  EXPECT_THAT(
      plan.notes,
      Contains(HasSubstr("main.cf:4: smtpd_tls_exclude_ciphers is stricter than the policy")));

  // Nothing would be left at 465: Postfix then breaks every handshake off.
  auto empty = host(kDefault + "smtpd_tls_exclude_ciphers = ECDHE\n", rows);
  empty.capability.readings["suites ALL:COMPLEMENTOFALL:!ECDHE:@SECLEVEL=0"] = {
      "TLS_RSA_WITH_AES_256_CBC_SHA"};
  const auto mended = plan_one(empty, "20261101");
  EXPECT_THAT(*content(mended, kMain),
              HasSubstr("#tlspolicy set aside# smtpd_tls_exclude_ciphers"));
  EXPECT_THAT(mended.notes, Contains(HasSubstr("leaves nothing of the policy, and is set aside")));
  EXPECT_THAT(predicted(mended, "postfix:25", "suites"),
              Contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
  // On port 25 alone it leaves something, and stays.
  auto alone = empty;
  alone = host(kDefault + "smtpd_tls_exclude_ciphers = ECDHE\n", kRows);
  alone.capability.readings = empty.capability.readings;
  EXPECT_THAT(predicted(plan_one(alone, "20261101"), "postfix:25", "suites"),
              ElementsAre("TLS_RSA_WITH_AES_256_CBC_SHA"));
}

TEST(PostfixPlan, TakesAwayWhatIsExcludedWithAnySeparatorOfPostfixs) {
  auto instance = host(kDefault + "smtpd_tls_exclude_ciphers = MD5:kRSA, DES\n", kRows);
  instance.capability.readings["suites ALL:COMPLEMENTOFALL:!MD5:!kRSA:!DES:@SECLEVEL=0"] = {
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
  EXPECT_THAT(predicted(plan_one(instance, "20261101"), "postfix:25", "suites"),
              ElementsAre("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
}

TEST(PostfixPlan, ResolvesNamesInValues) {
  const auto plan =
      plan_one(host(kDefault + "mine = >=TLSv1.3\nsmtpd_tls_mandatory_protocols = $mine\n",
                    kRows + "465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes\n"),
               "20261101");
  EXPECT_THAT(predicted(plan, "postfix:465", "protocols"), ElementsAre("TLSv1.3"));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("stricter than the policy and stays")));
  EXPECT_THAT(*content(plan, kMain), Not(HasSubstr("\nsmtpd_tls_mandatory_protocols = >=TLSv1.2")));
}

TEST(PostfixPlan, TakesTheHighGradeOnPort25ForStricter) {
  const auto plan = plan_one(host(kDefault + "smtpd_tls_ciphers = high\n", kRows), "20261101");
  EXPECT_THAT(predicted(plan, "postfix:25", "suites"),
              Not(Contains("TLS_RSA_WITH_AES_128_CBC_SHA")));
  EXPECT_THAT(*content(plan, kMain), Not(HasSubstr("\nsmtpd_tls_ciphers = medium")));
}

TEST(PostfixPlan, SwitchesTlsOnOnlyWhereNobodyDecidedAndWithACertificate) {
  const auto bare = plan_one(host("a = 1\n", kRows), "20261101");
  EXPECT_THAT(*content(bare, kMain), HasSubstr("\nsmtp_tls_security_level = may\n"));
  EXPECT_THAT(*content(bare, kMain), Not(HasSubstr("\nsmtpd_tls_security_level = ")));
  EXPECT_THAT(bare.notes, Contains(HasSubstr("speaks no TLS")));
  const auto none = plan_one(host("smtp_tls_security_level = none\n", kRows), "20261101");
  EXPECT_THAT(*content(none, kMain), Not(HasSubstr("\nsmtp_tls_security_level = may\n")));
}

TEST(PostfixPlan, TakesTheFilesOfWholeChainsInThePlaceOfTheOthers) {
  const auto chained = host(kDefault + "smtpd_tls_chain_files = /etc/a.key, /etc/a.pem\n", kRows);
  EXPECT_THAT(chained.endpoints.front().certificates, ElementsAre("/etc/a.key", "/etc/a.pem"));
  EXPECT_THAT(chained.endpoints.front().keys, IsEmpty());
  const auto usual = host(kDefault + "smtpd_tls_key_file = /etc/a.key\n", kRows);
  ASSERT_EQ(usual.endpoints.front().keys.size(), 1U);
  EXPECT_EQ(usual.endpoints.front().keys.front().path, "/etc/a.key");
}

TEST(PostfixPlan, SaysWhatOneSettingForAllPortsCannotGivePort25) {
  const auto plan = plan_one(host(kDefault, kRows), "20261101");
  const auto found = std::ranges::find(plan.shortfalls, "opportunistic", &Shortfall::endpoint);
  ASSERT_NE(found, plan.shortfalls.end());
  EXPECT_EQ(found->dimension, "groups");
  EXPECT_THAT(found->names, ElementsAre("secp521r1"));
  const auto none = plan_one(
      host(kDefault, "465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes\n"), "20261101");
  EXPECT_THAT(none.shortfalls, testing::Each(testing::Field(&Shortfall::endpoint, "")));
}

TEST(PostfixPlan, LeavesAnOpenSslFileOfTheAdministratorsAlone) {
  const auto plan = plan_one(host(kDefault + "tls_config_file = /etc/my.cnf\n", kRows), "20261101");
  EXPECT_EQ(content(plan, kTls), nullptr);
  const auto found = std::ranges::find(plan.shortfalls, "tls13_suites", &Shortfall::dimension);
  ASSERT_NE(found, plan.shortfalls.end());
  EXPECT_THAT(found->reason, HasSubstr("/etc/postfix/main.cf:4: tls_config_file = /etc/my.cnf"));
  EXPECT_THAT(found->remedy, HasSubstr("Ciphersuites = TLS_AES_128_GCM_SHA256:"));
  const auto named = plan_one(host(kDefault + "tls_config_name = mine\n", kRows), "20261101");
  EXPECT_EQ(content(named, kTls), nullptr);
  EXPECT_TRUE(std::ranges::any_of(named.shortfalls, [](const Shortfall& one) {
    return one.reason.find("main.cf:4: tls_config_name = mine") != std::string::npos;
  }));
  // What it accepts is then not known, and proof tells what is outside of these.
  EXPECT_THAT(plan.endpoints.front().of_policy.at("tls13_suites"),
              Contains("TLS_AES_128_GCM_SHA256"));
  EXPECT_TRUE(plan_one(host(kDefault, kRows), "20261101").endpoints.front().of_policy.empty());
}

TEST(PostfixPlan, HasHybridsBehindX25519AndNoFiniteFieldsOn310) {
  const auto plan = plan_one(postfix({{kMain, kDefault}, {kMaster, kRows}}, "3.10.13"), "20261101");
  EXPECT_THAT(*content(plan, kMain),
              HasSubstr("\ntls_eecdh_auto_curves = X25519 X25519MLKEM768 SecP256r1MLKEM768 "
                        "prime256v1 secp384r1\ntls_ffdhe_auto_groups =\n"));
}

TEST(PostfixPlan, SaysOldWordsForProtocolsToAnOldPostfix) {
  const auto plan = plan_one(postfix({{kMain, kDefault}, {kMaster, kRows}}, "3.4.0"), "20261101");
  EXPECT_THAT(*content(plan, kMain),
              HasSubstr("\nsmtpd_tls_mandatory_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1\n"));
}

}  // namespace
}  // namespace tlspolicy::plan::test
