// SPDX-License-Identifier: Apache-2.0
// Whole scans of servers that other people wrote: each fact is found where the server was told to
// have it, and not where it was told otherwise.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

#include "probe/servers.hpp"
#include "scan/scan.hpp"
#include "wire/vectors.hpp"

namespace tlspolicy::scan {
namespace {
using test::ServerProcess;
using ::testing::Contains, ::testing::ElementsAre, ::testing::Field, ::testing::IsEmpty,
    ::testing::HasSubstr, ::testing::IsSupersetOf, ::testing::Not;

class RealScan : public ::testing::Test {
 protected:
  void SetUp() override {
    make("rsa", "rsa:2048");
    make("ec", "ec -pkeyopt ec_paramgen_curve:P-256");
  }
  void make(const std::string& name, const std::string& kind) {
    test::output_of("openssl req -x509 -nodes -days 30 -subj /CN=" + name + " -newkey " + kind +
                    " -keyout " + (folder_ / name) + ".key -out " + (folder_ / name) +
                    ".crt 2>/dev/null");
  }
  ServerProcess openssl(std::vector<std::string> more) {
    const std::uint16_t port = test::free_port();
    std::vector<std::string> argv{"openssl", "s_server", "-www", "-accept",
                                  "127.0.0.1:" + std::to_string(port)};
    const std::vector<std::string> keys{"-cert",  folder_ / "rsa.crt", "-key",  folder_ / "rsa.key",
                                        "-dcert", folder_ / "ec.crt",  "-dkey", folder_ / "ec.key"};
    argv.insert(argv.end(), keys.begin(), keys.end());
    argv.insert(argv.end(), more.begin(), more.end());
    return {argv, port};
  }
  static Endpoint scanned(const ServerProcess& server, const std::string& preamble = {}) {
    const Target target{"test", {"127.0.0.1", server.port(), "", preamble}};
    Means means;
    means.limits.answer = test::kPatience;
    return scan(std::vector<Target>{target}, means).front();
  }
  static auto has_weakness(const std::string& id) {
    return Field(&Endpoint::weaknesses, Contains(Field(&Weakness::id, id)));
  }

  test::TempFolder folder_;
};

TEST_F(RealScan, FindsWhatOpensslWasToldToHave) {
  const auto server = openssl(
      {"-cipher", "AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0",
       "-min_protocol", "TLSv1", "-alpn", "http/1.1,h2", "-client_renegotiation"});
  const Endpoint seen = scanned(server);
  EXPECT_THAT(seen.facts.alpn, ElementsAre("http/1.1", "h2"));
  EXPECT_EQ(seen.facts.secure_renegotiation, Fact::yes);
  EXPECT_EQ(seen.facts.client_renegotiation, Fact::yes);
  EXPECT_EQ(seen.facts.fallback_scsv, Fact::yes);
  EXPECT_EQ(seen.facts.extended_master_secret, Fact::yes);
  EXPECT_EQ(seen.facts.encrypt_then_mac, Fact::yes);
  EXPECT_EQ(seen.facts.tickets, Fact::yes);
  EXPECT_EQ(seen.facts.session_ids, Fact::yes);
  EXPECT_EQ(seen.facts.ocsp_stapling, Fact::no);
  EXPECT_EQ(seen.facts.compression, Fact::no);
  EXPECT_EQ(seen.facts.heartbeat, Fact::no);
  EXPECT_EQ(seen.facts.heartbleed, Fact::no);
  EXPECT_EQ(seen.facts.ccs_injection, Fact::no);
  EXPECT_THAT(seen.intolerances, IsEmpty());
  EXPECT_THAT(seen.gaps, IsEmpty());
  EXPECT_THAT(seen, has_weakness("client-renegotiation"));
  EXPECT_THAT(seen, Not(has_weakness("no-fallback-scsv")));
  // Both keys, each in both generations.
  ASSERT_EQ(seen.chains.size(), 2U);
  for (const Chain& chain : seen.chains)
    EXPECT_THAT(chain.seen_in, IsSupersetOf({crypto::Protocol::tls12, crypto::Protocol::tls13}));
  EXPECT_EQ(seen.signed13.size(), 2U);
}

TEST_F(RealScan, TakesTheNextAddressWhereNobodyIs) {
  const auto server = openssl({"-tls1_3"});
  const Target target{"test", {"127.0.0.9", server.port(), "", ""}, {"127.0.0.1", "127.0.0.2"}, {}};
  Means means;
  means.limits.answer = test::kPatience;
  const auto found = scan(std::vector<Target>{target, target}, means);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.front().serves, Fact::yes);
  EXPECT_EQ(found.front().target.place.address, "127.0.0.1");
  EXPECT_THAT(found.front().target.others, ElementsAre("127.0.0.2"));
  EXPECT_THAT(found.front().target.unreached, ElementsAre(Field(&Gap::about, "127.0.0.9")));
}

TEST_F(RealScan, TakesTheNextAddressForSshTooAndSaysWhereNobodyWas) {
  const auto port = test::free_port();
  Means means;
  means.limits.answer = test::kPatience;
  const auto found = scan({{"test", {"127.0.0.9", port, "", "ssh"}, {"127.0.0.8"}, {}}}, means);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().target.place.address, "127.0.0.8");
  EXPECT_THAT(found.front().target.unreached, ElementsAre(Field(&Gap::about, "127.0.0.9")));
  EXPECT_THAT(found.front().why, ::testing::StartsWith("no connection"));
}

TEST_F(RealScan, DoesNotFindWhatOpensslWasToldNotToHave) {
  const auto server = openssl({"-cipher", "AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
                               "-no_ticket", "-no_cache", "-no_etm"});
  const Endpoint seen = scanned(server);
  EXPECT_THAT(seen.facts.alpn, IsEmpty());
  EXPECT_EQ(seen.facts.client_renegotiation, Fact::no);
  EXPECT_EQ(seen.facts.encrypt_then_mac, Fact::no);
  EXPECT_EQ(seen.facts.session_ids, Fact::no);
  EXPECT_THAT(seen, Not(has_weakness("client-renegotiation")));
  EXPECT_THAT(seen.gaps, IsEmpty());
}

TEST_F(RealScan, SaysThatACertificateOfTheClientIsDemanded) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const auto strict = openssl({version, "-Verify", "1", "-verify_return_error"});
    EXPECT_EQ(scanned(strict).facts.client_certificate, Fact::yes) << version;
    const auto asks = openssl({version, "-verify", "1"});
    EXPECT_EQ(scanned(asks).facts.client_certificate, Fact::no) << version;
  }
}

TEST_F(RealScan, FindsTheFactsOfAServerThatSpeaksTls13Alone) {
  const auto server = openssl({"-tls1_3", "-alpn", "h2,http/1.1"});
  const Endpoint seen = scanned(server);
  EXPECT_THAT(seen.facts.alpn, ElementsAre("h2", "http/1.1"));
  EXPECT_EQ(seen.facts.tickets, Fact::yes);
  EXPECT_EQ(seen.facts.client_renegotiation, Fact::unknown);
  EXPECT_EQ(seen.chains.size(), 2U);  // no older version told that there are two kinds of keys
  EXPECT_THAT(seen.gaps, IsEmpty());
  const auto rsa_first =
      openssl({"-tls1_3", "-serverpref", "-sigalgs", "rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256"});
  const Endpoint other = scanned(rsa_first);
  EXPECT_EQ(other.chains.front().certificates.front().key_type, "RSA");
  EXPECT_EQ(other.chains.size(), 2U);
  const auto without = openssl({"-tls1_3", "-num_tickets", "0"});
  const Endpoint bare = scanned(without);
  EXPECT_THAT(bare.facts.alpn, IsEmpty());
  EXPECT_EQ(bare.facts.tickets, Fact::no);
  EXPECT_EQ(bare.facts.client_certificate, Fact::no);
  EXPECT_THAT(bare.gaps, IsEmpty());
}

// Nothing tells its alert from one for what it does not have, but that it comes to what it had.
TEST_F(RealScan, ClaimsNothingOfAServerThatHasHadEnough) {
  const auto sound = openssl({"-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"});
  for (const int most : {3, 20, 60}) {
    std::atomic<int> seen{0};
    const test::ScriptedServer server([&](test::Line& line) {
      if (seen++ < most) return line.pass_on_to(sound.port());
      if (line.wait_for_bytes()) line.send(wire::alert(2, 40));
      line.wait_for_close();
    });
    Means means;
    means.limits.answer = test::kPatience;
    const Target target{"test", {"127.0.0.1", server.port(), "", ""}};
    const Endpoint found = scan(std::vector<Target>{target}, means).front();
    for (const auto& one : found.versions) {
      EXPECT_FALSE(one.suites.whole) << most << name(one.protocol);
      EXPECT_NE(one.accepted, Fact::no) << most << name(one.protocol);
    }
    EXPECT_FALSE(found.groups12.whole || found.groups13.whole) << most;
    EXPECT_THAT(found.gaps, Contains(Field(&Gap::why, HasSubstr("had enough of us")))) << most;
  }
}

TEST_F(RealScan, DoesNotTakeAHashThatHasNoRoomInTheKeyForARefusal) {
  std::vector<Version> found;
  for (const char* bits : {"512", "1024"}) {
    make("small", std::string("rsa:") + bits);
    const std::uint16_t port = test::free_port();
    const ServerProcess server(
        {"openssl", "s_server", "-www", "-accept", "127.0.0.1:" + std::to_string(port), "-cert",
         folder_ / "small.crt", "-key", folder_ / "small.key", "-cipher", "ALL:@SECLEVEL=0",
         "-tls1_2"},
        port);
    found.push_back(*find(scanned(server), crypto::Protocol::tls12));
  }
  EXPECT_TRUE(found[0].suites.whole);
  EXPECT_EQ(found[0].suites, found[1].suites);
}

// Who has a key gets TLS 1.3 there, and we cannot tell.
TEST_F(RealScan, RefusesNoVersionForWantOfAKey) {
  for (const bool newest : {true, false}) {
    const std::uint16_t port = test::free_port();
    std::vector<std::string> words{"openssl",
                                   "s_server",
                                   "-www",
                                   "-accept",
                                   "127.0.0.1:" + std::to_string(port),
                                   "-nocert",
                                   "-psk",
                                   "00112233445566778899"};
    if (!newest) words.emplace_back("-no_tls1_3");
    const ServerProcess server(words, port);
    const Endpoint seen = scanned(server);
    EXPECT_EQ(seen.versions.back().accepted, newest ? Fact::unknown : Fact::no);
    EXPECT_EQ(seen.gaps.size(), newest ? 1U : 0U);
    EXPECT_EQ(seen.versions.back().suites.whole, !newest);
    EXPECT_EQ(seen.groups13.whole, !newest);
  }
}

// One connection at a time is what many a firewall allows.
TEST_F(RealScan, AsksOneByOneWhereSeveralAreReset) {
  const auto sound = openssl({"-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"});
  std::atomic<int> open{0};
  const test::ScriptedServer server([&](test::Line& line) {
    if (open++ == 0)
      line.pass_on_to(sound.port());
    else
      line.reset();
    --open;
  });
  const Target target{"test", {"127.0.0.1", server.port(), "", ""}};
  Means means;
  means.limits.answer = test::kPatience;
  const Endpoint through = scan(std::vector<Target>{target}, means).front();
  const Endpoint direct = scanned(sound);
  // OpenSSL resets behind its alert to SSLv2, and this relay may lose it.
  for (const auto version :
       {crypto::Protocol::tls10, crypto::Protocol::tls12, crypto::Protocol::tls13})
    EXPECT_EQ(*find(through, version), *find(direct, version));
  EXPECT_EQ(through.groups12, direct.groups12);
  EXPECT_EQ(through.groups13, direct.groups13);
  EXPECT_THAT(through.intolerances, IsEmpty());
}

// The same, said by an alert: nothing tells it from one for what the server does not have.
TEST_F(RealScan, AsksOneByOneWhereASecondConnectionIsRefused) {
  const auto sound = openssl({"-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"});
  std::atomic<int> open{0};
  const test::ScriptedServer server([&](test::Line& line) {
    if (open++ == 0) {
      line.pass_on_to(sound.port());
    } else {
      if (line.wait_for_bytes()) line.send(wire::alert(2, 40));
      line.wait_for_close();
    }
    --open;
  });
  const Target target{"test", {"127.0.0.1", server.port(), "", ""}};
  Means means;
  means.limits.answer = test::kPatience;
  const Endpoint direct = scanned(sound);
  for (const int per_host : {1, 2, 3}) {
    means.limits.per_host = per_host;
    const Endpoint found = scan(std::vector<Target>{target}, means).front();
    for (const auto version :
         {crypto::Protocol::tls10, crypto::Protocol::tls12, crypto::Protocol::tls13})
      EXPECT_EQ(*find(found, version), *find(direct, version)) << per_host;
    EXPECT_EQ(found.groups12, direct.groups12) << per_host;
    EXPECT_THAT(found.gaps, IsEmpty()) << per_host;
  }
}

TEST_F(RealScan, SaysHowAServerThatTakesNobodyRefuses) {
  const std::uint16_t port = test::free_port();
  const ServerProcess keys(
      {"openssl", "s_server", "-www", "-accept", "127.0.0.1:" + std::to_string(port), "-nocert",
       "-tls1_3", "-psk", "00112233445566778899"},
      port);
  const Endpoint seen = scanned(keys);
  EXPECT_EQ(seen.serves, Fact::no);
  EXPECT_EQ(seen.why,
            "every version is refused: TLSv1.3 by alert 40 (handshake_failure), others by alert 70 "
            "(protocol_version)");
}

// wolfSSL behind lighttpd closes on status_request (RFC 6066 8), and has both keys in TLS 1.3.
TEST_F(RealScan, AsksAgainWithoutWhatAServerDoesNotBear) {
  const auto sound = openssl({});
  const test::ScriptedServer server([&](test::Line& line) {
    constexpr std::array<std::uint8_t, 9> kStatus{0, 5, 0, 5, 1, 0, 0, 0, 0};
    const wire::Bytes hello = line.peek();
    if (std::ranges::search(hello, kStatus).empty()) return line.pass_on_to(sound.port());
    line.wait_for_bytes();  // so that it ends by a close, not by a reset
  });
  const Target target{"test", {"127.0.0.1", server.port(), "", ""}};
  Means means;
  means.limits.answer = test::kPatience;
  const Endpoint seen = scan(std::vector<Target>{target}, means).front();
  EXPECT_EQ(seen.signed13.size(), 2U);
  EXPECT_EQ(seen.facts.tickets, Fact::yes);
  EXPECT_EQ(seen.facts.ocsp_stapling, Fact::unknown);
  EXPECT_THAT(seen.gaps, IsEmpty());
}

// RFC 8446 4.2.3 ties ecdsa_secp521r1_sha512 to its curve, TLS 1.2 does not: the P-256 key serves
// there alone, and its refusal beside the RSA key's success is no gap.
TEST_F(RealScan, SeesAKeyThatOnlyOlderVersionsUse) {
  const auto server = openssl({"-sigalgs", "rsa_pss_rsae_sha256:ECDSA+SHA512"});
  const Endpoint seen = scanned(server);
  ASSERT_EQ(seen.signed13.size(), 1U);
  EXPECT_EQ(seen.signed13.front().key_type, "RSA");
  EXPECT_EQ(seen.chains.size(), 2U);
  EXPECT_THAT(seen.gaps, IsEmpty());
}

// OpenSSL 1.0.1e as a program of its own (bench/README.md says where it comes from): both faults.
TEST_F(RealScan, FindsBothFaultsOfOpenssl101) {
  const char* old = std::getenv("TLSPOLICY_OPENSSL_1_0_1");
  if (old == nullptr) GTEST_SKIP() << "TLSPOLICY_OPENSSL_1_0_1 names no program";
  const std::uint16_t port = test::free_port();
  const ServerProcess server({old, folder_ / "rsa.crt", folder_ / "rsa.key", std::to_string(port)},
                             port);
  const Endpoint seen = scanned(server);
  EXPECT_EQ(seen.facts.heartbeat, Fact::yes);
  EXPECT_EQ(seen.facts.heartbleed, Fact::yes);
  EXPECT_EQ(seen.facts.ccs_injection, Fact::yes);
  EXPECT_THAT(seen, has_weakness("heartbleed"));
  EXPECT_THAT(seen, has_weakness("ccs-injection"));
}

// A server that has heartbeats and a sound OpenSSL: it discards what RFC 6520 has discarded.
TEST_F(RealScan, TellsASoundServerWithHeartbeatsFromABrokenOne) {
  for (const bool broken : {false, true}) {
    const test::ScriptedServer server([&](test::Line& line) {
      using namespace wire;
      if (!line.wait_for_bytes()) return;
      line.send(
          record(22, wire::server_hello(0x0303, 0x2F, extension(15, {1}) + extension(0xFF01, {0})) +
                         certificates({{7}}) + hello_done()));
      if (!line.wait_for_bytes()) return;
      const Bytes echo = Bytes{2,   0,   16,  't', 'l', 's', 'p', 'o', 'l', 'i',
                               'c', 'y', '-', 'a', 's', 'k', 's', '-', '0'} +
                         Bytes(16, 1);
      if (broken) line.send(record(24, echo));
      line.send(alert(2, 10));
    });
    const Target target{"test", {"127.0.0.1", server.port(), "", ""}};
    Means means;
    means.limits.answer = std::chrono::seconds(2);
    const Endpoint seen = scan(std::vector<Target>{target}, means).front();
    EXPECT_EQ(seen.facts.heartbleed, broken ? Fact::yes : Fact::no);
    EXPECT_EQ(seen.facts.ccs_injection, Fact::no);
  }
}

TEST_F(RealScan, OfSshShowsKeysAndWhatFollows) {
  if (!std::filesystem::exists("/usr/sbin/sshd")) GTEST_SKIP() << "openssh-server is not installed";
  const std::uint16_t port = test::free_port();
  std::string config = "ListenAddress 127.0.0.1:" + std::to_string(port) + "\nPidFile none\n" +
                       "KexAlgorithms +diffie-hellman-group14-sha1\nCiphers +3des-cbc\n";
  std::vector<std::string> prints;
  for (const char* kind : {"rsa -b 2048", "ed25519"}) {
    const std::string key = folder_ / std::string(kind).substr(0, 3);
    test::output_of(std::string("ssh-keygen -q -N '' -t ") + kind + " -f " + key);
    prints.push_back(test::output_of("ssh-keygen -l -f " + key + " | cut -d' ' -f2 | cut -d: -f2"));
    config += "HostKey " + key + "\n";
  }
  test::output_of("cat > " + (folder_ / "config") + " <<'EOF'\n" + config +
                  "EOF\nchown -R 65534:65534 " + (folder_ / "."));
  const ServerProcess server({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                              "/usr/sbin/sshd", "-D", "-f", folder_ / "config"},
                             port);
  const Endpoint seen = scanned(server, "ssh");
  EXPECT_EQ(seen.serves, Fact::yes);
  EXPECT_THAT(seen.gaps, IsEmpty());
  EXPECT_EQ(seen.connections, 2);
  ASSERT_TRUE(seen.ssh);
  ASSERT_EQ(seen.ssh->host_keys.size(), 2U);
  EXPECT_EQ(seen.ssh->host_keys[0].bits, 2048);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(seen.ssh->host_keys[i].sha256, prints[i]);
  EXPECT_THAT(seen.ssh->server_sig_algs, Contains("ssh-ed25519"));
  EXPECT_THAT(seen, has_weakness("ssh-sha1-exchange"));
  EXPECT_THAT(seen, has_weakness("ssh-cbc"));
  EXPECT_THAT(seen, Not(has_weakness("ssh-dss")));
}

}  // namespace
}  // namespace tlspolicy::scan
