// SPDX-License-Identifier: Apache-2.0
// The planner on Dovecot: the last value wins, blocks win over everything, local.conf comes last,
// and every listener that is switched on is an endpoint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/pristine.hpp"
#include "service/listeners.hpp"
#include "world.hpp"

namespace tlspolicy::plan::test {
namespace {
using testing::Contains, testing::ElementsAre, testing::HasSubstr, testing::IsEmpty, testing::Not;

const std::string kConf = "/etc/dovecot/dovecot.conf";
const std::string kImap = "/etc/dovecot/conf.d/20-imap.conf";
const std::string kLocal = "/etc/dovecot/local.conf";
const std::string kDropin = "/etc/dovecot/conf.d/99-zz-tlspolicy.conf";

std::vector<std::string> ids(const ServicePlan& plan) {
  std::vector<std::string> out;
  for (const auto& one : plan.endpoints) out.push_back(one.endpoint.id + one.endpoint.preamble);
  return out;
}

const EndpointPlan& at(const ServicePlan& plan, int port) {
  static const EndpointPlan kNone;
  for (const auto& one : plan.endpoints)
    if (one.endpoint.port == port) return one;
  ADD_FAILURE() << "no endpoint at port " << port;
  return kNone;
}

TEST(DovecotPlan, SaysWhatTheVersionHasWordsFor) {
  const auto old = plan_one(dovecot({}, "2.3.19.1"), "20230601");
  ASSERT_NE(content(old, kDropin), nullptr);
  EXPECT_THAT(*content(old, kDropin), HasSubstr("\nssl_min_protocol = TLSv1.2\n"));
  EXPECT_THAT(*content(old, kDropin),
              HasSubstr("\nssl_curve_list = X25519:prime256v1:secp384r1\n"));
  EXPECT_THAT(*content(old, kDropin), HasSubstr("\nssl_prefer_server_ciphers = no\n"));
  EXPECT_THAT(*content(old, kDropin),
              HasSubstr("\nssl_dh = </usr/share/tlspolicy/dh/ffdhe2048.pem\n"));
  const auto now = plan_one(dovecot({}, "2.4.1"), "20230601");
  ASSERT_NE(content(now, kDropin), nullptr);
  EXPECT_THAT(*content(now, kDropin), HasSubstr("\nssl_server_prefer_ciphers = client\n"));
  EXPECT_THAT(*content(now, kDropin),
              HasSubstr("\nssl_server_dh_file = /usr/share/tlspolicy/dh/ffdhe2048.pem\n"));
  EXPECT_THAT(*content(now, kDropin), Not(HasSubstr("ssl_dh ")));
}

TEST(DovecotPlan, SaysThatAReloadEndsSessionsWhereItDoes) {
  auto host = dovecot({}, "2.3.19.1");
  host.running = true;
  host.dump.emplace("shutdown_clients", "yes");
  EXPECT_THAT(plan_one(host, "20261101").notes, Contains(HasSubstr("shutdown_clients")));
  host.running = false;
  EXPECT_THAT(plan_one(host, "20261101").notes, Not(Contains(HasSubstr("shutdown_clients"))));
  host.running = true;
  host.dump.clear();
  host.dump.emplace("shutdown_clients", "no");
  EXPECT_THAT(plan_one(host, "20261101").notes, Not(Contains(HasSubstr("shutdown_clients"))));
}

TEST(DovecotPlan, NeedsNoParametersWhereNoSuiteDoes) {
  const auto plan = plan_one(dovecot({}, "2.3.19.1"), "20261101");
  ASSERT_NE(content(plan, kDropin), nullptr);
  EXPECT_THAT(*content(plan, kDropin), Not(HasSubstr("ssl_dh")));
}

TEST(DovecotPlan, LeavesParametersThatAreBigEnough) {
  auto host =
      dovecot({{"/etc/dovecot/conf.d/10-ssl.conf", "ssl_dh = </etc/dovecot/dh.pem\n"}}, "2.3.19.1");
  host.capability.readings["dh-file </etc/dovecot/dh.pem"] = {"4096"};
  EXPECT_THAT(*content(plan_one(host, "20230601"), kDropin), Not(HasSubstr("ssl_dh")));
  host.capability.readings["dh-file </etc/dovecot/dh.pem"] = {"1024"};
  EXPECT_THAT(*content(plan_one(host, "20230601"), kDropin), HasSubstr("\nssl_dh = "));
}

TEST(DovecotPlan, ProvesEveryListenerThatIsOn) {
  EXPECT_THAT(ids(plan_one(dovecot({}, "2.3.19.1"), "20261101")),
              ElementsAre("dovecot:143imap", "dovecot:993", "dovecot:995", "dovecot:24lmtp"));
}

TEST(DovecotPlan, ProvesSubmissionBySmtpsStarttls) {
  auto host = dovecot({}, "2.4.1");
  host.dump.erase("protocols");
  host.dump.emplace("protocols", "imap submission");
  host.dump.emplace("service/submission-login/inet_listener/submission/port", "587");
  host = carried_out(host, ServicePlan{});
  EXPECT_THAT(ids(plan_one(host, "20261101")),
              ElementsAre("dovecot:143imap", "dovecot:993", "dovecot:587smtp"));
}

TEST(DovecotPlan, FindsAListenersOwnAddressByTheWordOfEitherVersion) {
  for (const std::string key : {"address", "listen"}) {
    auto host = dovecot({}, key == "address" ? "2.3.19.1" : "2.4.1");
    host.dump.emplace("service/lmtp/inet_listener/lmtp/" + key, "127.0.0.1");
    host = carried_out(host, ServicePlan{});
    EXPECT_THAT(ids(plan_one(host, "20261101")), Contains("dovecot:127.0.0.1:24lmtp"));
  }
}

TEST(DovecotPlan, HasNoEndpointWithoutTls) {
  auto host = dovecot({}, "2.3.19.1");
  host.dump.erase("ssl");
  host.dump.emplace("ssl", "no");
  const auto manifest = world().manifests.at("dovecot");
  EXPECT_THAT(service::from_listeners(manifest.endpoints.front(), {}, host.dump, host.notes),
              IsEmpty());
}

TEST(DovecotPlan, WritesToLocalConfWhereThatWouldWin) {
  const auto host = dovecot({{kLocal, "ssl_min_protocol = TLSv1\n"}}, "2.3.19.1");
  const auto plan = plan_one(host, "20261101");
  EXPECT_EQ(content(plan, kDropin), nullptr);
  ASSERT_NE(content(plan, kLocal), nullptr);
  EXPECT_THAT(*content(plan, kLocal), HasSubstr("ssl_min_protocol = TLSv1\n# BEGIN tlspolicy"));
  EXPECT_EQ(without_ours(*content(plan, kLocal)), host.files.at(kLocal).content);
}

TEST(DovecotPlan, WritesToTheEndOfTheOnlyFile) {
  for (const std::string text : {"ssl_min_protocol = TLSv1\n", "ssl = yes",
                                 "!include conf.d/*.conf\nssl_min_protocol = TLSv1"}) {
    auto host = dovecot({}, "2.4.1");
    host.files.at(kConf).content = text;
    const auto plan = plan_one(host, "20261101");
    ASSERT_FALSE(plan.skipped) << plan.skipped->what;
    ASSERT_NE(content(plan, kConf), nullptr) << text;
    EXPECT_THAT(*content(plan, kConf), testing::StartsWith(text));
    EXPECT_THAT(*content(plan, kConf), HasSubstr("\n# BEGIN tlspolicy"));
  }
}

TEST(DovecotPlan, SetsAsideWhatABlockWouldReopenAndKeepsWhatIsStricter) {
  const auto host =
      dovecot({{kImap,
                "protocol imap {\n  ssl_min_protocol = TLSv1\n  imap_capability = +X\n"
                "}\nprotocol pop3 {\n  ssl_min_protocol = TLSv1.3\n}\n"
                "local_name old.example {\n  ssl_min_protocol = TLSv1\n}\n"}},
              "2.3.19.1");
  const auto plan = plan_one(host, "20261101");
  ASSERT_NE(content(plan, kImap), nullptr);
  EXPECT_THAT(*content(plan, kImap),
              HasSubstr("\n#tlspolicy set aside#   ssl_min_protocol = TLSv1\n"
                        "  imap_capability = +X\n}\nprotocol pop3 {\n"
                        "  ssl_min_protocol = TLSv1.3\n}\n"
                        "local_name old.example {\n"
                        "  ssl_min_protocol = TLSv1\n"));
  EXPECT_EQ(without_ours(*content(plan, kImap)), host.files.at(kImap).content);
  EXPECT_THAT(at(plan, 993).dimensions.at("protocols").names, ElementsAre("TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(at(plan, 995).dimensions.at("protocols").names, ElementsAre("TLSv1.3"));
}

TEST(DovecotPlan, ReadsTheLongWayToWriteASettingOf24) {
  const auto host = dovecot({{kLocal, "ssl_server {\n  prefer_ciphers = server\n}\n"}}, "2.4.1");
  EXPECT_NE(content(plan_one(host, "20261101"), kLocal), nullptr);
}

TEST(DovecotPlan, ChangesNothingOnAHostThatFollows) {
  for (const std::string date : {"20180330", "20230601", "20261101"}) {
    const auto host =
        dovecot({{kImap, "protocol imap {\n  ssl_min_protocol = SSLv3\n}\n"}}, "2.4.1");
    const auto after = carried_out(host, plan_one(host, date));
    EXPECT_THAT(plan_one(after, date).files, IsEmpty()) << date;
  }
}

TEST(DovecotPlan, NamesWhatItCannotSay) {
  const auto plan = plan_one(dovecot({}, "2.4.1"), "20261101");
  EXPECT_THAT(plan.shortfalls, Contains(testing::Field(&Shortfall::names,
                                                       ElementsAre("sha224_rsa", "sha224_ecdsa"))));
  ASSERT_FALSE(plan.endpoints.empty());
  EXPECT_THAT(plan.endpoints.front().of_policy.at("schemes"), Not(Contains("sha224_rsa")));
}

}  // namespace
}  // namespace tlspolicy::plan::test
