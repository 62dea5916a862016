// SPDX-License-Identifier: Apache-2.0
// Weaknesses of SSH servers: each is found in an offer that has it and not in one that has not.
#include <gmock/gmock.h>

#include "scan/ssh_course.hpp"
#include "scan/weakness.hpp"

namespace tlspolicy::scan {
namespace {
using ::testing::Contains, ::testing::ElementsAre, ::testing::Field, ::testing::IsEmpty,
    ::testing::Not;

Ssh sound() {
  Ssh out;
  out.offer.kex = {"mlkem768x25519-sha256", "curve25519-sha256", "kex-strict-s-v00@openssh.com"};
  out.offer.host_keys = {"ssh-ed25519", "rsa-sha2-512"};
  out.offer.ciphers_to_client =
      out.offer.ciphers_to_server = {"chacha20-poly1305@openssh.com", "aes256-ctr"};
  out.offer.macs_to_client = out.offer.macs_to_server = {"hmac-sha2-256-etm@openssh.com"};
  out.host_keys = {{"ssh-rsa", 3072, ""}};
  out.strict_kex = Fact::yes;
  out.moduli = {2048};
  return out;
}
auto has_id(const std::string& id) { return Contains(Field(&Weakness::id, id)); }

TEST(SshWeaknesses, AreNoneInWhatIsSound) { EXPECT_THAT(weaknesses_of(sound()), IsEmpty()); }

TEST(SshWeaknesses, AreFoundInEachList) {
  struct Case {
    const char* id;
    void (*spoil)(Ssh&);
  };
  for (const Case& one : {
           Case{"ssh-no-encryption", [](Ssh& s) { s.offer.ciphers_to_client = {"none"}; }},
           Case{"ssh-small-group",
                [](Ssh& s) { s.offer.kex.push_back("diffie-hellman-group1-sha1"); }},
           Case{"ssh-sha1-exchange",
                [](Ssh& s) { s.offer.kex.push_back("diffie-hellman-group14-sha1"); }},
           Case{"ssh-dss", [](Ssh& s) { s.offer.host_keys.push_back("ssh-dss"); }},
           Case{"ssh-sha1-signatures", [](Ssh& s) { s.offer.host_keys.push_back("ssh-rsa"); }},
           Case{"ssh-arcfour", [](Ssh& s) { s.offer.ciphers_to_server.push_back("arcfour128"); }},
           Case{"ssh-cbc", [](Ssh& s) { s.offer.ciphers_to_client.push_back("aes128-cbc"); }},
           Case{"ssh-weak-mac", [](Ssh& s) { s.offer.macs_to_client.push_back("hmac-sha1-96"); }},
           Case{"terrapin", [](Ssh& s) { s.strict_kex = Fact::no; }},
           Case{"ssh-small-key", [](Ssh& s) { s.host_keys[0].bits = 1024; }},
           Case{"ssh-small-moduli",
                [](Ssh& s) {
                  s.moduli = {1536, 2048};
                }},
           Case{"no-post-quantum", [](Ssh& s) { s.offer.kex.erase(s.offer.kex.begin()); }},
       }) {
    Ssh spoilt = sound();
    one.spoil(spoilt);
    EXPECT_THAT(weaknesses_of(spoilt), has_id(one.id)) << one.id;
  }
}

// CVE-2023-48795: AES in CTR or GCM is not open to it, nor is CBC without encrypt-then-MAC.
TEST(SshWeaknesses, CallTerrapinOnlyWhatIsOpenToIt) {
  Ssh ssh = sound();
  ssh.strict_kex = Fact::no;
  for (const char* cipher : {"aes256-ctr", "aes256-gcm@openssh.com"}) {
    ssh.offer.ciphers_to_client = ssh.offer.ciphers_to_server = {cipher};
    EXPECT_THAT(weaknesses_of(ssh), Not(has_id("terrapin"))) << cipher;
  }
  ssh.offer.ciphers_to_client = {"aes256-cbc"};
  EXPECT_THAT(weaknesses_of(ssh), has_id("terrapin"));
  ssh.offer.macs_to_client = ssh.offer.macs_to_server = {"hmac-sha2-256"};
  EXPECT_THAT(weaknesses_of(ssh), Not(has_id("terrapin")));
}

TEST(SshCourse, AsksForEachKeyOnce) {
  EXPECT_THAT(one_for_each_key({"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa", "ecdsa-sha2-nistp256",
                                "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519"}),
              ElementsAre("rsa-sha2-512", "ecdsa-sha2-nistp256", "ssh-ed25519"));
}

}  // namespace
}  // namespace tlspolicy::scan
