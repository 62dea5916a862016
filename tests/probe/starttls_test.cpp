// SPDX-License-Identifier: Apache-2.0
// Probing behind a preamble: `openssl s_server` behind a scripted service that speaks in the clear
// first, and services that never come to TLS.
#include <gmock/gmock.h>
#include <unistd.h>

#include "probe/probe.hpp"
#include "probe/servers.hpp"
#include "wire/vectors.hpp"

namespace tlspolicy::probe {
namespace {
using crypto::Protocol, crypto::Suite;
using test::Line, test::ScriptedServer;
using ::testing::Field, ::testing::HasSubstr, ::testing::VariantWith;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Suite kGcm{0xC02B};  // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
const crypto::Groups kGroups{crypto::Group{29}, crypto::Group{23}};  // the certificate's too
const wire::Hello kHello{{Protocol::tls12}, {kGcm}, kGroups, {crypto::Scheme{0x0403}}, {}, ""};

bool say(const Line& line, std::string_view words) {
  return line.send({words.begin(), words.end()});
}
bool until_starttls(const Line& line) {
  return say(line, "220-mail.example.org\r\n220 ESMTP\r\n") &&
         line.hear("EHLO tlspolicy.invalid\r\n") && say(line, "250-mail\r\n250 STARTTLS\r\n") &&
         line.hear("STARTTLS\r\n");
}

Place smtp_at(const ScriptedServer& server) { return {"127.0.0.1", server.port(), "", "smtp"}; }

wire::Answer ask(const Place& place, Limits limits = {}) {
  Enquiry enquiry(limits);
  wire::Answer out = wire::Unreachable{"no callback"};
  enquiry.ask(place, kHello, [&](const wire::Answer& answer) { out = answer; });
  enquiry.run();
  return out;
}
Handshake shake(const Place& place, Limits limits = {.answer = test::kPatience}) {
  return full_handshake(place, Protocol::tls12, {kGcm}, kGroups, limits.answer, limits.greeting);
}
auto declined(const std::string& why) {
  return VariantWith<wire::Declined>(Field(&wire::Declined::why, HasSubstr(why)));
}

TEST(Preamble, LeadsToTheSameAnswersAsTlsAtOnce) {
  const test::TempFolder folder;
  test::output_of(
      "openssl req -x509 -nodes -subj /CN=mail -newkey ec -pkeyopt "
      "ec_paramgen_curve:P-256 -keyout " +
      (folder / "key") + " -out " + (folder / "crt") + " 2>/dev/null");
  const std::uint16_t port = test::free_port();
  const test::ServerProcess behind(
      {"openssl", "s_server", "-accept", "127.0.0.1:" + std::to_string(port), "-cert",
       folder / "crt", "-key", folder / "key", "-www"},
      port);
  const ScriptedServer server([&](Line& line) {
    if (until_starttls(line) && say(line, "220 go\r\n")) line.pass_on_to(port);
  });
  const wire::Answer answer = ask(smtp_at(server));
  ASSERT_TRUE(std::holds_alternative<wire::Chosen>(answer));
  EXPECT_EQ(std::get<wire::Chosen>(answer).suite, kGcm);
  EXPECT_EQ(std::get<wire::Chosen>(answer),
            std::get<wire::Chosen>(ask({"127.0.0.1", port, "", ""})));
  const Handshake whole = shake(smtp_at(server));
  EXPECT_TRUE(whole.done) << whole.why;
  EXPECT_EQ(whole.suite, kGcm);
}

TEST(Preamble, ThatIsDeclinedIsNoRefusalByTls) {
  const ScriptedServer server([](Line& line) {
    if (until_starttls(line)) say(line, "454 4.7.0 TLS not available\r\n");
    line.wait_for_close();
  });
  EXPECT_THAT(ask(smtp_at(server)), declined("it says \"454 4.7.0 TLS not available\""));
  const Handshake whole = shake(smtp_at(server));
  EXPECT_FALSE(whole.done);
  EXPECT_FALSE(whole.turned_down);
  EXPECT_THAT(whole.why, HasSubstr("454 4.7.0"));
}

TEST(Preamble, ThatEndsEarlyIsNoRefusalByTls) {
  const ScriptedServer server([](Line& line) { say(line, "220 hi\r\n"); });
  EXPECT_THAT(ask(smtp_at(server)), declined("it closed"));
  EXPECT_THAT(shake(smtp_at(server)).why, HasSubstr("it closed"));
}

TEST(Preamble, MayTakeLongerThanTlsMay) {
  const ScriptedServer server([](Line& line) {
    usleep(300'000);  // postscreen waits before it greets
    if (until_starttls(line) && say(line, "220 go\r\n") && line.wait_for_bytes())
      line.send(wire::alert(2, 40));
    line.wait_for_close();
  });
  const Limits patient{.answer = 150ms, .greeting = test::kPatience};
  EXPECT_EQ(ask(smtp_at(server), patient), wire::Answer(wire::Refused{40}));
  EXPECT_TRUE(shake(smtp_at(server), patient).turned_down);
  const Limits hasty{.answer = 50ms, .greeting = 50ms};
  EXPECT_EQ(ask(smtp_at(server), hasty), wire::Answer(wire::Silent{}));
  EXPECT_EQ(shake(smtp_at(server), hasty).why, "silence before TLS");
}

TEST(Preamble, OnceOverLeavesTlsItsOwnLimitAlone) {
  const ScriptedServer server([](Line& line) {
    if (until_starttls(line)) say(line, "220 go\r\n");
    line.wait_for_close();
  });
  const Limits limits{.answer = 200ms, .greeting = test::kPatience};
  const auto start = Clock::now();
  EXPECT_EQ(ask(smtp_at(server), limits), wire::Answer(wire::Silent{}));
  EXPECT_EQ(shake(smtp_at(server), limits).why, "no whole handshake until the limit");
  EXPECT_LT(Clock::now() - start, test::kPatience);
}

}  // namespace
}  // namespace tlspolicy::probe
