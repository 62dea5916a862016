// SPDX-License-Identifier: Apache-2.0
// Asking for Heartbleed and CCS injection: what goes over the wire is harmless, and the answers of
// sound and broken servers are told apart.  Those of OpenSSL 1.0.1e and 1.0.1i were recorded.
#include "wire/reaction.hpp"

#include <gmock/gmock.h>

#include "wire/reader.hpp"
#include "wire/vectors.hpp"

namespace tlspolicy::wire {
namespace {
using crypto::Protocol;

Hello asked() { return {{Protocol::tls12}, {crypto::Suite{0x2F}}, {}, {}, {}, ""}; }
Bytes flight() {
  return record(22, server_hello(0x0303, 0x002F) + certificates({{7}})) + record(22, hello_done());
}
// What is sent behind the flight.
Bytes question(Poke poke) {
  Poking poking(asked(), poke);
  EXPECT_EQ(poking.to_send(), client_hello(asked()));
  EXPECT_EQ(poking.feed(flight()), std::nullopt);
  return poking.to_send();
}
// Byte by byte, then the end.
Reaction reaction(Poke poke, const Bytes& bytes) {
  Poking poking(asked(), poke);
  for (const std::uint8_t byte : bytes)
    if (const auto out = poking.feed(View(&byte, 1))) return *out;
  return poking.end(false);
}

TEST(Poking, AsksForNoMoreThanItSends) {
  const Bytes bytes = question(Poke::heartbeat);
  Reader in{View(bytes)};
  EXPECT_EQ(in.u8(), 24);
  EXPECT_EQ(in.u16(), 0x0303);
  Reader heartbeat(in.prefixed(2));
  EXPECT_EQ(heartbeat.u8(), 1);
  EXPECT_EQ(heartbeat.prefixed(2).size(), 16U);
  EXPECT_TRUE(heartbeat.done());  // the payload is whole, the padding is missing
}

TEST(Poking, SendsNothingBeforeTheWholeFlight) {
  Poking poking(asked(), Poke::early_ccs);
  poking.to_send();
  const Bytes bytes = flight();
  poking.feed(View(bytes).first(bytes.size() - 1));
  EXPECT_TRUE(poking.to_send().empty());
}

TEST(Poking, TellsWhoAnswersAHeartbeatThatIsToBeDiscarded) {
  const Bytes payload{'t', 'l', 's', 'p', 'o', 'l', 'i', 'c',
                      'y', '-', 'a', 's', 'k', 's', '-', '0'};
  const Bytes echo = record(24, Bytes{2, 0, 16} + payload + Bytes(16, 0xA5));
  EXPECT_TRUE(reaction(Poke::heartbeat, flight() + echo + alert(2, 10)).echoed);
  const auto sound = reaction(Poke::heartbeat, flight() + alert(2, 10));
  EXPECT_FALSE(sound.echoed);
  EXPECT_EQ(sound.alert, 10);
  // Something else in a heartbeat, or one before it was asked, is no echo.
  EXPECT_FALSE(reaction(Poke::heartbeat, flight() + record(24, Bytes{1, 0, 16} + payload)).echoed);
  EXPECT_FALSE(reaction(Poke::heartbeat, echo + flight() + alert(2, 10)).echoed);
  EXPECT_FALSE(reaction(Poke::early_ccs, flight() + echo + alert(2, 10)).echoed);
}

TEST(Poking, TellsWhatASoundServerSaysToAnEarlyChangeCipherSpec) {
  for (const int words : {10, 20, 21}) {
    const auto seen =
        reaction(Poke::early_ccs, flight() + alert(2, static_cast<std::uint8_t>(words)));
    EXPECT_TRUE(seen.asked);
    EXPECT_EQ(seen.alert, words);
  }
  const auto closed = reaction(Poke::early_ccs, flight());
  EXPECT_TRUE(closed.asked && closed.closed);
  EXPECT_EQ(closed.alert, std::nullopt);
}

TEST(Poking, SaysWhyNothingWasAsked) {
  EXPECT_FALSE(reaction(Poke::early_ccs, alert(2, 40)).asked);
  EXPECT_EQ(reaction(Poke::early_ccs, alert(2, 40)).why, "it refused the hello");
  EXPECT_EQ(reaction(Poke::early_ccs, {'2', '2', '0', ' ', 'x', 'x', 'x', 'x', 0, 0, 0}).why,
            "a close");
  EXPECT_EQ(Poking(asked(), Poke::heartbeat).overdue().why, "silence");
}

}  // namespace
}  // namespace tlspolicy::wire
