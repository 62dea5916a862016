// SPDX-License-Identifier: Apache-2.0
// Reports for people: alignment, widths, colour, and that nothing they must know is left out.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/changed.hpp"
#include "report/check.hpp"
#include "report/error.hpp"
#include "report/explain.hpp"
#include "report/history.hpp"
#include "report/list.hpp"
#include "report/plan.hpp"
#include "report/samples.hpp"
#include "report/show.hpp"
#include "report/status.hpp"
#include "report/table.hpp"

namespace tlspolicy::report {
namespace {
using namespace test;
using testing::HasSubstr, testing::Not;

// Lines wider than `width` that could have been broken: diffs and single long words cannot.
std::vector<std::string> too_wide(const std::string& text, int width) {
  std::vector<std::string> out;
  for (const auto& line : base::lines(text)) {
    const bool diff = line.starts_with('+') || line.starts_with('-') || line.starts_with(' ');
    const auto words = base::words(line);
    const auto longest = std::ranges::max_element(words, {}, &std::string::size);
    if (columns(line) > width && words.size() > 1 &&
        static_cast<int>(longest->size()) < width / 2 && !(diff && line[0] != ' '))
      out.push_back(line);
  }
  return out;
}

std::vector<std::string> every_report(const Style& style) {
  const auto catalogue = sample_catalogue();
  const auto policy = sample_policy();
  const auto plan = sample_plan();
  static const auto clients = sample_clients();
  const auto lost = forecast::lost_by(policy, clients);
  const Error pending{"pending-journal", "the change of generation 3 was never finished",
                      "/var/lib/tlspolicy/generations", "take it back: sudo tlspolicy recover"};
  const Changed changed{.verb = "set",
                        .before = "",
                        .after = "20261101",
                        .nothing_to_do = false,
                        .live = true,
                        .outcome = sample_outcome(),
                        .skipped = {{"sshd", *broken_plan().skipped}},
                        .weakenings = {{"httpd:443", "httpd:443:www.example.org gains TLSv1.0"}},
                        .plan = plan};
  return {
      list_text({catalogue, "20261101", clients}, style),
      show_text({&policy, {{apache_plan(), {{"/etc/a", {"SSLProtocol all"}}}}}, clients}, style),
      status_text({"20180330", "20261101", pending, {}, plan}, style),
      plan_text({"20180330", plan, {clients.size(), true, lost, lost}}, style),
      changed_text(changed, style),
      history_text({{generation(1, "set", "kept"), generation(2, "undo 1", "kept")}, {{1, 2}}, {}},
                   style),
      check_text({"20261101", {tls_verdict(prove::Outcome::fails), ssh_verdict()}, {}}, style),
      explain_text({"busy", "Another run", std::string(300, 'x') + " and more", "Wait"}, style)};
}

TEST(ReportText, NoLineIsWiderThanTheTerminal) {
  for (const int width : {80, 100})
    for (const auto& text : every_report({false, width, true}))
      EXPECT_THAT(too_wide(text, width), testing::IsEmpty()) << text;
}

// "complies" would promise something where nothing is demanded; what was left out is counted.
TEST(ReportText, TheSumOfAProofSaysNoMoreThanItWas) {
  const auto served = tls_verdict(prove::Outcome::complies);  // no protocol is demanded of it
  EXPECT_THAT(check_text({"", {served}, {}}, {}), HasSubstr("1 endpoint: 1 serves\n"));
  const Error missing{"endpoints-unseen", "sshd: not to be seen", "", ""};
  auto proven = served;
  std::get<prove::TlsExpectation>(proven.target.expect).protocols = {crypto::Protocol::tls13};
  EXPECT_THAT(check_text({"20261101", {proven}, {missing}}, {}),
              HasSubstr("1 endpoint: 1 complies; 1 left out\n"));
  EXPECT_THAT(check_text({"20261101", {}, {missing}}, {}), HasSubstr("no endpoint was proven; 1"));
  proven.findings.push_back({"scheme-unenforced", prove::Dimension::schemes,
                             prove::Outcome::complies, "signs with sha224_rsa", true});
  const auto beyond = check_text({"20261101", {proven}, {}}, {});
  EXPECT_THAT(beyond, HasSubstr("1 endpoint: 1 complies as far as it can be enforced\n"));
  EXPECT_THAT(beyond, HasSubstr("outside  signs with sha224_rsa (scheme-unenforced)"));
}

TEST(ReportText, ColourIsOnlyThereWhenItWasAskedFor) {
  for (const auto& text : every_report({false, 80, true}))
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  const auto coloured = every_report({true, 80, true});
  EXPECT_TRUE(std::ranges::all_of(
      coloured, [](const auto& text) { return text.find('\x1b') != std::string::npos; }));
}

TEST(ReportText, ColourChangesNothingButColour) {
  const auto plain = every_report({false, 80, false}), coloured = every_report({true, 80, false});
  for (std::size_t i = 0; i < plain.size(); ++i) {
    std::string stripped = coloured[i];
    for (const char* code : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"})
      stripped = base::replace_all(stripped, code, "");
    EXPECT_EQ(stripped, plain[i]);
  }
}

TEST(ReportText, NoLineEndsWithABlank) {
  for (const auto& text : every_report({false, 80, true})) {
    for (const auto& line : base::lines(text)) {
      const bool empty_line_of_a_diff = line == " ";
      EXPECT_TRUE(empty_line_of_a_diff || !line.ends_with(' ')) << "\"" << line << "\"\n" << text;
    }
  }
}

TEST(ReportTable, AlignsColumnsAndWrapsTheLast) {
  Table table({"NAME", "TEXT"});
  table.row({"a", "one two three four five six seven eight nine ten eleven twelve"});
  table.row({"longer", "x"});
  EXPECT_EQ(table.text({false, 40, false}),
            "NAME    TEXT\n"
            "a       one two three four five six\n"
            "        seven eight nine ten eleven\n"
            "        twelve\n"
            "longer  x\n");
}

TEST(ReportTable, PutsALastCellWithoutRoomOnALineOfItsOwn) {
  Table table;
  table.row({std::string(30, 'n'), "some words that need room"});
  EXPECT_EQ(table.text({false, 40, false}),
            std::string(30, 'n') + "\n  some words that need room\n");
}

TEST(ReportTable, CountsLettersNotBytes) {
  Table table;
  table.row({"ä", "1"});
  table.row({"bb", "2"});
  EXPECT_EQ(table.text({}), "ä   1\nbb  2\n");
}

TEST(ReportList, ShowsWhatIsSelectedAndNeverCallsAPreviewTheNewest) {
  const auto catalogue = sample_catalogue();
  const auto text = list_text({catalogue, "20180330"}, {});
  EXPECT_THAT(text, testing::ContainsRegex("20180330 +selected, legacy"));
  EXPECT_THAT(text, testing::ContainsRegex("20261101 +newest"));
  EXPECT_THAT(text, testing::ContainsRegex("20270101 +preview"));
  EXPECT_THAT(list_text({catalogue, ""}, {}), testing::ContainsRegex("upstream +selected"));
}

TEST(ReportList, CountsTheClientsThatADateCutsOff) {
  const auto text = list_text({sample_catalogue(), "", sample_clients()}, {});
  EXPECT_THAT(text, testing::ContainsRegex("20261101 +newest +1 "));  // the mail server is not
  EXPECT_THAT(text, HasSubstr("of 2 known"));
}

TEST(ReportShow, NamesTheClientsThatADateLosesAndWhy) {
  const auto policy = sample_policy();
  const auto text = show_text({&policy, {}, sample_clients()}, {.width = 100});
  EXPECT_THAT(text,
              HasSubstr("Clients that it loses (1 of 2 known, mail of 1 more goes in plaintext)"));
  EXPECT_THAT(text,
              testing::ContainsRegex("An Old Browser, Some System +web mail +speaks TLSv1.0"));
  EXPECT_THAT(text, testing::ContainsRegex("An Old Mail Server +mta +.*plaintext"));
}

TEST(ReportPlan, ComparesWithWhatConnectsNowWhereThatIsKnown) {
  const auto plan = sample_plan();
  const auto clients = sample_clients();
  const auto lost = forecast::lost_by(sample_policy(), clients);
  EXPECT_THAT(plan_text({"20180330", plan, {2, true, lost, {}}}, {}),
              HasSubstr("Clients that would be cut off (1 of 2 known, "));
  EXPECT_THAT(plan_text({"", plan, {2, false, lost, {}}}, {}),
              HasSubstr("which of them connect now is not known"));
  EXPECT_THAT(plan_text({"", plan, {2, true, {}, lost}}, {}), HasSubstr("would connect again"));
}

TEST(ReportStatus, BeginsWithAnUnfinishedChangeAndItsRemedy) {
  const Error pending{"pending-journal", "never finished", "", "sudo tlspolicy recover"};
  const auto text = status_text({"", "20261101", pending, {}, {}}, {});
  EXPECT_THAT(base::lines(text).at(0), HasSubstr("never finished"));
  EXPECT_THAT(base::lines(text).at(1), HasSubstr("sudo tlspolicy recover"));
}

TEST(ReportStatus, IsSettledOnlyWithoutDriftPendingOrSkippedServices) {
  auto quiet = apache_plan();
  quiet.files.clear();
  const Status good{"20261101", "20261101", {}, {}, {"20261101", {quiet}}};
  EXPECT_TRUE(is_settled(good));
  auto status = good;
  status.pending = Error{};
  EXPECT_FALSE(is_settled(status));
  status = good;
  status.exemptions = {{"exemption-expired", "", "", ""}};
  EXPECT_FALSE(is_settled(status));
  status = good;
  status.exemptions = {{"exemption", "", "", ""}};
  EXPECT_TRUE(is_settled(status));
  status = good;
  status.plan.services.push_back(apache_plan());
  EXPECT_FALSE(is_settled(status)) << "drift";
  status = good;
  status.plan.services.push_back(broken_plan());
  EXPECT_FALSE(is_settled(status)) << "skipped";
}

TEST(ReportPlan, ShowsDiffsCommandsShortfallsRefusalsAndConffiles) {
  const auto plan = sample_plan();
  const auto text = plan_text({"", plan}, {});
  for (const char* part :
       {"upstream -> 20261101", "+  SSLProtocol -all +TLSv1.2", "-SSLProtocol all",
        "apache2ctl configtest", "systemctl reload apache2.service", "X25519MLKEM768",
        "what would end it: OpenSSL 3.5", "REFUSED", "RSA 1024 bits", "dpkg conffile", "SKIPPED",
        "Bad configuration option: Foo", "alice: RSA 1024", "TLSv1.2 TLSv1.3; 3+1 suites; groups"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(text, Not(HasSubstr("systemctl restart"))) << "a reload is enough here";
}

TEST(ReportPlan, NamesEverySuiteWhenVerbose) {
  const auto plan = sample_plan();
  EXPECT_THAT(plan_text({"", plan}, {}), Not(HasSubstr("TLS_ECDHE_RSA_WITH_CHACHA20")));
  EXPECT_THAT(plan_text({"", plan}, {false, 80, true}), HasSubstr("TLS_ECDHE_RSA_WITH_CHACHA20"));
}

TEST(ReportChange, CountsAServiceThatWasRolledBackAsPartlyDone) {
  Changed changed;
  changed.verb = "set";
  changed.outcome = sample_outcome();
  EXPECT_EQ(status_of(changed), 4);
  changed.outcome.services.pop_back();
  EXPECT_EQ(status_of(changed), 0);
  changed.outcome.services[0].fate = apply::Fate::rolled_back;
  EXPECT_EQ(status_of(changed), 3) << "nothing was kept";
  changed.outcome.services[0].fate = apply::Fate::stuck;
  EXPECT_EQ(status_of(changed), 4);
  changed.outcome.services[0].fate = apply::Fate::kept;
  changed.skipped = {{"sshd", {}}};
  EXPECT_EQ(status_of(changed), 4) << "a service was left alone";
  changed.skipped.clear();
  changed.outcome.open = true;
  EXPECT_EQ(status_of(changed), 4) << "it was not brought to its end";
}

TEST(ReportChange, TakingBackIsWhatRecoverIsFor) {
  Changed changed;
  changed.verb = "recover";
  changed.outcome.services = {{"httpd", apply::Fate::rolled_back, {}, {}}};
  EXPECT_EQ(status_of(changed), 0);
}

TEST(ReportChange, SaysTheWayBackAndWhatWasNotKept) {
  Changed changed;
  changed.verb = "set";
  changed.after = "20261101";
  changed.outcome = sample_outcome();
  EXPECT_THAT(changed_text(changed, {}), HasSubstr("tlspolicy undo 3"));
  EXPECT_THAT(changed_text(changed, {}), HasSubstr("Bad SSH2 cipher spec"));
  changed.outcome.settings_written = false;  // there was nothing of ours in it any more
  EXPECT_THAT(changed_text(changed, {}), HasSubstr("tlspolicy undo 3"));
  changed.outcome.services[0].fate = apply::Fate::rolled_back;
  EXPECT_THAT(changed_text(changed, {}), HasSubstr("upstream stays selected"));
}

TEST(ReportCheck, CompliesOnlyWhenEverythingWasSeenToComply) {
  using prove::Outcome;
  EXPECT_TRUE(complies({"20261101", {tls_verdict(Outcome::complies), ssh_verdict()}, {}}));
  EXPECT_FALSE(complies({"20261101", {tls_verdict(Outcome::not_proven)}, {}}));
  EXPECT_FALSE(complies({"20261101", {tls_verdict(Outcome::fails)}, {}}));
  EXPECT_FALSE(complies({"20261101", {ssh_verdict()}, {*broken_plan().skipped}}));
}

TEST(ReportCheck, ShowsWhatFailsAlwaysAndWhatCompliesWhenVerbose) {
  const Checked checked{"20261101", {tls_verdict(prove::Outcome::fails)}, {}};
  EXPECT_THAT(check_text(checked, {}), HasSubstr("FAILS"));
  EXPECT_THAT(check_text(checked, {}), HasSubstr("accepts TLSv1.0"));
  EXPECT_THAT(check_text(checked, {}), HasSubstr("(no-control)"));
  EXPECT_THAT(check_text(checked, {}), Not(HasSubstr("whole handshake")));
  EXPECT_THAT(check_text(checked, {false, 80, true}), HasSubstr("whole handshake"));
}

TEST(ReportHistory, ShowsTheNewestFirstAndWhatWasUndone) {
  const auto text = history_text(
      {{generation(1, "set", "kept"), generation(2, "undo 1", "kept"), generation(3, "set", "")},
       {{1, 2}},
       {}},
      {});
  EXPECT_LT(text.find("\n3 "), text.find("\n1 "));
  EXPECT_THAT(text, HasSubstr("kept, undone by 2"));
  EXPECT_THAT(text, HasSubstr("unfinished"));
}

TEST(ReportError, KeepsTheLinesThatAProgramWrote) {
  EXPECT_EQ(errors_message({{"check-failed", "AH00526: Syntax error\nInvalid command 'Foo'",
                             "apache2ctl configtest", "look there"}},
                           {}),
            "tlspolicy: AH00526: Syntax error (apache2ctl configtest)\n"
            "    Invalid command 'Foo'\n"
            "  look there\n");
}

}  // namespace
}  // namespace tlspolicy::report
