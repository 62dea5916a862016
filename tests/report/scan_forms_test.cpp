// SPDX-License-Identifier: Apache-2.0
// A scan in all its forms, with ordinary servers and with one that writes whatever could harm who
// reads the report.  Each form is read by a program that others wrote (forms.py).
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/text.hpp"
#include "report/form.hpp"
#include "report/json.hpp"
#include "report/samples.hpp"
#include "scan/weakness.hpp"

namespace tlspolicy::report {
namespace {
using namespace test;
using crypto::Protocol;
using ::testing::ContainsRegex, ::testing::HasSubstr, ::testing::Not;

// Everything that means something to a terminal, a spreadsheet, a browser or a parser.
const std::string kHostile =
    "=1+1\",'<script>alert(1)</script>]]>&amp;\r\n\x1b[31m\xc2\x9b\xff\xe2\x80\xae--";

scan::Version version(Protocol protocol, crypto::Suites suites) {
  const auto accepted = suites.empty() ? scan::Fact::no : scan::Fact::yes;
  return {protocol, accepted, "alert 70", {std::move(suites), scan::Order::server, true}};
}

Judged ordinary() {
  Judged out;
  auto& e = out.endpoint;
  e.target = {"www.example.org", {"2001:db8::1", 443, "www.example.org", ""}};
  e.serves = scan::Fact::yes;
  const auto strong = crypto::suite_named("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256").value();
  const auto weak = crypto::suite_named("TLS_RSA_WITH_3DES_EDE_CBC_SHA").value();
  e.versions = {version(Protocol::ssl2, {}),
                version(Protocol::ssl3, {}),
                version(Protocol::tls10, {weak}),
                version(Protocol::tls11, {}),
                version(Protocol::tls12, {strong, weak}),
                version(Protocol::tls13, {crypto::suite_named("TLS_AES_128_GCM_SHA256").value()})};
  e.groups12 = e.groups13 = {{crypto::Group{29}}, scan::Order::client, true};
  e.schemes12 = {{"rsa", {{crypto::Scheme{0x0804}}, scan::Order::unknown, true}}};
  scan::Certificate leaf;
  leaf.subject = "CN=www.example.org";
  leaf.names = {"www.example.org"};
  leaf.not_after = "2027-01-01T00:00:00Z";
  leaf.key_type = "RSA";
  leaf.key_bits = 2048;
  e.chains = {{{leaf}, {Protocol::tls12}, scan::Staple{.status = "good"}}};
  e.weaknesses = {{"sweet32", scan::Severity::medium, "TLSv1.2 TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
                  {"no-post-quantum", scan::Severity::note, "post-quantum key exchange: missing"}};
  e.connections = 42;
  out.held = scan::hold(e, sample_policy());
  out.grade = scan::grade_of(e, "2026-11-26T00:00:00Z");
  return out;
}

// Every string that a server has a hand in.
Judged hostile() {
  Judged out = ordinary();
  auto& e = out.endpoint;
  e.why = kHostile;
  for (auto& one : e.versions) one.why = kHostile;
  e.signed13 = {{std::nullopt, kHostile}};
  scan::Certificate bad;
  bad.subject = bad.issuer = bad.serial = bad.not_before = bad.not_after = bad.key_type =
      bad.signature_hash = bad.sha256 = kHostile;
  bad.names = {kHostile, kHostile};
  e.chains.push_back({{bad, bad}, {Protocol::tls13}});
  e.facts.alpn = {kHostile};
  e.intolerances = {{"intolerant-long-hello", kHostile}};
  e.weaknesses.push_back({"small-key", scan::Severity::high, kHostile});
  scan::Ssh ssh;
  ssh.offer.banner = kHostile;
  ssh.offer.kex = ssh.offer.host_keys = ssh.offer.ciphers_to_client = ssh.offer.ciphers_to_server =
      ssh.offer.macs_to_client = ssh.offer.macs_to_server = ssh.offer.compression = {kHostile};
  ssh.host_keys = {{kHostile, 256, kHostile}};
  ssh.server_sig_algs = {kHostile};
  e.ssh = ssh;
  e.gaps = {{kHostile, kHostile}};
  out.held->deviations.push_back(
      {"scan-not-known", "suites", scan::Compliance::not_known, kHostile});
  out.grade->reasons.push_back({"T", kHostile, "trust"});
  out.grade->not_judged.push_back(kHostile);
  return out;
}

Judged dead() {
  Judged out;
  out.endpoint.target = {"192.0.2.7", {"192.0.2.7", 25, "", "smtp"}};
  out.endpoint.why = "no TLS (it says \"" + kHostile + "\")";
  out.held = scan::hold(out.endpoint, sample_policy());
  return out;
}

FormOptions options() {
  return {.policy = "20261101",
          .date = "2026-11-26T04:05:06Z",
          .version = "0.1.0",
          .messages = {{"sweet32", {"sweet32", "Ciphers with small blocks", "Why", "What to do"}}},
          .clients = sample_clients()};
}

std::string written(Format format, const std::vector<Judged>& endpoints) {
  const auto form = make_form(format, options());
  return whole(
      *form, {endpoints,
              {{"bad-scan-target", "\"" + kHostile + "\" is no target", "line 17", "write HOST"}}});
}

// What a reader says about it; "" where nothing is wrong.
std::string read_by_others(const std::string& name, const std::string& report) {
  const auto file = std::filesystem::path(testing::TempDir()) /
                    (name + "-" + std::to_string(getpid()) + ".report");
  std::ofstream(file, std::ios::binary) << report;
  const std::string command = std::string("/usr/bin/python3 -W ignore ") + TLSPOLICY_SOURCE +
                              "/tests/report/forms.py " + name + " " + file.string() + " 2>&1";
  std::string said;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  pclose(pipe);
  std::filesystem::remove(file);
  return said;
}

struct Row {
  const char* name;
  Format format;
};
constexpr Row kRead[]{{"csv", Format::csv},
                      {"ndjson", Format::ndjson},
                      {"sarif", Format::sarif},
                      {"junit", Format::junit},
                      {"html", Format::html}};

TEST(ScanForms, EachIsReadByItsReaders) {
  for (const Row& row : kRead) {
    EXPECT_EQ(read_by_others(row.name, written(row.format, {ordinary(), dead()})), "") << row.name;
    EXPECT_EQ(read_by_others(row.name, written(row.format, {})), "") << row.name;
  }
}

// A line for each of a million targets should not tell of 42 clients that nobody asked for.
TEST(ScanForms, JsonTellsOfClientsWhereItWasGivenAny) {
  for (const auto format : {Format::ndjson, Format::json}) {
    FormOptions given = options();
    EXPECT_THAT(whole(*make_form(format, given), {{ordinary()}, {}}), HasSubstr("\"old-mta\""));
    given.clients.clear();
    EXPECT_THAT(whole(*make_form(format, given), {{ordinary()}, {}}),
                ContainsRegex("\"clients\": ?null"));
  }
}

TEST(ScanForms, WhatServersWriteIsHarmlessInEach) {
  for (const Row& row : kRead)
    EXPECT_EQ(read_by_others(row.name, written(row.format, {hostile(), dead()})), "") << row.name;
}

TEST(ScanForms, TheReadersFindWhatIsWrong) {
  EXPECT_NE(read_by_others("csv", "a,b\r\n=1,2\r\n"), "");
  EXPECT_NE(read_by_others("csv", "a,b\r\n1\r\n"), "");
  EXPECT_NE(read_by_others("html", "<html><body><script>x</script></body></html>"), "");
  EXPECT_NE(read_by_others("html", "<html><body><p>x</body></html>"), "");
  EXPECT_NE(read_by_others("junit", "<testsuites tests=\"1\"></testsuites>"), "");
  EXPECT_NE(read_by_others("sarif", R"({"version": "2.0.0", "runs": []})"), "");
  EXPECT_NE(read_by_others("ndjson", "{\"schema\": \"tlspolicy.scan-line/1\"}\n"), "");
}

TEST(ScanForms, TextCannotReachTheTerminal) {
  for (const bool verbose : {false, true}) {
    auto given = options();
    given.style = {false, 80, verbose};
    const auto form = make_form(Format::text, given);
    const auto text = whole(*form, {{hostile(), dead()}, {}});
    for (const char* harm : {"\x1b", "\r", "\xc2\x9b", "\xff", "\xe2\x80\xae"})
      EXPECT_THAT(text, Not(HasSubstr(harm)));
    EXPECT_THAT(text, HasSubstr("\\x1B[31m"));
  }
}

TEST(ScanForms, JsonInPiecesIsTheWholeDocument) {
  const auto pieces = written(Format::json, {ordinary(), dead()});
  EXPECT_THAT(pieces, testing::StartsWith("{\n  \"schema\": \"tlspolicy.scan/1\",\n"));
  EXPECT_THAT(pieces, testing::EndsWith("\n  ]\n}\n"));
  EXPECT_THAT(pieces, Not(HasSubstr("\x1b")));
}

TEST(ScanForms, SayWhichClientsConnectWithWhat) {
  auto given = options();
  auto& newer = given.clients.emplace_back(given.clients.front());
  newer.id = newer.title = "newer";
  newer.max_protocol = crypto::Protocol::tls12;
  newer.suites = find(ordinary().endpoint, crypto::Protocol::tls12)->suites.accepted;
  newer.groups = ordinary().endpoint.groups12.accepted;
  newer.schemes = ordinary().endpoint.schemes12.front().schemes.accepted;
  const auto all = [&](Format format) {
    return whole(*make_form(format, given), {{ordinary(), dead()}, {}});
  };
  EXPECT_THAT(all(Format::text), HasSubstr("  clients      1 of 3 known ones connect\n"));
  EXPECT_THAT(all(Format::text), HasSubstr("An Old Mail Server"));
  const auto json = nlohmann::json::parse(all(Format::json));
  const auto& clients = json["endpoints"][0]["clients"];
  ASSERT_EQ(clients.size(), 3U);
  EXPECT_EQ(clients[0]["reason"], "suite");
  EXPECT_TRUE(clients[0]["suite"].is_null());
  EXPECT_EQ(clients[2]["protocol"], "TLSv1.2");
  EXPECT_EQ(clients[2]["suite"], crypto::name(newer.suites.front()));
  EXPECT_TRUE(json["endpoints"][1]["clients"].empty());  // nobody knows
}

TEST(ScanForms, SarifSaysHowManyNotificationsItLeftOut) {
  const auto form = make_form(Format::sarif, options());
  std::string report = form->head();
  for (int i = 0; i < 10'005; ++i) report += form->left_out({"unknown-host", "no address", "", ""});
  report += form->tail();
  EXPECT_THAT(report, HasSubstr("5 more targets gave no answer"));
  EXPECT_EQ(read_by_others("sarif", report), "");
}

// It did answer: with refusals.
TEST(ScanForms, WhoRefusesEverythingIsNotSaidToBeSilent) {
  auto refuses = dead();
  refuses.endpoint.serves = scan::Fact::no;
  refuses.endpoint.why = "every version is refused: alert 40 (handshake_failure)";
  struct Said {
    Format format;
    const char *refused, *silent;
  };
  for (const Said& one :
       {Said{Format::text, "  refuses us   every version is refused", "  no answer "},
        Said{Format::html, ">refuses us<", ">no answer<"},
        Said{Format::junit, "type=\"all-refused\"", "type=\"no-answer\""},
        Said{Format::sarif, "\"all-refused\"", "\"no-answer\""}}) {
    EXPECT_THAT(written(one.format, {refuses}), HasSubstr(one.refused));
    EXPECT_THAT(written(one.format, {refuses}), Not(HasSubstr(one.silent)));
    EXPECT_THAT(written(one.format, {dead()}), HasSubstr(one.silent));
  }
}

TEST(ScanForms, TheOtherAddressesOfANameAreNamed) {
  auto given = ordinary();
  given.endpoint.target.others = {"192.0.2.4", "2001:db8::4"};
  given.endpoint.target.unreached = {{"192.0.2.3", "no connection: Connection refused"}};
  const char kAlso[] = "192.0.2.4, 2001:db8::4: --all-addresses scans them";
  const char kBefore[] = "192.0.2.3: no connection: Connection refused";
  EXPECT_THAT(written(Format::text, {given}), HasSubstr(std::string("  also         ") + kAlso));
  EXPECT_THAT(written(Format::text, {given}), HasSubstr(std::string("  instead of   ") + kBefore));
  EXPECT_THAT(written(Format::html, {given}), HasSubstr(std::string("also ") + kAlso));
  EXPECT_THAT(written(Format::html, {given}), HasSubstr(std::string("instead of ") + kBefore));
  const auto line = nlohmann::json::parse(whole(*make_form(Format::ndjson, {}), {{given}, {}}));
  EXPECT_EQ(line["endpoint"]["other_addresses"][1]["name"], "2001:db8::4");
  EXPECT_EQ(line["endpoint"]["unreached"][0]["address"], "192.0.2.3");
  EXPECT_THAT(written(Format::text, {ordinary()}), Not(HasSubstr("--all-addresses")));
}

TEST(ScanForms, NobodyIsLostToWhatIsNotKnown) {
  Judged given = ordinary();
  EXPECT_THAT(written(Format::text, {given}), Not(HasSubstr("not known")));
  given.endpoint.versions.back().suites.whole = false;
  EXPECT_THAT(written(Format::text, {given}),
              HasSubstr("not all that the endpoint accepts is known"));
  EXPECT_THAT(written(Format::text, {given}), Not(HasSubstr("at most; TLS")));
}

TEST(ScanForms, WhatIsStapledIsSaidInWords) {
  Judged given = ordinary();
  const auto text = [&](scan::Staple staple) {
    given.endpoint.chains.front().staple = std::move(staple);
    return base::replace_all(written(Format::text, {given}), "\n               ", " ");
  };
  EXPECT_THAT(text({.status = "good", .next_update = "2026-12-01T00:00:00Z"}),
              HasSubstr("; stapled: good, until 2026-12-01\n"));
  EXPECT_THAT(text({.status = "good"}), HasSubstr("; stapled: good\n"));
  EXPECT_THAT(
      text({.status = "revoked", .revoked = "2026-11-02T03:04:05Z", .reason = "keyCompromise"}),
      HasSubstr("; stapled: revoked on 2026-11-02 (keyCompromise)\n"));
  EXPECT_THAT(text({.why = "it cannot be read"}),
              HasSubstr("; stapled OCSP response: it cannot be read\n"));
  EXPECT_THAT(written(Format::html, {given}),
              HasSubstr("<br>stapled OCSP response: it cannot be read<"));
}

TEST(ScanForms, WhatIsNotKnownForOneReasonIsSaidOnce) {
  auto given = ordinary();
  given.endpoint.gaps = {{"the certificate in TLSv1.3", "a reset"},
                         {"the certificate in TLSv1.3", "a reset"},
                         {"the certificate in TLSv1.3", "silence"}};
  for (const auto format : {Format::text, Format::html}) {
    const auto report = written(format, {given});
    const auto first = report.find("the certificate in TLSv1.3: a reset");
    EXPECT_NE(first, std::string::npos);
    EXPECT_EQ(report.find("the certificate in TLSv1.3: a reset", first + 1), std::string::npos);
    EXPECT_THAT(report, HasSubstr("the certificate in TLSv1.3: silence"));
  }
}

// SARIF 2.1.0 3.27.17: whoever keeps results over time tells them by these.
TEST(ScanForms, SarifTellsResultsOfOneRuleApartInWhateverOrderTheyCome) {
  const auto prints = [](const Judged& judged) {
    std::multiset<std::string> out;
    const auto report = nlohmann::json::parse(written(Format::sarif, {judged}));
    for (const auto& one : report["runs"][0]["results"])
      out.insert(one["partialFingerprints"].front().get<std::string>());
    return out;
  };
  auto one = ordinary();
  one.endpoint.versions[3] =
      version(Protocol::tls11, {crypto::suite_named("TLS_RSA_WITH_3DES_EDE_CBC_SHA").value()});
  one.endpoint.fields = {{1024, "modp1024 (RFC 2409)"}, {1024, ""}};
  one.endpoint.weaknesses = scan::weaknesses_of(one.endpoint);
  one.held = scan::hold(one.endpoint, sample_policy());
  const auto found = prints(one);
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), found.size());
  EXPECT_TRUE(found.contains("tls://www.example.org:443 old-protocol TLSv1.1"));
  std::ranges::reverse(one.endpoint.weaknesses);
  std::ranges::reverse(one.held->deviations);
  EXPECT_EQ(prints(one), found);
}

TEST(ScanForms, WhatGoesOnHasNoSecondHead) {
  auto given = options();
  given.goes_on = true;
  EXPECT_EQ(make_form(Format::csv, given)->head(), "");
  EXPECT_NE(make_form(Format::csv, options())->head(), "");
}

TEST(ScanForms, JunitHasACaseForEachDimensionOfAPolicyAndForEachWeaknessWithoutOne) {
  const auto held = written(Format::junit, {ordinary()});
  for (const char* name : {"protocols", "suites", "tls13_suites", "groups", "schemes", "sizes"})
    EXPECT_THAT(held, HasSubstr("name=\"20261101 " + std::string(name) + "\""));
  auto plain = ordinary();
  plain.held.reset();
  const auto weak = written(Format::junit, {plain});
  EXPECT_THAT(weak, HasSubstr("name=\"sweet32\" time=\"0\"><failure"));
  EXPECT_THAT(weak, HasSubstr("name=\"no-post-quantum\" time=\"0\"><skipped"));
}

TEST(ScanForms, TheTextHasNoLineWiderThanTheTerminal) {
  auto given = options();
  given.style = {false, 80, true};
  const auto text = whole(*make_form(Format::text, given), {{ordinary(), dead()}, {}});
  EXPECT_THAT(text, Not(testing::ContainsRegex("[^\n]{100}")));
  EXPECT_THAT(text, HasSubstr("  grade "));
  EXPECT_THAT(text, HasSubstr("  20261101 "));
}

}  // namespace
}  // namespace tlspolicy::report
