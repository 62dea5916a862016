// SPDX-License-Identifier: Apache-2.0
// Key exchanges with OpenSSH's own sshd: each method and each cipher that we claim to know must
// lead to the message behind the keys, and what it says is what OpenSSH's client hears.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "probe/probe.hpp"
#include "probe/servers.hpp"
#include "probe/ssh_crypto.hpp"
#include "wire/ssh.hpp"

namespace tlspolicy::probe {
namespace {
using test::ServerProcess;
using ::testing::Contains, ::testing::HasSubstr;

class SshExchange : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* given = std::getenv("TLSPOLICY_SSHD");
    sshd_ = given != nullptr ? given : "/usr/sbin/sshd";
    if (!std::filesystem::exists(sshd_)) GTEST_SKIP() << "openssh-server is not installed";
    test::output_of("ssh-keygen -q -t ed25519 -N '' -f " + (folder_ / "ed25519"));
    test::output_of("ssh-keygen -q -t rsa -b 2048 -N '' -f " + (folder_ / "rsa"));
    test::output_of("ssh-keygen -q -t ecdsa -b 384 -N '' -f " + (folder_ / "ecdsa"));
  }
  // Without root's rights sshd needs neither its own user nor its own folder.
  std::unique_ptr<ServerProcess> server(const std::string& options) {
    const std::uint16_t port = test::free_port();
    std::ofstream config(folder_ / "config");
    config << "ListenAddress 127.0.0.1:" << port << "\nPidFile none\n" << options << "\n";
    for (const char* key : {"rsa", "ecdsa", "ed25519"})
      config << "HostKey " << (folder_ / key) << "\n";
    config.close();
    std::vector<std::string> argv{sshd_, "-D", "-f", folder_ / "config"};
    if (geteuid() == 0) {
      test::output_of("chown -R 65534:65534 " + (folder_ / "."));
      const std::vector<std::string> drop{"setpriv", "--reuid=65534", "--regid=65534",
                                          "--clear-groups"};
      argv.insert(argv.begin(), drop.begin(), drop.end());
    }
    return std::make_unique<ServerProcess>(argv, port);
  }
  static SshShake shake(const ServerProcess& server, const SshWish& wish = {}) {
    Enquiry enquiry({.answer = test::kPatience});
    SshShake out;
    enquiry.shake_ssh({"127.0.0.1", server.port(), "", "ssh"}, wish,
                      [&](const SshShake& seen) { out = seen; });
    enquiry.run();
    return out;
  }
  std::string sshd_;
  test::TempFolder folder_;
};

TEST_F(SshExchange, ComesToItsKeysByEachMethod) {
  for (const char* kex :
       {"curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256",
        "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
        "diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1",
        "diffie-hellman-group-exchange-sha256", "diffie-hellman-group-exchange-sha1"}) {
    const auto running = server(std::string("KexAlgorithms ") + kex + "\nCiphers aes128-ctr");
    const SshShake seen = shake(*running);
    EXPECT_EQ(seen.why, "") << kex;
    ASSERT_TRUE(seen.sig_algs) << kex;
    EXPECT_THAT(*seen.sig_algs, Contains("ssh-ed25519")) << kex;
  }
}

TEST_F(SshExchange, ReadsWhatStandsBehindTheKeysInEachCipher) {
  for (const char* cipher : {"aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com",
                             "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com",
                             "aes128-cbc", "aes256-cbc", "3des-cbc"})
    for (const char* mac : {"hmac-sha2-256", "hmac-sha2-512-etm@openssh.com"}) {
      const auto running = server(std::string("Ciphers ") + cipher + "\nMACs " + mac);
      const SshShake seen = shake(*running);
      EXPECT_EQ(seen.why, "") << cipher << " " << mac;
      ASSERT_TRUE(seen.sig_algs) << cipher << " " << mac;
      EXPECT_THAT(*seen.sig_algs, Contains("ssh-ed25519")) << cipher << " " << mac;
    }
}

TEST_F(SshExchange, HearsWhatOpensshsOwnClientHears) {
  const auto running = server("");
  const SshShake seen = shake(*running);
  ASSERT_TRUE(seen.sig_algs);
  const std::string heard = test::output_of(
      "ssh -vv -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -p " +
      std::to_string(running->port()) + " nobody@127.0.0.1 true 2>&1 | grep server-sig-algs; true");
  EXPECT_THAT(heard, HasSubstr("server-sig-algs=<" + base::join(*seen.sig_algs, ",") + ">"));
}

TEST_F(SshExchange, ShowsEachHostKey) {
  const auto running = server("");
  struct Row {
    const char *algorithm, *file, *kind;
    int bits;
  };
  for (const Row& row : {Row{"rsa-sha2-512", "rsa", "ssh-rsa", 2048},
                         Row{"ecdsa-sha2-nistp384", "ecdsa", "ecdsa-sha2-nistp384", 384},
                         Row{"ssh-ed25519", "ed25519", "ssh-ed25519", 256}}) {
    const SshShake seen = shake(*running, {.host_key = row.algorithm});
    const auto key = wire::parse_host_key(seen.host_key);
    ASSERT_TRUE(key) << row.algorithm << ": " << seen.why;
    EXPECT_EQ(key->algorithm, row.kind);
    EXPECT_EQ(key->bits, row.bits);
  }
}

// A server that speaks hybrids alone still shows its key.
TEST_F(SshExchange, ShowsTheHostKeyOfAServerThatSpeaksHybridsAlone) {
  const std::string known = test::output_of("ssh -Q kex");
  for (const char* kex : {"sntrup761x25519-sha512@openssh.com", "mlkem768x25519-sha256"}) {
    if (known.find(kex) == std::string::npos) continue;
    const auto running = server(std::string("KexAlgorithms ") + kex);
    const SshShake seen = shake(*running, {.host_key = "ssh-ed25519"});
    EXPECT_EQ(wire::parse_host_key(seen.host_key)->algorithm, "ssh-ed25519") << kex << seen.why;
    EXPECT_FALSE(seen.sig_algs);
    EXPECT_THAT(seen.why, HasSubstr("cannot be read")) << kex;
  }
}

TEST_F(SshExchange, AsksForAFieldOfASize) {
  const auto running = server("KexAlgorithms diffie-hellman-group-exchange-sha256");
  EXPECT_GE(shake(*running, {.field_bits = 2048}).field_bits, 2048);
  EXPECT_EQ(shake(*running, {.field_bits = 1024}).field_bits, 0);  // none is that small
  const auto without = server("KexAlgorithms curve25519-sha256");
  EXPECT_EQ(shake(*without, {.field_bits = 2048}).why, "no key exchange in common");
}

TEST(SshExchangeWithStrangers, SaysWhatEndedIt) {
  const auto why = [](test::ScriptedServer::Script script) {
    const test::ScriptedServer stranger(std::move(script));
    Enquiry enquiry({.answer = std::chrono::milliseconds(300)});
    SshShake out;
    enquiry.shake_ssh({"127.0.0.1", stranger.port(), "", "ssh"}, {},
                      [&](const SshShake& seen) { out = seen; });
    enquiry.run();
    EXPECT_FALSE(out.offer);
    return out.why;
  };
  const auto says = [](std::string words) {
    return [words](test::Line& line) { line.send({words.begin(), words.end()}); };
  };
  EXPECT_THAT(why(says("Exceeded MaxStartups\r\n")), HasSubstr("Exceeded MaxStartups"));
  EXPECT_THAT(why(says("HTTP/1.1 400\x01\r\n")), HasSubstr("not SSH"));
  EXPECT_EQ(why([](test::Line& line) { line.wait_for_close(); }), "silence");
}

}  // namespace
}  // namespace tlspolicy::probe
