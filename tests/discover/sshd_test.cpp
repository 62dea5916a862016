// SPDX-License-Identifier: Apache-2.0
// Discovery of sshd: its effective settings, its keys, where it listens, and its command line.
#include <gmock/gmock.h>

#include "discover/shipped.hpp"

namespace tlspolicy::discover {
namespace {
using testing::ElementsAre;

TEST(Discover, ReadsSshdsEffectiveSettingsAndUsersKeys) {
  test::FakeHost host;
  host.put("/lib/systemd/system/ssh.service", "");
  host.put("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n");
  host.put("/etc/passwd", "old:x:1000:1000::/home/old:/bin/sh\n");
  host.put("/home/old/.ssh/authorized_keys", "ssh-rsa AAAA\n");
  host.on("*", 1);
  host.on("*/usr/sbin/sshd -t", 0);
  host.on("*/usr/sbin/sshd -T *", 0,
          "port 22\nlistenaddress [::]:22\nlistenaddress 0.0.0.0:22\nhostkey /etc/ssh/rsa\n"
          "authorizedkeysfile .ssh/authorized_keys\n");
  host.on("ssh -V", 0, "", "OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.22\n");
  host.on("ssh -Q kex", 0, "curve25519-sha256\n");
  host.on("ssh-keygen -l -f /etc/ssh/rsa", 0, "3072 SHA256:x root@host (RSA)\n");
  host.on("ssh-keygen -l -f /home/old/.ssh/authorized_keys", 0, "1024 SHA256:y old (RSA)\n");
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  EXPECT_EQ(found.capability.program_version, "9.2p1");
  EXPECT_THAT(found.capability.kex, ElementsAre("curve25519-sha256"));
  ASSERT_EQ(found.endpoints.size(), 1u);  // both wildcards are one socket for our purposes
  EXPECT_EQ(found.endpoints[0].id, "sshd:22");
  EXPECT_EQ(found.certificates[0].bits, 3072);
  ASSERT_EQ(found.user_keys.size(), 1u);
  EXPECT_EQ(found.user_keys[0].bits, 1024);
}

// Looked at over IPv4, "::" would refuse every connection where IPv4 is switched off.
TEST(Discover, KeepsAWildcardOfIpv6WhereNoneOfIpv4HasThatPort) {
  test::FakeHost host;
  host.put("/lib/systemd/system/ssh.service", "");
  host.put("/etc/ssh/sshd_config", "");
  host.on("*", 1);
  host.on("*/usr/sbin/sshd -T *", 0,
          "listenaddress [::]:22\nlistenaddress [::]:2222\nlistenaddress 0.0.0.0:2222\n");
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  ASSERT_EQ(found.endpoints.size(), 2u);
  EXPECT_EQ(found.endpoints[0].id, "sshd:22");
  EXPECT_EQ(found.endpoints[0].address, "::");
  EXPECT_EQ(found.endpoints[1].address, "0.0.0.0");
}

TEST(Discover, ReadsTheCommandLineOfTheRunningSshd) {
  auto host = running_sshd();
  host.put("/proc/77/cmdline", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
  EXPECT_FALSE(only(discover(host, shipped(), {"/pre", {}})).unfit);
  host.put("/proc/77/cmdline", "sshd: /usr/sbin/sshd -D -o Ciphers=aes128-ctr [listener] 0 of 10");
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  ASSERT_TRUE(found.unfit);
  EXPECT_EQ(found.unfit->id, "command-line-wins");
  EXPECT_EQ(found.unfit->where, "SSHD_OPTS in /etc/default/ssh, or `systemctl cat ssh.service`");
}

}  // namespace
}  // namespace tlspolicy::discover
