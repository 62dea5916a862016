// SPDX-License-Identifier: Apache-2.0
// The loop while questions still come from outside, and at a rate.
#include <gmock/gmock.h>
#include <poll.h>

#include <thread>

#include "probe/gather.hpp"
#include "probe/probe.hpp"
#include "probe/servers.hpp"

namespace tlspolicy::probe {
namespace {
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using crypto::Protocol, crypto::Suite;

const wire::Hello kHello{{Protocol::tls12}, {Suite{0x2F}}, {}, {}, {}, ""};

// Answers everything with an alert.
test::ScriptedServer::Script refusing() {
  return [](test::Line& line) {
    if (line.wait_for_bytes()) line.send({21, 3, 3, 0, 2, 2, 40});
  };
}

TEST(Enquiry, GoesOnWhileMoreMayComeFromOutside) {
  const test::ScriptedServer server(refusing());
  const Place place{"127.0.0.1", server.port(), "", ""};
  std::atomic<int> made = 0;
  Gather<int> outside(2, 4, [&]() -> std::optional<int> {
    const int nr = ++made;
    if (nr > 20) return std::nullopt;
    std::this_thread::sleep_for(1ms);  // slower than the server
    return nr;
  });
  Enquiry enquiry;
  int answers = 0;
  enquiry.run_with(outside.fd(), [&] {
    while (outside.take())
      enquiry.ask(place, kHello, [&](const wire::Answer& answer) {
        EXPECT_EQ(answer, wire::Answer(wire::Refused{40}));
        ++answers;
      });
    return !outside.over();
  });
  EXPECT_EQ(answers, 20);
  EXPECT_EQ(enquiry.connections(place), 20);
  enquiry.forget(place);
  EXPECT_EQ(enquiry.connections(place), 0);
}

// What nobody can take yet must not keep the processor busy until somebody can.
TEST(Enquiry, SleepsWhileItsSourceHasMoreThanCanBeTaken) {
  const test::ScriptedServer silent([](test::Line& line) { line.wait_for_close(); });
  std::atomic<int> made = 0;
  Gather<int> outside(1, 4, [&]() -> std::optional<int> {
    return ++made > 3 ? std::nullopt : std::optional(made.load());
  });
  Enquiry enquiry({.answer = 200ms});
  bool answered = false;
  int called = 0;
  enquiry.ask({"127.0.0.1", silent.port(), "", ""}, kHello, [&](const wire::Answer&) {
    answered = true;
    while (outside.take()) continue;
  });
  enquiry.run_with(outside.fd(), [&] {
    ++called;
    return !answered || !outside.over();
  });
  EXPECT_TRUE(answered);
  EXPECT_LT(called, 10);
}

TEST(Gather, RingsAtItsEndWhoeverTookTheLast) {
  std::atomic<bool> made = false;
  Gather<int> outside(3, 4, [&]() -> std::optional<int> {
    return made.exchange(true) ? std::nullopt : std::optional(1);
  });
  while (!outside.over()) outside.take();
  pollfd ringing{outside.fd(), POLLIN, 0};
  EXPECT_EQ(poll(&ringing, 1, 0), 1);
  EXPECT_EQ(outside.take(), std::nullopt);
  EXPECT_EQ(poll(&ringing, 1, 0), 1);
}

TEST(Enquiry, StartsNoMoreConnectionsThanTheRateAllows) {
  const test::ScriptedServer server(refusing());
  Enquiry enquiry({.per_host = 64, .rate = 100});
  const auto start = Clock::now();
  int answers = 0;
  for (int i = 0; i < 31; ++i)
    enquiry.ask({"127.0.0.1", server.port(), "", ""}, kHello,
                [&](const wire::Answer&) { ++answers; });
  enquiry.run();
  EXPECT_EQ(answers, 31);
  // 31 at 100 in a second, of which a burst of three may come at once.
  EXPECT_GE(Clock::now() - start, 270ms);
}

TEST(Enquiry, AnAddressThatIsDoneCanBeAskedAgain) {
  const test::ScriptedServer server(refusing());
  Enquiry enquiry;
  int answers = 0;
  for (int round = 0; round < 3; ++round) {
    enquiry.ask({"127.0.0.1", server.port(), "", ""}, kHello,
                [&](const wire::Answer&) { ++answers; });
    enquiry.ask({"not numeric", 1, "", ""}, kHello, [&](const wire::Answer&) { ++answers; });
    enquiry.run();
  }
  EXPECT_EQ(answers, 6);
}

}  // namespace
}  // namespace tlspolicy::probe
