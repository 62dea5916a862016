// SPDX-License-Identifier: Apache-2.0
// SSH packets and messages of a key exchange, from bytes made by hand.
#include "wire/ssh.hpp"

#include <gmock/gmock.h>

#include "wire/vectors.hpp"

namespace tlspolicy::wire {
namespace {
using ::testing::ElementsAre, ::testing::IsEmpty;

Bytes text(std::string_view words) { return {words.begin(), words.end()}; }
Bytes string_of(const Bytes& bytes) {
  Bytes out;
  append_string(out, bytes);
  return out;
}
Bytes number_of(const Bytes& magnitude) {
  Bytes out;
  append_mpint(out, magnitude);
  return out;
}

// RFC 4251 5's own examples.
TEST(SshNumbers, AreWrittenAsTheRfcShows) {
  EXPECT_THAT(number_of({}), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(number_of({0x09, 0xA3, 0x78, 0xF9, 0xB2, 0xE3, 0x32, 0xA7}),
              ElementsAre(0, 0, 0, 8, 0x09, 0xA3, 0x78, 0xF9, 0xB2, 0xE3, 0x32, 0xA7));
  EXPECT_THAT(number_of({0x80}), ElementsAre(0, 0, 0, 2, 0, 0x80));
  EXPECT_THAT(number_of({0, 0, 0x80}), ElementsAre(0, 0, 0, 2, 0, 0x80));
}

TEST(SshPacket, IsAMultipleOfEightWithFourBytesOfPadding) {
  for (std::size_t size = 1; size < 40; ++size) {
    const Bytes packet = ssh_packet(Bytes(size, 7));
    EXPECT_EQ(packet.size() % 8, 0U);
    EXPECT_GE(packet[4], 4);
    SshStream stream;
    stream.feed(text("SSH-2.0-x\r\n") + packet);
    EXPECT_EQ(stream.next(), Bytes(size, 7));
    EXPECT_THAT(stream.rest(), IsEmpty());
  }
}

TEST(SshStream, LeavesWhatStandsBehindThePacketsThatWereTaken) {
  SshStream stream;
  stream.feed(text("SSH-2.0-x\r\n") + ssh_packet(Bytes{2, 0, 0, 0, 0}) + ssh_packet(Bytes{21}) +
              text("secret"));
  EXPECT_EQ(stream.next(), Bytes{21});
  EXPECT_EQ(stream.packets(), 2U);
  EXPECT_EQ(Bytes(stream.rest().begin(), stream.rest().end()), text("secret"));
}

TEST(SshKexinit, ComesBackAsItWasWritten) {
  const SshProposal proposal{.kex = "curve25519-sha256",
                             .host_key = "ssh-ed25519",
                             .cipher_to_server = "a",
                             .cipher_to_client = "b",
                             .mac_to_server = "c",
                             .mac_to_client = "d"};
  const auto read = parse_kexinit(write_kexinit(proposal, 5)).value();
  EXPECT_THAT(read.kex, ElementsAre("curve25519-sha256", "ext-info-c"));
  EXPECT_THAT(read.host_keys, ElementsAre("ssh-ed25519"));
  EXPECT_THAT(read.ciphers_to_server, ElementsAre("a"));
  EXPECT_THAT(read.ciphers_to_client, ElementsAre("b"));
  EXPECT_THAT(read.macs_to_server, ElementsAre("c"));
  EXPECT_THAT(read.macs_to_client, ElementsAre("d"));
  EXPECT_THAT(read.compression, ElementsAre("none"));
}

TEST(SshReply, ShowsTheHostKeyAndTheShare) {
  const Bytes reply = Bytes{31} + string_of({1, 2}) + string_of({0, 9}) + string_of({7});
  EXPECT_EQ(parse_kex_reply(reply, false)->host_key, (Bytes{1, 2}));
  EXPECT_EQ(parse_kex_reply(reply, false)->server_share, (Bytes{0, 9}));
  EXPECT_EQ(parse_kex_reply(reply, true)->server_share, Bytes{9});
  EXPECT_FALSE(parse_kex_reply(reply + Bytes{0}, false));
  EXPECT_FALSE(parse_kex_reply(View(reply).first(9), false));
}

TEST(SshGroup, HasAPrimeAndAGenerator) {
  const auto group = parse_gex_group(Bytes{31} + number_of({0xFF, 1}) + number_of({2})).value();
  EXPECT_EQ(group.p, (Bytes{0xFF, 1}));
  EXPECT_EQ(group.g, Bytes{2});
  EXPECT_FALSE(parse_gex_group(Bytes{31} + number_of({}) + number_of({2})));
}

TEST(SshExtInfo, NamesTheSignatureAlgorithms) {
  const Bytes message = Bytes{7, 0, 0, 0, 2} + string_of(text("ping@openssh.com")) +
                        string_of(text("0")) + string_of(text("server-sig-algs")) +
                        string_of(text("ssh-ed25519,rsa-sha2-512"));
  EXPECT_THAT(parse_sig_algs(message).value(), ElementsAre("ssh-ed25519", "rsa-sha2-512"));
  EXPECT_THAT(parse_sig_algs(Bytes{7, 0, 0, 0, 0}).value(), IsEmpty());
  EXPECT_FALSE(parse_sig_algs(Bytes{7, 0, 0, 0, 1}));
  EXPECT_FALSE(parse_sig_algs(Bytes{5, 0, 0, 0, 0}));
}

TEST(SshHostKey, IsMeasured) {
  const auto bits = [](const Bytes& blob) { return parse_host_key(blob)->bits; };
  const Bytes modulus = Bytes{0xC0} + Bytes(255, 1);
  EXPECT_EQ(bits(string_of(text("ssh-rsa")) + number_of({1, 0, 1}) + number_of(modulus)), 2048);
  EXPECT_EQ(bits(string_of(text("ssh-dss")) + number_of(Bytes{0x80} + Bytes(127, 1))), 1024);
  EXPECT_EQ(bits(string_of(text("ecdsa-sha2-nistp521"))), 521);
  EXPECT_EQ(bits(string_of(text("ssh-ed25519")) + string_of(Bytes(32, 1))), 256);
  EXPECT_EQ(bits(string_of(text("what-else"))), 0);
  EXPECT_FALSE(parse_host_key(string_of(text("ssh-rsa"))));
  EXPECT_FALSE(parse_host_key(Bytes{0, 0, 0, 9, 'x'}));
}

}  // namespace
}  // namespace tlspolicy::wire
