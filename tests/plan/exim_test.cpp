// SPDX-License-Identifier: Apache-2.0
// The planner on exim: one priority string for all, both grades in it, files that Debian's
// update-exim4.conf puts together (R6, R8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "service/endpoints.hpp"
#include "world.hpp"

namespace tlspolicy::plan::test {
namespace {
using testing::Contains, testing::ElementsAre, testing::Each, testing::HasSubstr, testing::IsEmpty,
    testing::Not, testing::StartsWith;

const std::string kTemplate = "/etc/exim4/exim4.conf.template";
const std::string kMacros = "/etc/exim4/exim4.conf.localmacros";
const std::string kShipped =
    "exim_path = /usr/sbin/exim4\n.ifdef MAIN_TLS_ENABLE\ntls_certificate = MAIN_TLS_CERTKEY\n"
    ".endif\nbegin transports\nremote_smtp:\n  driver = smtp\n  tls_require_ciphers = NORMAL\n";

const EndpointPlan& at(const ServicePlan& plan, const std::string& id) {
  const auto found = std::ranges::find_if(
      plan.endpoints, [&](const EndpointPlan& one) { return one.endpoint.id == id; });
  if (found == plan.endpoints.end()) throw std::runtime_error("no endpoint " + id);
  return *found;
}

std::vector<std::string> names(const ServicePlan& plan, const std::string& id,
                               const std::string& dimension) {
  return at(plan, id).dimensions.at(dimension).names;
}

// What the library said of a priority string that stands in a file.
void reads(service::Instance& host, const std::string& value, const std::string& dimension,
           const std::vector<std::string>& as) {
  host.capability.readings["priority-" + dimension + " " + value] = as;
}

TEST(EximPlan, HoldsTwoGradesInOneStringByThePort) {
  const auto plan = plan_one(exim({{kTemplate, kShipped}}), "20261101");
  ASSERT_FALSE(plan.skipped) << plan.skipped->what;
  const auto* text = content(plan, kMacros);
  ASSERT_NE(text, nullptr);
  EXPECT_THAT(*text, StartsWith("# BEGIN tlspolicy (this file is ours): policy 20261101;"));
  EXPECT_THAT(*text, HasSubstr("\ntls_require_ciphers = ${if eq{$received_port}{25}"
                               "{NONE:+VERS-TLS1.3:+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0:"));
  EXPECT_THAT(*text, HasSubstr("}{NONE:+VERS-TLS1.3:+VERS-TLS1.2:+ECDHE-ECDSA:"));
  EXPECT_EQ(content(plan, kTemplate), nullptr);
  EXPECT_THAT(names(plan, "exim:25", "protocols"), Contains("TLSv1.0"));
  EXPECT_THAT(names(plan, "exim:25", "suites"), Contains("TLS_RSA_WITH_AES_128_CBC_SHA"));
  for (const std::string id : {"exim:465", "exim:587"}) {
    EXPECT_THAT(names(plan, id, "protocols"), ElementsAre("TLSv1.2", "TLSv1.3"));
    EXPECT_THAT(names(plan, id, "suites"), Not(Contains("TLS_RSA_WITH_AES_128_CBC_SHA")));
    EXPECT_THAT(names(plan, id, "groups"), ElementsAre("x25519", "secp256r1", "secp384r1"));
  }
  EXPECT_EQ(at(plan, "exim:465").endpoint.preamble, "");
  EXPECT_EQ(at(plan, "exim:587").endpoint.preamble, "smtp");
  EXPECT_EQ(plan.library_name, "GnuTLS");
}

TEST(EximPlan, AsksTheLibraryAboutEachGradeAlone) {
  const auto plan = plan_one(exim({{kTemplate, kShipped}}), "20261101");
  std::vector<std::string> asked;
  for (const auto& step : plan.steps)
    if (step.argv.size() == 4 && step.argv[2] == "priority") asked.push_back(step.argv[3]);
  EXPECT_EQ(asked.size(), 2U);
  EXPECT_THAT(asked, Each(StartsWith("NONE:+VERS-TLS1.3:")));
}

TEST(EximPlan, SaysWhatTheLibraryLacksAndWhatNoLineOfOursReaches) {
  const auto plan = plan_one(exim({{kTemplate, kShipped}}), "20261101");
  const auto hybrids = std::ranges::find_if(
      plan.shortfalls, [](const Shortfall& one) { return one.dimension == "groups"; });
  ASSERT_NE(hybrids, plan.shortfalls.end());
  EXPECT_THAT(hybrids->names, ElementsAre("X25519MLKEM768", "SecP256r1MLKEM768"));
  EXPECT_EQ(hybrids->reason, "GnuTLS 3.7.9 has no word for it");
  EXPECT_EQ(hybrids->remedy, "GnuTLS 3.8.8 or later that is built with it");
  EXPECT_TRUE(std::ranges::any_of(plan.shortfalls,
                                  [](const Shortfall& one) { return one.endpoint == "outbound"; }));
  const auto own = plan_one(exim({{"/etc/exim4/conf.d/main/01_a", "tls_certificate = /etc/x\n"},
                                  {"/etc/exim4/conf.d/transport/30_mine",
                                   "mine:\n  driver = smtp\n  tls_require_ciphers = NORMAL\n"}},
                                 "debian-split"),
                            "20261101");
  const auto outbound = std::ranges::find(own.shortfalls, "outbound", &Shortfall::endpoint);
  ASSERT_NE(outbound, own.shortfalls.end());
  EXPECT_THAT(outbound->reason, HasSubstr("/etc/exim4/conf.d/transport/30_mine:3 (mine)"));
  auto newer = exim({{kTemplate, kShipped}});
  newer.capability.library_version = "3.8.9";
  for (const auto& one : plan_one(newer, "20261101").shortfalls)
    if (one.dimension == "groups") {
      EXPECT_EQ(one.remedy, "a build of GnuTLS with it: 3.8.9 has it as a choice of who builds it");
    }
}

TEST(EximPlan, IsEmptyOnAHostThatFollowsAndGoesBackToTheByte) {
  for (const std::string macros : {"-", "", "MAIN_TLS_ENABLE = yes", "A = 1\r\n",
                                   "tls_require_ciphers = NORMAL:\\\n  x\n", "# c\\\nB = 2 \\\n"}) {
    Files files{{kTemplate, kShipped + "tls_x = NORMAL\n"}};
    if (macros != "-") files[kMacros] = macros;
    const auto before = exim(files);
    const auto plan = plan_one(before, "20230601");
    ASSERT_FALSE(plan.skipped) << plan.skipped->what;
    const auto after = carried_out(before, plan);
    EXPECT_THAT(plan_one(after, "20230601").files, IsEmpty()) << macros;
    EXPECT_THAT(plan_one(after, "20261101").files, Not(IsEmpty()));
    const auto back = carried_out(after, plan_one(after, ""));
    EXPECT_EQ(back.files.contains(kMacros), macros != "-");
    if (macros != "-") {
      EXPECT_EQ(back.files.at(kMacros).content, macros);
    }
    EXPECT_EQ(back.files.at(kTemplate).content, files.at(kTemplate));
  }
}

TEST(EximPlan, KeepsLinesThatWereAddedToAFileThatItMade) {
  const auto before = exim({{kTemplate, kShipped}});
  auto after = carried_out(before, plan_one(before, "20230601"));
  after.files.at(kMacros).content += "MAIN_TLS_ENABLE = yes\n";
  const auto back = carried_out(after, plan_one(after, ""));
  EXPECT_EQ(back.files.at(kMacros).content, "MAIN_TLS_ENABLE = yes\n");
}

TEST(EximPlan, SetsASecondStringAsideWhereverItStandsButNotThatOfATransport) {
  const auto plan = plan_one(
      exim({{kTemplate, ".ifdef X\n  tls_require_ciphers = \\\n    NORMAL\n.endif\n" + kShipped},
            {kMacros, "tls_require_ciphers = ${if eq{a}{b}{NORMAL}{SECURE128}}\n"}}),
      "20261101");
  EXPECT_THAT(*content(plan, kTemplate),
              StartsWith(".ifdef X\n#tlspolicy set aside#   tls_require_ciphers = \\\n"
                         "#tlspolicy set aside#     NORMAL\n.endif\n"));
  EXPECT_THAT(*content(plan, kTemplate), HasSubstr("\n  tls_require_ciphers = NORMAL\n"));
  EXPECT_THAT(*content(plan, kMacros),
              HasSubstr("\n#tlspolicy set aside# tls_require_ciphers = ${if"));
}

TEST(EximPlan, KeepsAStringThatIsStricterInEveryDimension) {
  const std::string own = "NONE:strict";
  auto host = exim({{kTemplate, kShipped}, {kMacros, "tls_require_ciphers = " + own + "\n"}});
  reads(host, own, "protocols", {"TLSv1.3"});
  reads(host, own, "suites", {});
  reads(host, own, "tls13_suites", {"TLS_AES_128_GCM_SHA256"});
  reads(host, own, "groups", {"x25519"});
  reads(host, own, "schemes", {"rsa_pss_rsae_sha256"});
  reads(host, own, "order", {"client"});
  const auto plan = plan_one(host, "20261101");
  EXPECT_THAT(plan.files, IsEmpty());
  EXPECT_THAT(names(plan, "exim:25", "protocols"), ElementsAre("TLSv1.3"));
  EXPECT_THAT(names(plan, "exim:465", "groups"), ElementsAre("x25519"));
  EXPECT_THAT(names(plan, "exim:465", "order"), ElementsAre("client"));
}

// A version in the middle that somebody took out stays out, and one thing alone is said of the
// line.
TEST(EximPlan, KeepsAVersionOutBetweenOthers) {
  const std::string own = "NORMAL:-VERS-TLS1.1";
  auto host = exim({{kTemplate, kShipped}, {kMacros, "tls_require_ciphers = " + own + "\n"}});
  reads(host, own, "protocols", {"TLSv1.0", "TLSv1.2", "TLSv1.3"});
  for (const auto* dimension : {"suites", "tls13_suites", "groups", "schemes"})
    reads(host, own, dimension, {"more"});
  reads(host, own, "order", {"server"});
  const auto plan = plan_one(host, "20261101");
  const auto* text = content(plan, kMacros);
  ASSERT_NE(text, nullptr);
  EXPECT_THAT(*text, Not(HasSubstr("VERS-TLS1.1:")));
  EXPECT_THAT(*text, HasSubstr("+VERS-TLS1.0:"));
  EXPECT_THAT(names(plan, "exim:25", "protocols"), ElementsAre("TLSv1.0", "TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(plan.notes, Not(Contains(HasSubstr("stricter than the policy"))));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("set aside")));
  EXPECT_THAT(plan_one(carried_out(host, plan), "20261101").files, IsEmpty());
}

TEST(EximPlan, NeverLoosensTheDimensionInWhichAWeakerStringIsStricter) {
  const std::string own = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP384R1";
  auto host = exim({{kTemplate, kShipped}, {kMacros, "tls_require_ciphers = " + own + "\n"}});
  reads(host, own, "protocols", {"TLSv1.3"});
  reads(host, own, "suites", {});
  reads(host, own, "tls13_suites", {"TLS_AES_128_GCM_SHA256", "TLS_AES_128_CCM_SHA256"});
  reads(host, own, "groups", {"secp384r1"});
  reads(host, own, "schemes", {"rsa_pss_rsae_sha256", "rsa_pkcs1_sha1", "ed448"});
  reads(host, own, "order", {"client"});
  const auto plan = plan_one(host, "20261101");
  const auto* text = content(plan, kMacros);
  ASSERT_NE(text, nullptr);
  EXPECT_THAT(*text, HasSubstr("{25}{NONE:+VERS-TLS1.3:+AES-128-GCM:"));
  EXPECT_THAT(*text, Not(HasSubstr("VERS-TLS1.2")));
  EXPECT_THAT(*text, Not(HasSubstr("GROUP-X25519")));
  EXPECT_THAT(names(plan, "exim:25", "groups"), ElementsAre("secp384r1"));
  EXPECT_THAT(names(plan, "exim:465", "protocols"), ElementsAre("TLSv1.3"));
}

TEST(EximPlan, WritesAFileOfItsOwnIntoTheSplitConfiguration) {
  const std::string ours = "/etc/exim4/conf.d/main/00_tlspolicy";
  const auto plan = plan_one(
      exim({{"/etc/exim4/conf.d/main/03_exim4-config_tlsoptions", "tls_advertise_hosts = *\n"},
            {"/etc/exim4/conf.d/main/50_local", "tls_require_ciphers = NORMAL\n"},
            {"/etc/exim4/conf.d/main/50_local.dpkg-old", "tls_require_ciphers = NORMAL\n"},
            {"/etc/exim4/conf.d/main/60_x", "tls_require_ciphers = NORMAL\n"},
            {"/etc/exim4/conf.d/main/60_x.rul", "a = 1\n"}},
           "debian-split"),
      "20261101");
  ASSERT_FALSE(plan.skipped) << plan.skipped->what;
  std::vector<std::string> changed;
  for (const auto& file : plan.files) changed.push_back(file.path);
  EXPECT_THAT(changed, ElementsAre(ours, "/etc/exim4/conf.d/main/50_local"));
}

TEST(EximPlan, PutsOurLinesBeforeTheFirstSectionOfASingleFile) {
  const std::string file = "/etc/exim4/exim4.conf";
  const auto plan = plan_one(exim({{file, "a = 1\nbegin acl\n"}}, "debian-own"), "20261101");
  EXPECT_THAT(*content(plan, file), StartsWith("# BEGIN tlspolicy: policy 20261101;"));
  EXPECT_TRUE(content(plan, file)->ends_with("# END tlspolicy\na = 1\nbegin acl\n"));
}

TEST(EximPlan, HasOpenSslsWordsWhereThatIsTheLibrary) {
  const auto plan = plan_one(exim({{kTemplate, kShipped}}, "debian", false), "20261101");
  const auto* text = content(plan, kMacros);
  ASSERT_NE(text, nullptr);
  EXPECT_THAT(*text, HasSubstr("\nopenssl_options = +no_sslv2 +no_sslv3\n"));
  EXPECT_THAT(*text, HasSubstr("\ntls_require_ciphers = ${if eq{$received_port}{25}{ECDHE-ECDSA-"));
  EXPECT_THAT(*text, HasSubstr("\ntls_eccurve = X25519:"));
  EXPECT_THAT(*text, Not(HasSubstr("NONE:")));
  EXPECT_THAT(names(plan, "exim:465", "protocols"), ElementsAre("TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(names(plan, "exim:465", "suites"), Not(Contains("TLS_RSA_WITH_AES_128_CBC_SHA")));
  EXPECT_THAT(names(plan, "exim:25", "suites"), Contains("TLS_RSA_WITH_AES_128_CBC_SHA"));
}

TEST(EximPlan, KnowsItsListsOfAddressesAndPorts) {
  auto host = exim({{kTemplate, kShipped}});
  std::vector<std::string> notes;
  const auto ids = [&](const std::string& interfaces, const std::string& ports) {
    auto dump = host.dump;
    dump.erase("local_interfaces");
    dump.erase("daemon_smtp_ports");
    dump.emplace("local_interfaces", interfaces);
    dump.emplace("daemon_smtp_ports", ports);
    std::vector<std::string> out;
    for (const auto& one : service::endpoints(world().manifests.at("exim"), {}, dump, notes))
      out.push_back(one.id);
    return out;
  };
  EXPECT_THAT(ids("<; 127.0.0.1 ; ::1", "smtp"), ElementsAre("exim:127.0.0.1:25", "exim:[::1]:25"));
  EXPECT_THAT(
      ids("127.0.0.1 : 192.0.2.1.26 : [192.0.2.2]::27 : ::::1", "25"),
      ElementsAre("exim:127.0.0.1:25", "exim:192.0.2.1:26", "exim:192.0.2.2:27", "exim:[::1]:25"));
  EXPECT_THAT(ids("<; ::0 ; 0.0.0.0", "<, 25, 465"), ElementsAre("exim:25", "exim:465"));
  EXPECT_THAT(notes, IsEmpty());
  EXPECT_THAT(ids("0.0.0.0", "25 : nosuch"), ElementsAre("exim:25"));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("\"nosuch\" is no port")));
}

TEST(EximPlan, NotesAPortThatOffersNoTls) {
  auto host = exim({{kTemplate, kShipped}});
  host.dump.erase("tls_advertise_hosts");
  host.dump.emplace("tls_advertise_hosts", "");
  std::vector<std::string> notes;
  const auto found = service::endpoints(world().manifests.at("exim"), {}, host.dump, notes);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "exim:465");
  EXPECT_THAT(notes, ElementsAre("port 25 speaks no TLS", "port 587 speaks no TLS"));
}

}  // namespace
}  // namespace tlspolicy::plan::test
