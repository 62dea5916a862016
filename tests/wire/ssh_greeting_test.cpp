// SPDX-License-Identifier: Apache-2.0
// SSH greetings from bytes made by hand: versions, lines before them, KEXINIT, and what is not SSH.
#include <gmock/gmock.h>

#include "wire/ssh.hpp"
#include "wire/vectors.hpp"

namespace tlspolicy::wire {
namespace {
using ::testing::ElementsAre, ::testing::Field, ::testing::HasSubstr, ::testing::VariantWith;

Bytes text(std::string_view words) { return {words.begin(), words.end()}; }

void name_list(Writer& out, std::string_view names) {
  out.u16(0);
  out.prefixed(2, [&] { out.text(names); });
}
Bytes packet(const Bytes& payload) {
  constexpr std::uint8_t kPadding = 6;
  Writer out;
  out.u16(0);
  out.prefixed(2, [&] {
    out.u8(kPadding);
    out.bytes(payload);
    out.bytes(Bytes(kPadding, 0));
  });
  return out.take();
}
Bytes kexinit(std::string_view kex = "k1,k2") {
  Writer out;
  out.u8(20);
  out.bytes(Bytes(16, 0xAB));
  for (const auto names :
       {kex, std::string_view("h1"), std::string_view("up"), std::string_view("down1,down2"),
        std::string_view("macup"), std::string_view("macdown"), std::string_view("none,zlib"),
        std::string_view("none"), std::string_view(), std::string_view()})
    name_list(out, names);
  out.bytes(Bytes{0, 0, 0, 0, 0});
  return packet(out.take());
}

SshAnswer answer_to(const Bytes& bytes) {
  SshGreeting whole;
  const SshAnswer at_once = whole.feed(bytes).value_or(whole.end(false));
  SshGreeting dripping;
  for (const std::uint8_t byte : bytes)
    if (const auto answer = dripping.feed(View(&byte, 1))) {
      EXPECT_EQ(answer->index(), at_once.index());
      return at_once;
    }
  EXPECT_EQ(dripping.end(false), at_once);
  return at_once;
}
auto nonsense(const std::string& why) {
  return VariantWith<Nonsense>(Field(&Nonsense::why, HasSubstr(why)));
}

TEST(SshGreeting, ReadsTheListsInTheOrderOfTheRfc) {
  const SshAnswer answer = answer_to(text("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n") + kexinit());
  ASSERT_TRUE(std::holds_alternative<SshOffer>(answer));
  const auto& offer = std::get<SshOffer>(answer);
  EXPECT_EQ(offer.banner, "SSH-2.0-OpenSSH_9.2p1 Debian-2");
  EXPECT_THAT(offer.kex, ElementsAre("k1", "k2"));
  EXPECT_THAT(offer.host_keys, ElementsAre("h1"));
  EXPECT_THAT(offer.ciphers_to_server, ElementsAre("up"));
  EXPECT_THAT(offer.ciphers_to_client, ElementsAre("down1", "down2"));
  EXPECT_THAT(offer.macs_to_server, ElementsAre("macup"));
  EXPECT_THAT(offer.macs_to_client, ElementsAre("macdown"));
  EXPECT_THAT(offer.compression, ElementsAre("none", "zlib"));
}

TEST(SshGreeting, SkipsLinesAndMessagesThatSayNothing) {
  const Bytes noise = packet({2, 0, 0, 0, 0}) + packet({4, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_TRUE(std::holds_alternative<SshOffer>(
      answer_to(text("Gr\xC3\xBC\xC3\x9F Gott\r\n\nSSH-1.99-x\n") + noise + kexinit(""))));
}

TEST(SshGreeting, TellsWhyItWasTurnedAway) {
  EXPECT_THAT(answer_to(text("Not allowed at this time\r\n")),
              nonsense("Not allowed at this time"));
  EXPECT_THAT(answer_to(text("Exceeded MaxStartups\r\n")), nonsense("Exceeded MaxStartups"));
  EXPECT_EQ(answer_to({}), SshAnswer(Closed{false}));
}

TEST(SshGreeting, RefusesWhatIsNotSsh2) {
  EXPECT_THAT(answer_to(text("SSH-1.5-old\r\n")), nonsense("not SSH 2"));
  EXPECT_THAT(answer_to(Bytes{0x15, 3, 3, 0, 2, 2, 70}), nonsense("not SSH: it starts with"));
  EXPECT_THAT(answer_to(text("SSH-2.0-\xFF\r\n")), nonsense("not SSH 2"));
  EXPECT_THAT(answer_to(Bytes(9000, 'x')), nonsense("8 KiB"));
}

TEST(SshGreeting, RefusesPacketsThatCannotBeRead) {
  const Bytes version = text("SSH-2.0-x\r\n");
  EXPECT_THAT(answer_to(version + Bytes{0, 0xFF, 0, 0}), nonsense("packet of"));
  EXPECT_THAT(answer_to(version + Bytes{0, 0, 0, 2, 9, 20}), nonsense("cannot be read"));
  EXPECT_THAT(answer_to(version + Bytes{0, 0, 0, 0}), nonsense("cannot be read"));
  EXPECT_THAT(answer_to(version + packet({20, 1, 2, 3})), nonsense("no KEXINIT"));
  EXPECT_THAT(answer_to(version + packet({21})), nonsense("message 21"));
  EXPECT_THAT(answer_to(version + packet({1, 0, 0, 0, 2})), nonsense("disconnected"));
  EXPECT_THAT(answer_to(version + kexinit("k1\x1B[2J")), nonsense("no KEXINIT"));
}

TEST(SshGreeting, SaysItsOwnVersionFirst) {
  EXPECT_EQ(SshGreeting::to_send(), text("SSH-2.0-tlspolicy\r\n"));
}

}  // namespace
}  // namespace tlspolicy::wire
