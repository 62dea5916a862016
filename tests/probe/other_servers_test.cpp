// SPDX-License-Identifier: Apache-2.0
// GnuTLS and OpenSSH, seen as they were told to be.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "probe/real_servers.hpp"

namespace tlspolicy::probe {
namespace {
using ::testing::ElementsAre, ::testing::StartsWith, ::testing::UnorderedElementsAre;

TEST_F(RealServers, GnutlsIsSeenAsItWasTold) {
  if (!test::has_program("gnutls-serv")) GTEST_SKIP() << "gnutls-bin is not installed";
  const auto rsa = certificate("rsa", "rsa:2048");
  const std::uint16_t port = test::free_port();
  const ServerProcess server(
      {"gnutls-serv", "--x509certfile", rsa[0], "--x509keyfile", rsa[1], "-p", std::to_string(port),
       "--quiet", "--priority",
       "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+VERS-TLS1.0:+ECDHE-RSA:+RSA:+ANON-ECDH:+AES-128-GCM:"
       "+AES-128-CBC:+ARCFOUR-128:+AEAD:+SHA1:+GROUP-SECP384R1:+GROUP-X25519:+SIGN-ALL:"
       "+CTYPE-X509:%COMPAT"},
      port);
  at(port);
  EXPECT_THAT(accepted(Protocol::tls12),
              UnorderedElementsAre(
                  "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
                  "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
                  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                  "TLS_ECDH_anon_WITH_RC4_128_SHA", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"));
  EXPECT_THAT(
      accepted(Protocol::tls10),
      UnorderedElementsAre("TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
                           "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                           "TLS_ECDH_anon_WITH_RC4_128_SHA", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"));
  EXPECT_THAT(accepted(Protocol::tls13), ElementsAre("TLS_AES_128_GCM_SHA256"));
  EXPECT_TRUE(shake(Protocol::tls13).done);
  EXPECT_TRUE(shake(Protocol::tls12).done);
}

// Without root's rights sshd needs neither its own user nor its own folder.
TEST_F(RealServers, OpensshOffersWhatItsConfigurationSays) {
  const char* given = std::getenv("TLSPOLICY_SSHD");
  const std::string sshd = given != nullptr ? given : "/usr/sbin/sshd";
  if (!std::filesystem::exists(sshd)) GTEST_SKIP() << "openssh-server is not installed";
  const std::uint16_t port = test::free_port();
  std::ofstream(folder_ / "config")
      << "ListenAddress 127.0.0.1:" << port << "\nHostKey " << (folder_ / "host")
      << "\nKexAlgorithms curve25519-sha256,diffie-hellman-group16-sha512\n"
         "Ciphers aes256-gcm@openssh.com,aes128-ctr\nMACs hmac-sha2-256\nPidFile none\n";
  test::output_of("ssh-keygen -q -t ed25519 -N '' -f " + (folder_ / "host"));
  std::vector<std::string> argv{sshd, "-D", "-f", folder_ / "config"};
  if (geteuid() == 0) {
    test::output_of("chown -R 65534:65534 " + (folder_ / "."));
    const std::vector<std::string> drop{"setpriv", "--reuid=65534", "--regid=65534",
                                        "--clear-groups"};
    argv.insert(argv.begin(), drop.begin(), drop.end());
  }
  const ServerProcess server(argv, port);
  Enquiry enquiry;
  std::optional<wire::SshAnswer> answer;
  const Place place{"127.0.0.1", port, "", "ssh"};
  enquiry.ask_ssh(place, [&](const wire::SshAnswer& said) { answer = said; });
  enquiry.run();
  ASSERT_TRUE(answer && std::holds_alternative<wire::SshOffer>(*answer));
  const auto& offer = std::get<wire::SshOffer>(*answer);
  EXPECT_THAT(offer.banner, StartsWith("SSH-2.0-OpenSSH_"));
  ASSERT_GE(offer.kex.size(), 2U);
  EXPECT_EQ(offer.kex[0], "curve25519-sha256");
  EXPECT_THAT(offer.kex, ::testing::Contains("diffie-hellman-group16-sha512"));
  EXPECT_THAT(offer.host_keys, ElementsAre("ssh-ed25519"));
  EXPECT_THAT(offer.ciphers_to_client, ElementsAre("aes256-gcm@openssh.com", "aes128-ctr"));
  EXPECT_EQ(offer.ciphers_to_client, offer.ciphers_to_server);
  EXPECT_THAT(offer.macs_to_client, ElementsAre("hmac-sha2-256"));
}

}  // namespace
}  // namespace tlspolicy::probe
