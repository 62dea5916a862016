// SPDX-License-Identifier: Apache-2.0
// The proof against OpenSSH's own sshd, started with a configuration and host key of this test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "expectations.hpp"
#include "real_server.hpp"

namespace tlspolicy::prove {
namespace {
using testing::ElementsAre;

const SshExpectation kExpected = [] {
  SshExpectation e;
  e.kex = {"curve25519-sha256", "curve25519-sha256@libssh.org"};
  e.ciphers = {"chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com"};
  e.macs = {"hmac-sha2-256-etm@openssh.com"};
  e.host_keys = {"ssh-ed25519"};
  return e;
}();

// sshd needs no root for its offer; as root it would want a user and a folder of the system's.
Command sshd(const TemporaryFolder& folder, std::uint16_t port, const Command& options) {
  Command out;
  if (::geteuid() == 0) out = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  out.insert(out.end(),
             {program("sshd"), "-D", "-e", "-f", "/dev/null", "-h", folder.file("key"), "-p",
              std::to_string(port), "-o", "ListenAddress=127.0.0.1", "-o", "PidFile=none"});
  for (const std::string& option : options) out.insert(out.end(), {"-o", option});
  return out;
}

class ProofOfSshd : public testing::Test {
 protected:
  void SetUp() override {
    if (program("sshd").empty()) GTEST_SKIP() << "openssh-server is not installed";
    ASSERT_TRUE(
        run_to_end({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder_.file("key")}));
    if (::geteuid() == 0) {
      ASSERT_TRUE(run_to_end({"chown", "-R", "65534", folder_.file("")}));
    }
  }

  Verdict proof(const Command& more, const SshExpectation& e = kExpected, const Means& means = {}) {
    Command options{"KexAlgorithms=curve25519-sha256,curve25519-sha256@libssh.org",
                    "Ciphers=chacha20-poly1305@openssh.com,aes256-gcm@openssh.com",
                    "MACs=hmac-sha2-256-etm@openssh.com"};
    // The first value of an option counts (sshd_config(5)).
    options.insert(options.begin(), more.begin(), more.end());
    const RealServer server([&](std::uint16_t port) { return sshd(folder_, port, options); });
    EXPECT_TRUE(server.up());
    Target to{.service = "sshd",
              .endpoint = "sshd:22",
              .place = server.place("ssh"),
              .expect = e,
              .observed = {}};
    return prove({to}, means).front();
  }

  TemporaryFolder folder_;
};

TEST_F(ProofOfSshd, CompliesWhereTheOfferIsInside) {
  const Verdict verdict = proof({});
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  ASSERT_TRUE(verdict.seen.ssh);
  EXPECT_THAT(verdict.seen.ssh->banner, testing::StartsWith("SSH-2.0-OpenSSH_"));
  EXPECT_EQ(verdict.connections, 1);
}

TEST_F(ProofOfSshd, FailsInTheOneListThatIsWider) {
  struct Row {
    std::string option, id;
  };
  for (const Row& row :
       {Row{"KexAlgorithms=curve25519-sha256,diffie-hellman-group14-sha1", "ssh-kex-outside"},
        Row{"Ciphers=aes256-gcm@openssh.com,aes128-ctr", "ssh-cipher-outside"},
        Row{"MACs=hmac-sha2-256-etm@openssh.com,hmac-sha1", "ssh-mac-outside"}}) {
    const Verdict verdict = proof({row.option});
    EXPECT_THAT(ids(verdict, Outcome::fails), ElementsAre(row.id)) << texts(verdict);
  }
}

TEST_F(ProofOfSshd, AsksTheCallerForUserKeyAlgorithms) {
  SshExpectation e = kExpected;
  e.public_keys = {"ssh-ed25519"};
  EXPECT_THAT(ids(proof({}, e), Outcome::not_proven), ElementsAre("ssh-public-keys-unseen"));
  Means means;
  means.ssh_sig_algs = [](const probe::Place& place) {
    EXPECT_EQ(place.preamble, "ssh");
    return std::vector<std::string>{"ssh-ed25519"};
  };
  const Verdict verdict = proof({}, e, means);
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  EXPECT_THAT(verdict.seen.server_sig_algs, ElementsAre("ssh-ed25519"));
}

TEST(ProofOfSsh, ProvesNothingOfATlsServer) {
  const MadeUpServer server(MadeUpServer::Manner::garbage);
  probe::Place place = server.place();
  place.preamble = "ssh";
  const Target to{.service = "sshd",
                  .endpoint = "sshd:22",
                  .place = place,
                  .expect = kExpected,
                  .observed = {}};
  const Verdict verdict = prove({to}).front();
  EXPECT_EQ(verdict.outcome, Outcome::not_proven) << texts(verdict);
}

}  // namespace
}  // namespace tlspolicy::prove
