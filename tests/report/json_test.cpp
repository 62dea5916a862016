// SPDX-License-Identifier: Apache-2.0
// Every JSON root against its published schema, judged by python3-jsonschema.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "report/changed.hpp"
#include "report/check.hpp"
#include "report/error.hpp"
#include "report/explain.hpp"
#include "report/history.hpp"
#include "report/list.hpp"
#include "report/plan.hpp"
#include "report/samples.hpp"
#include "report/scan.hpp"
#include "report/show.hpp"
#include "report/status.hpp"

namespace tlspolicy::report {
namespace {
using namespace test;

// "" where the document fits its schema; otherwise what the validator says.
std::string judged(const std::string& document) {
  const std::string source = TLSPOLICY_SOURCE;
  const auto file = std::filesystem::path(testing::TempDir()) /
                    (testing::UnitTest::GetInstance()->current_test_info()->name() +
                     std::to_string(getpid()) + ".json");
  std::ofstream(file) << document;
  const std::string command = "/usr/bin/python3 " + source + "/tests/report/validate.py " + source +
                              "/docs/schemas " + file.string() + " 2>&1";
  std::string said;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  const int status = pclose(pipe);
  std::filesystem::remove(file);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" : "not valid: " + said;
}

Changed sample_change(std::string verb) {
  return {.verb = std::move(verb),
          .before = "",
          .after = "20261101",
          .nothing_to_do = false,
          .live = true,
          .outcome = sample_outcome(),
          .skipped = {{"sshd", *broken_plan().skipped}},
          .weakenings = {{"httpd:443", "httpd:443 gains TLSv1.0"}},
          .plan = sample_plan()};
}

TEST(ReportJson, TheJudgeFindsADocumentThatDoesNotFit) {
  EXPECT_NE(judged(R"({"schema": "tlspolicy.explain/1", "id": 7})"), "");
  EXPECT_NE(judged(R"({"schema": "tlspolicy.explain/1", "id": "a", "title": "b",
                       "explanation": "c", "remedy": "d", "more": "e"})"),
            "");
}

TEST(ReportJson, TheCatalogueFitsItsSchema) {
  const auto catalogue = sample_catalogue();
  EXPECT_EQ(judged(list_json({catalogue, "20261101"})), "");
  EXPECT_EQ(judged(list_json({catalogue, "20261101", sample_clients()})), "");
  EXPECT_EQ(judged(list_json({{}, ""})), "");
}

TEST(ReportJson, APolicyFitsItsSchema) {
  const auto policy = sample_policy();
  EXPECT_EQ(judged(show_json({&policy, {}})), "");
  EXPECT_EQ(judged(show_json(
                {&policy, {{apache_plan(), {{"/etc/a", {"one", "two"}}}}, {broken_plan(), {}}}})),
            "");
  EXPECT_EQ(judged(show_json({nullptr, {}})), "");
  EXPECT_EQ(judged(show_json({&policy, {}, sample_clients()})), "");
  EXPECT_EQ(judged(show_json({nullptr, {}, sample_clients()})), "");
}

TEST(ReportJson, TheHostsStateFitsItsSchema) {
  const Error pending{"pending-journal", "generation 3 was never finished", "", "recover"};
  EXPECT_EQ(judged(status_json({"20180330",
                                "20261101",
                                pending,
                                {{"exemption", "sshd is held", "", ""}},
                                sample_plan()})),
            "");
  EXPECT_EQ(judged(status_json({"", "", {}, {}, {}})), "");
}

TEST(ReportJson, APlanFitsItsSchema) {
  const auto plan = sample_plan();
  EXPECT_EQ(judged(plan_json({"", plan})), "");
  const auto clients = sample_clients();
  const auto lost = forecast::lost_by(sample_policy(), clients);
  EXPECT_EQ(judged(plan_json({"", plan, {clients.size(), true, lost, lost}})), "");
}

TEST(ReportJson, AChangeFitsTheSchemaOfItsVerb) {
  for (const char* verb : {"set", "undo", "recover"})
    EXPECT_EQ(judged(changed_json(sample_change(verb))), "");
}

TEST(ReportJson, TheHistoryFitsItsSchema) {
  EXPECT_EQ(judged(history_json({{generation(1, "set", "kept"), generation(2, "undo 1", "kept"),
                                  generation(3, "set", "")},
                                 {{1, 2}},
                                 {{"journal-corrupt", "damaged", "4", ""}}})),
            "");
}

TEST(ReportJson, AProofFitsItsSchema) {
  EXPECT_EQ(judged(check_json({"20261101",
                               {tls_verdict(prove::Outcome::fails), ssh_verdict()},
                               {*broken_plan().skipped}})),
            "");
}

TEST(ReportJson, ExplanationsAndErrorsFitTheirSchemas) {
  EXPECT_EQ(judged(explain_json({"busy", "Another run", "Only one", "Wait"})), "");
  EXPECT_EQ(judged(errors_json({{"busy", "another run", "/lock", "wait"}})), "");
}

TEST(ReportJson, BytesThatAreNotUtf8DoNotBreakADocument) {
  EXPECT_EQ(judged(errors_json({{"check-failed", "bad byte \xff here", "", ""}})), "");
}

TEST(Json, OfAScanFitsItsSchema) {
  scan::Endpoint endpoint;
  endpoint.target = {"www.example.org", {"192.0.2.1", 443, "www.example.org", ""}};
  endpoint.serves = scan::Fact::yes;
  for (const auto protocol : crypto::all_protocols())
    endpoint.versions.push_back({.protocol = protocol,
                                 .accepted = scan::Fact::yes,
                                 .why = "",
                                 .suites = {{crypto::Suite{0xC02F}}, scan::Order::server, true}});
  endpoint.groups13 = {{crypto::Group{29}}, scan::Order::client, true};
  endpoint.schemes12 = {{"rsa", {{crypto::Scheme{0x0804}}, scan::Order::unknown, false}}};
  endpoint.signed13 = {{crypto::Scheme{0x0804}, "RSA"}, {std::nullopt, "EC"}};
  endpoint.fields = {{2048, "ffdhe2048"}, {1024, ""}};
  endpoint.chains = {{{scan::Certificate{.subject = "CN=www.example.org",
                                         .issuer = "CN=ca",
                                         .serial = "01",
                                         .names = {"www.example.org"},
                                         .not_before = "2026-01-01T00:00:00Z",
                                         .not_after = "2027-01-01T00:00:00Z",
                                         .key_type = "EC",
                                         .key_bits = 256,
                                         .curve = crypto::Group{23},
                                         .signature_hash = "SHA256",
                                         .sha256 = "00",
                                         .self_signed = false}},
                      {crypto::Protocol::tls12}}};
  endpoint.intolerances = {{"intolerant-long-hello", "silence"}};
  endpoint.weaknesses = {{"beast", scan::Severity::low, "TLSv1.0"}};
  endpoint.gaps = {{"suites of SSLv3", "silence"}};
  const auto grade = scan::grade_of(endpoint, "2026-11-26T00:00:00Z");
  ASSERT_TRUE(grade);
  endpoint.ssh = scan::Ssh{};
  endpoint.ssh->host_keys = {{"ssh-ed25519", 256, "abc"}};
  endpoint.ssh->moduli = {2048};
  const auto held = scan::hold(endpoint, sample_policy());
  const Judged judged_one{endpoint, held, grade}, nothing{scan::Endpoint{}};
  EXPECT_EQ(judged(scan_json({{judged_one, nothing}, {{"unknown-host", "a", "b", "c"}}})), "");
  EXPECT_EQ(judged(scan_json({{}, {}})), "");
}

}  // namespace
}  // namespace tlspolicy::report
