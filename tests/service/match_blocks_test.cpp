// SPDX-License-Identifier: Apache-2.0
// Connections that meet Match blocks; that sshd agrees is tried on a lab host.
#include "service/match_blocks.hpp"

#include <gmock/gmock.h>

#include "config/syntax.hpp"

namespace tlspolicy::service {
namespace {
using testing::ElementsAre;

TEST(MatchBlocks, AreMetByAConnection) {
  struct Row {
    std::string criteria, connection;
  };
  for (const auto& [criteria, connection] : std::initializer_list<Row>{
           {"User bob", "user=bob,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"user=bob", "user=bob,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"all", "user=root,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"User bob,alice", "user=bob,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"User dev-?", "user=dev-1,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"User *,!root", "user=nobody,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"User !*,bob", ""},
           {"Group sftp", "group=sftp,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"User bob Group sftp",
            "user=bob,group=sftp,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"Host *.example.org",
            "user=root,host=1.example.org,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
           {"Address 10.1.0.0/16,192.0.2.*",
            "user=root,host=localhost,addr=10.1.0.0,laddr=127.0.0.1,lport=22"},
           {"Address 192.0.2.*",
            "user=root,host=localhost,addr=192.0.2.1,laddr=127.0.0.1,lport=22"},
           {"Address 192.0.2.*,!192.0.2.1",
            "user=root,host=localhost,addr=192.0.2.2,laddr=127.0.0.1,lport=22"},
           {"Address *,!127.0.0.1",
            "user=root,host=localhost,addr=192.0.2.1,laddr=127.0.0.1,lport=22"},
           {"LocalPort 2222 LocalAddress 192.0.2.10",
            "user=root,host=localhost,addr=127.0.0.1,laddr=192.0.2.10,lport=2222"},
           {"Frobnicate yes", ""},
           {"User", ""},
           {"", ""},
       })
    EXPECT_EQ(connection_for(criteria), connection) << criteria;
}

TEST(MatchBlocks, CountWhereASettingOfAPolicyStandsInThem) {
  const auto* syntax = config::syntax_named("sshd");
  ASSERT_TRUE(syntax);
  const auto read = [](const std::string&) {
    return std::optional<std::string>(
        "RequiredRSASize 2048\n"
        "Match User bob\n  RequiredRSASize 1024\n  PubkeyAcceptedAlgorithms +ssh-rsa\n"
        "Match User eve\n  X11Forwarding no\n"
        "Match Group old\n  PubkeyAcceptedAlgorithms +ssh-rsa\n");
  };
  const auto flat = config::flatten(*syntax, "/etc/ssh/sshd_config", "/etc/ssh", {}, read,
                                    [](const auto&) { return std::vector<std::string>{}; });
  const auto found =
      match_blocks(flat.settings, "Match", {"RequiredRSASize", "PubkeyAcceptedAlgorithms"});
  EXPECT_THAT(
      found,
      ElementsAre(MatchBlock{"/etc/ssh/sshd_config:2", "Match User bob",
                             "user=bob,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"},
                  MatchBlock{"/etc/ssh/sshd_config:7", "Match Group old",
                             "group=old,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"}));
}

}  // namespace
}  // namespace tlspolicy::service
