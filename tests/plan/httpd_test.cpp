// SPDX-License-Identifier: Apache-2.0
// The planner on Apache: what is bounded from the server level, what is left alone, and what is set
// aside (R6, R7).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"
#include "plan/pristine.hpp"
#include "world.hpp"

namespace tlspolicy::plan::test {
namespace {
using testing::Contains, testing::ElementsAre, testing::HasSubstr, testing::IsEmpty, testing::Not;

const std::string kDropin = "/etc/apache2/conf-enabled/zz-tlspolicy.conf";
const std::string kSite = "/etc/apache2/sites-enabled/a.conf";
const std::string kOther = "/etc/apache2/sites-enabled/b.conf";

std::string vhost(const std::string& name, const std::string& lines = "") {
  return "<VirtualHost *:443>\n  ServerName " + name + "\n  SSLEngine on\n" + lines +
         "</VirtualHost>\n";
}

std::vector<std::string> predicted(const ServicePlan& plan, const std::string& endpoint,
                                   const std::string& dimension) {
  for (const auto& one : plan.endpoints)
    if (one.endpoint.id == endpoint) return one.dimensions.at(dimension).names;
  ADD_FAILURE() << "no endpoint " << endpoint;
  return {};
}

TEST(HttpdPlan, BoundsEveryVirtualHostFromOneDropIn) {
  const auto plan =
      plan_one(httpd({{kSite, vhost("a.example")}, {kOther, vhost("b.example")}}), "20261101");
  ASSERT_FALSE(plan.skipped) << plan.skipped->what;
  ASSERT_EQ(plan.files.size(), 1u);
  EXPECT_EQ(plan.files[0].path, kDropin);
  EXPECT_EQ(plan.files[0].before.kind, base::FileState::Kind::absent);
  const auto& text = plan.files[0].after.content;
  EXPECT_TRUE(is_ours(text));
  EXPECT_THAT(text, HasSubstr("<IfModule ssl_module>\n  SSLProtocol -all +TLSv1.2 +TLSv1.3\n"));
  EXPECT_THAT(text, HasSubstr("SSLOpenSSLConfCmd Protocol -SSLv3,-TLSv1,-TLSv1.1\n"));
  EXPECT_THAT(text, HasSubstr("SSLOpenSSLConfCmd CipherString ECDHE-"));
  EXPECT_THAT(text, Not(HasSubstr("SECLEVEL")));
  EXPECT_EQ(plan.endpoints.size(), 2u);
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "protocols"),
              ElementsAre("TLSv1.2", "TLSv1.3"));
}

// mod_ssl negotiates anew for such a request: the server level's CipherString does not reach it.
TEST(HttpdPlan, SetsAsideWhatAFolderAsksForOnceTheConnectionStands) {
  const auto host = httpd(
      {{kSite, vhost("a.example", "<Location /l>\n    SSLCipherSuite AES256-SHA\n</Location>\n")},
       {kOther,
        "<Directory /var/www>\n    SSLCipherSuite AES128-SHA\n    AllowOverride All\n"
        "</Directory>\n"}});
  const auto plan = plan_one(host, "20261101");
  ASSERT_NE(content(plan, kSite), nullptr);
  ASSERT_NE(content(plan, kOther), nullptr);
  EXPECT_THAT(*content(plan, kSite), Not(HasSubstr("\n    SSLCipherSuite AES256-SHA")));
  EXPECT_THAT(*content(plan, kOther), Not(HasSubstr("\n    SSLCipherSuite AES128-SHA")));
  EXPECT_EQ(without_ours(*content(plan, kSite)), host.files.at(kSite).content);
  EXPECT_THAT(plan.notes, Contains(HasSubstr("escapes the policy")));
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "suites"),
              Contains("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
}

TEST(HttpdPlan, LegacyDateAsksForSecurityLevelZero) {
  const auto plan = plan_one(httpd({{kSite, vhost("a.example")}}), "20180330");
  ASSERT_NE(content(plan, kDropin), nullptr);
  EXPECT_THAT(*content(plan, kDropin), HasSubstr("@SECLEVEL=0"));
  EXPECT_THAT(*content(plan, kDropin), HasSubstr("SSLProtocol -all +TLSv1 +TLSv1.1"));
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "protocols"), Contains("TLSv1.0"));
}

TEST(HttpdPlan, LeavesAWeakVirtualHostsFileAloneWhereTheServerLevelBeatsIt) {
  const auto plan = plan_one(
      httpd({{kSite, vhost("a.example", "  SSLProtocol all -SSLv3\n  SSLCipherSuite ALL\n")}}),
      "20261101");
  EXPECT_EQ(content(plan, kSite), nullptr);
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "protocols"),
              ElementsAre("TLSv1.2", "TLSv1.3"));
}

TEST(HttpdPlan, KeepsAStricterVirtualHostAsStrictAsItWas) {
  const auto plan = plan_one(httpd({{kSite, vhost("a.example", "  SSLProtocol TLSv1.3\n")},
                                    {kOther, vhost("b.example", "  SSLProtocol all\n")}}),
                             "20261101");
  EXPECT_EQ(plan.files.size(), 1u);
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "protocols"), ElementsAre("TLSv1.3"));
  EXPECT_THAT(predicted(plan, "httpd:443:b.example", "protocols"),
              ElementsAre("TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("stricter")));
}

TEST(HttpdPlan, DoesNotReplaceSuitesWhereThatWouldLoosenOneVirtualHost) {
  auto host = httpd({{kSite, vhost("a.example", "  SSLCipherSuite STRICT\n")},
                     {kOther, vhost("b.example", "  SSLCipherSuite WEAK\n")}});
  host.capability.readings["suites STRICT"] = {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"};
  host.capability.readings["suites WEAK"] = {"TLS_RSA_WITH_AES_128_CBC_SHA"};
  const auto plan = plan_one(host, "20261101");
  ASSERT_NE(content(plan, kDropin), nullptr);
  EXPECT_THAT(*content(plan, kDropin), Not(HasSubstr("CipherString")));
  EXPECT_THAT(*content(plan, kDropin), HasSubstr("\n  SSLCipherSuite ECDHE-"));
  EXPECT_EQ(content(plan, kSite), nullptr);
  ASSERT_NE(content(plan, kOther), nullptr);
  EXPECT_EQ(without_ours(*content(plan, kOther)), host.files.at(kOther).content);
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "suites"),
              ElementsAre("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
  EXPECT_THAT(predicted(plan, "httpd:443:b.example", "suites"),
              Not(Contains("TLS_RSA_WITH_AES_128_CBC_SHA")));
}

TEST(HttpdPlan, SetsAsideAVirtualHostsOwnConfCmdBecauseNothingBeatsIt) {
  const auto host =
      httpd({{kSite, vhost("a.example", "  SSLOpenSSLConfCmd CipherString ALL:@SECLEVEL=0\n")}});
  const auto plan = plan_one(host, "20261101");
  ASSERT_NE(content(plan, kSite), nullptr);
  EXPECT_THAT(*content(plan, kSite), HasSubstr("#"));
  EXPECT_EQ(without_ours(*content(plan, kSite)), host.files.at(kSite).content);
}

// It only takes away: ours does not give back what it takes.
TEST(HttpdPlan, KeepsAnUpperBoundAndSetsItAsideWhereNothingWouldBeLeft) {
  const auto bounded = [](const std::string& version) {
    return plan_one(
        httpd({{kSite, vhost("a.example", "  SSLOpenSSLConfCmd MaxProtocol " + version + "\n")}}),
        "20261101");
  };
  const auto newer = bounded("TLSv1.2"), older = bounded("TLSv1.1");
  EXPECT_EQ(content(newer, kSite), nullptr);
  EXPECT_THAT(predicted(newer, "httpd:443:a.example", "protocols"), ElementsAre("TLSv1.2"));
  EXPECT_NE(content(older, kSite), nullptr);
  EXPECT_THAT(predicted(older, "httpd:443:a.example", "protocols"),
              ElementsAre("TLSv1.2", "TLSv1.3"));
}

// RFC 8446 4.2.3: RSASSA-PKCS1 signs no handshake of TLS 1.3.
TEST(HttpdPlan, PredictsNoTls13WithoutASchemeForIt) {
  auto host =
      httpd({{kSite, vhost("a.example", "  SSLOpenSSLConfCmd SignatureAlgorithms RSA+SHA256\n")}});
  host.capability.readings["schemes RSA+SHA256"] = {"rsa_pkcs1_sha256"};
  const auto plan = plan_one(host, "20180330");
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "schemes"), ElementsAre("rsa_pkcs1_sha256"));
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "protocols"), Not(Contains("TLSv1.3")));
}

TEST(HttpdPlan, SetsAsideAProtocolThatNarrowingWouldLeaveEmpty) {
  const auto plan =
      plan_one(httpd({{kSite, vhost("a.example", "  SSLProtocol TLSv1\n")}}), "20261101");
  EXPECT_NE(content(plan, kSite), nullptr);
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "protocols"),
              ElementsAre("TLSv1.2", "TLSv1.3"));
}

TEST(HttpdPlan, KeepsAServerLevelValueThatIsStricter) {
  const auto plan = plan_one(httpd({{"/etc/apache2/mods-enabled/ssl.conf", "SSLProtocol TLSv1.3\n"},
                                    {kSite, vhost("a.example")}}),
                             "20261101");
  ASSERT_NE(content(plan, kDropin), nullptr);
  EXPECT_THAT(*content(plan, kDropin), Not(HasSubstr("SSLProtocol -all")));
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "protocols"), ElementsAre("TLSv1.3"));
}

TEST(HttpdPlan, NamesHybridGroupsThatOpenSsl30LacksAndWhatBringsThem) {
  const auto plan = plan_one(httpd({{kSite, vhost("a.example")}}), "20261101");
  const auto groups = std::ranges::find(plan.shortfalls, "groups", &Shortfall::dimension);
  ASSERT_NE(groups, plan.shortfalls.end());
  EXPECT_THAT(groups->names, Contains("X25519MLKEM768"));
  EXPECT_EQ(groups->remedy, "OpenSSL 3.5 or later");
}

TEST(HttpdPlan, RefusesToTouchAFileThatItDidNotWrite) {
  const auto plan =
      plan_one(httpd({{kSite, vhost("a.example")}, {kDropin, "# mine\n"}}), "20261101");
  ASSERT_TRUE(plan.skipped);
  EXPECT_EQ(plan.skipped->id, "foreign-drop-in");
  EXPECT_THAT(plan.files, IsEmpty());
}

TEST(HttpdPlan, RefusesAFolderWithTheNameOfItsDropIn) {
  auto host = httpd({{kSite, vhost("a.example")}});
  host.files[kDropin].kind = base::FileState::Kind::folder;
  const auto plan = plan_one(host, "20261101");
  ASSERT_TRUE(plan.skipped);
  EXPECT_EQ(plan.skipped->id, "foreign-drop-in");
  EXPECT_THAT(plan.skipped->what, HasSubstr("a folder"));
}

// What cannot follow any policy may still be as its package ships it.
TEST(HttpdPlan, SkipsAnUnfitServiceUnlessNothingIsAskedOfIt) {
  auto host = httpd({{kSite, vhost("a.example")}});
  host.unfit = Error{"library-silent", "", "", ""};
  EXPECT_TRUE(plan_one(host, "20261101").skipped);
  EXPECT_FALSE(plan_one(host, "").skipped);
}

// The program has a virtual host out of a macro; our reading has the macro's lines alone.
service::Instance with_macro(const std::string& line) {
  auto host = httpd({{kSite, vhost("a.example")},
                     {kOther, "<Macro sv $name>\n" + vhost("$name", "  " + line + "\n") +
                                  "</Macro>\nUse sv m.example\n"}});
  const config::Scope scope{"VirtualHost", "*:443", 1, "macro 'sv'"};
  std::erase_if(host.endpoints, [](const auto& one) { return one.sni == "$name"; });
  auto endpoint = host.endpoints.at(0);
  endpoint.id = "httpd:443:m.example";
  endpoint.file = scope.file;
  endpoint.line = scope.line;
  host.endpoints.push_back(endpoint);
  host.inactive_lines = {kOther + ":5"};
  auto words = base::words(line);
  config::Setting setting;
  setting.key = words.front();
  setting.args.assign(words.begin() + 1, words.end());
  setting.scopes = {scope};
  setting.line = 4;
  host.expanded = {{scope.file, setting}};
  return host;
}

TEST(HttpdPlan, KeepsAVirtualHostOutOfAMacroAsStrictAsItWas) {
  const auto plan = plan_one(with_macro("SSLProtocol -all +TLSv1.3"), "20261101");
  EXPECT_THAT(predicted(plan, "httpd:443:m.example", "protocols"), ElementsAre("TLSv1.3"));
  EXPECT_THAT(predicted(plan, "httpd:443:a.example", "protocols"),
              ElementsAre("TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(plan.notes,
              ElementsAre("macro 'sv':4: SSLProtocol is stricter than the policy and stays"));
  EXPECT_EQ(content(plan, kOther), nullptr);
}

TEST(HttpdPlan, SetsAsideTheLineOfAMacroThatNothingBeats) {
  const auto plan =
      plan_one(with_macro("SSLOpenSSLConfCmd CipherString ALL:@SECLEVEL=0"), "20261101");
  ASSERT_NE(content(plan, kOther), nullptr);
  EXPECT_THAT(*content(plan, kOther), HasSubstr("#"));
  EXPECT_THAT(predicted(plan, "httpd:443:m.example", "suites"),
              Contains("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
  ASSERT_EQ(plan.notes.size(), 1u);
  EXPECT_THAT(plan.notes[0], HasSubstr("is set aside"));
}

TEST(HttpdPlan, NamesWhatNothingBeatsAndNoFileHas) {
  auto host = with_macro("SSLOpenSSLConfCmd CipherString ALL:@SECLEVEL=0");
  host.files.erase(kOther);
  const auto plan = plan_one(host, "20261101");
  EXPECT_THAT(plan.notes, Contains(HasSubstr("stands in no file")));
}

TEST(HttpdPlan, SkipsAServiceThatWasBrokenBefore) {
  auto host = httpd({{kSite, vhost("a.example")}});
  host.broken = Error{"broken-before", "AH00526: Syntax error", "apache2ctl configtest", ""};
  const auto plan = plan_one(host, "20261101");
  EXPECT_TRUE(plan.skipped);
  EXPECT_THAT(plan.files, IsEmpty());
}

TEST(HttpdPlan, RefusesAnEcOnlyVirtualHostUnderTheRsaOnlyDate) {
  auto host = httpd({{kSite, vhost("a.example", "  SSLCertificateFile /etc/ec.pem\n")}});
  host.certificates = {
      {"/etc/ec.pem", "EC", 256, "CN=a.example", "2027-01-01T00:00:00Z", false, false}};
  EXPECT_THAT(plan_one(host, "20261101").refusals, IsEmpty());
  const auto plan = plan_one(host, "20180330");
  ASSERT_EQ(plan.refusals.size(), 1u);
  EXPECT_EQ(plan.refusals[0].id, "certificate-unfit");
}

// From every date to every other: the second plan of the same date is empty, and upstream gives the
// first bytes back.
TEST(HttpdPlan, IsEmptyOnceItWasCarriedOutAndUpstreamRestoresEveryByte) {
  const auto host = httpd(
      {{kSite, vhost("a.example", "  SSLProtocol TLSv1\r\n\tSSLCipherSuite  \"ALL\" \\\n  x\n")},
       {kOther, vhost("b.example", "  SSLOpenSSLConfCmd CipherString ALL\n")}});
  for (const std::string first : {"20180330", "20230601", "20261101"})
    for (const std::string second : {"20180330", "20230601", "20261101"}) {
      const auto once = carried_out(host, plan_one(host, first));
      EXPECT_THAT(plan_one(once, first).files, IsEmpty()) << first;
      const auto twice = carried_out(once, plan_one(once, second));
      EXPECT_THAT(plan_one(twice, second).files, IsEmpty()) << first << " then " << second;
      EXPECT_EQ(carried_out(twice, plan_one(twice, "")).files, host.files);
    }
}

}  // namespace
}  // namespace tlspolicy::plan::test
