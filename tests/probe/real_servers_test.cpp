// SPDX-License-Identifier: Apache-2.0
// Hellos and whole handshakes against servers that other people wrote: OpenSSL, GnuTLS, OpenSSH.
// The oracle is what the server was told to accept; we must see exactly that.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "base/text.hpp"
#include "probe/probe.hpp"
#include "probe/servers.hpp"

namespace tlspolicy::probe {
namespace {
using crypto::Group, crypto::Protocol, crypto::Suite;
using test::ServerProcess;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::StartsWith,
    ::testing::UnorderedElementsAre;

constexpr Group kP256{0x17}, kP384{0x18}, kP521{0x19}, kX25519{0x1D}, kX448{0x1E};
const crypto::Groups kGroups{kX25519, kP256, kP384, kP521, kX448};

crypto::Schemes every_scheme() {
  crypto::Schemes out;
  for (const auto& info : crypto::all_schemes()) out.push_back(info.scheme);
  return out;
}
// All suites of a version, without those that only signal something.
crypto::Suites every_suite(Protocol version) {
  crypto::Suites out;
  for (const auto& info : crypto::all_suites())
    if (info.kx != crypto::KeyExchange::null && crypto::usable_in(info.suite, version))
      out.push_back(info.suite);
  return out;
}
Suite suite(std::string_view name) { return crypto::suite_named(name).value(); }

class RealServers : public ::testing::Test {
 protected:
  // A key and a certificate signed by itself; `algorithm` as for `openssl req -newkey`.
  std::vector<std::string> certificate(const std::string& name, const std::string& algorithm,
                                       const std::string& more = "") {
    test::output_of("openssl req -x509 -nodes -days 30 -subj '/O=Example/CN=" + name +
                    "' -newkey " + algorithm + " " + more + " -keyout " + (folder_ / name) +
                    ".key -out " + (folder_ / name) + ".crt 2>/dev/null");
    return {folder_ / (name + ".crt"), folder_ / (name + ".key")};
  }
  ServerProcess openssl_server(std::vector<std::string> more) {
    const std::uint16_t port = test::free_port();
    std::vector<std::string> argv{"openssl", "s_server", "-accept",
                                  "127.0.0.1:" + std::to_string(port), "-www"};
    argv.insert(argv.end(), more.begin(), more.end());
    return {argv, port};
  }
  std::vector<std::string> with_certificate(const std::vector<std::string>& files,
                                            std::vector<std::string> more) {
    more.insert(more.end(), {"-cert", files[0], "-key", files[1]});
    return more;
  }
  wire::Answer ask(const wire::Hello& hello) {
    Enquiry enquiry;
    wire::Answer out = wire::Unreachable{"no callback"};
    enquiry.ask(place_, hello, [&](const wire::Answer& answer) { out = answer; });
    enquiry.run();
    return out;
  }
  // The suites that the server accepts when each is offered alone, by name.
  std::vector<std::string> accepted(Protocol version) {
    Enquiry enquiry;
    std::vector<std::string> out;
    for (const auto one : every_suite(version)) {
      const wire::Hello hello{{version}, {one}, kGroups, every_scheme(), {}, ""};
      enquiry.ask(place_, hello, [&out, one](const wire::Answer& answer) {
        const auto* chosen = std::get_if<wire::Chosen>(&answer);
        const auto* retry = std::get_if<wire::Retry>(&answer);
        if (chosen != nullptr || retry != nullptr) out.push_back(crypto::name(one));
        if (chosen != nullptr) {
          EXPECT_EQ(chosen->suite, one);
        } else if (retry == nullptr) {
          EXPECT_TRUE(std::holds_alternative<wire::Refused>(answer)) << crypto::name(one);
        }
      });
    }
    enquiry.run();
    return out;
  }
  Handshake shake(Protocol version, const crypto::Groups& groups = kGroups) {
    return full_handshake(place_, version, every_suite(version), groups, test::kPatience);
  }
  void at(std::uint16_t port) { place_ = {"127.0.0.1", port, "", ""}; }

  test::TempFolder folder_;
  Place place_;
};

TEST_F(RealServers, OpensslAcceptsExactlyTheSuitesThatItWasTold) {
  const auto rsa = certificate("rsa", "rsa:2048");
  const auto server = openssl_server(with_certificate(
      rsa, {"-cipher",
            "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-SHA256:AES256-SHA:CAMELLIA128-SHA:"
            "ADH-AES128-SHA:@SECLEVEL=0",
            "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"}));
  at(server.port());
  for (const Protocol version : {Protocol::tls10, Protocol::tls11})
    EXPECT_THAT(accepted(version), UnorderedElementsAre("TLS_RSA_WITH_AES_256_CBC_SHA",
                                                        "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA",
                                                        "TLS_DH_anon_WITH_AES_128_CBC_SHA"))
        << crypto::name(version);
  EXPECT_THAT(accepted(Protocol::tls12),
              UnorderedElementsAre(
                  "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA",
                  "TLS_DH_anon_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
                  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
  EXPECT_THAT(accepted(Protocol::tls13),
              UnorderedElementsAre("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"));
}

TEST_F(RealServers, OpensslRefusesTheVersionsThatItWasToldTo) {
  const auto server = openssl_server(
      with_certificate(certificate("ec", "ec -pkeyopt ec_paramgen_curve:P-256"), {"-tls1_2"}));
  at(server.port());
  for (const Protocol version : crypto::all_protocols()) {
    const wire::Answer answer =
        ask({{version}, every_suite(version), kGroups, every_scheme(), {}, "www.example.org"});
    EXPECT_EQ(std::holds_alternative<wire::Chosen>(answer), version == Protocol::tls12)
        << crypto::name(version);
  }
}

TEST_F(RealServers, OpensslShowsGroupSchemeAndCertificateOfEachVersion) {
  const auto ec = certificate("ec", "ec -pkeyopt ec_paramgen_curve:P-384");
  const auto server =
      openssl_server(with_certificate(ec, {"-cipher", "ALL:@SECLEVEL=0", "-groups", "P-384:X448"}));
  at(server.port());
  const Suite suite_cbc = suite("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
  test::output_of("openssl x509 -outform DER -in " + ec[0] + " -out " + (folder_ / "der"));
  std::ifstream der(folder_ / "der", std::ios::binary);
  const wire::Bytes leaf{std::istreambuf_iterator<char>(der), {}};
  for (const Protocol version : {Protocol::tls10, Protocol::tls11, Protocol::tls12}) {
    const wire::Answer answer = ask({{version}, {suite_cbc}, kGroups, every_scheme(), {}, ""});
    ASSERT_TRUE(std::holds_alternative<wire::Chosen>(answer)) << crypto::name(version);
    const auto& chosen = std::get<wire::Chosen>(answer);
    EXPECT_EQ(chosen.version, version);
    EXPECT_TRUE(chosen.group == kP384 || chosen.group == kX448);
    EXPECT_EQ(chosen.scheme.has_value(), version == Protocol::tls12);
    if (chosen.scheme) {
      EXPECT_THAT(crypto::name(*chosen.scheme), HasSubstr("ecdsa"));
    }
    EXPECT_THAT(chosen.certificates, ElementsAre(leaf));
  }
}

TEST_F(RealServers, OpensslShowsTheSizeOfItsDhPrime) {
  test::output_of("openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe3072 -out " +
                  (folder_ / "dh"));
  const auto server = openssl_server(
      with_certificate(certificate("rsa", "rsa:2048"), {"-dhparam", folder_ / "dh"}));
  at(server.port());
  const Suite dhe = suite("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
  const wire::Answer answer = ask({{Protocol::tls12}, {dhe}, kGroups, every_scheme(), {}, ""});
  ASSERT_TRUE(std::holds_alternative<wire::Chosen>(answer));
  EXPECT_EQ(std::get<wire::Chosen>(answer).dh_bits, 3072);
  const Handshake whole = full_handshake(place_, Protocol::tls12, {dhe}, {}, test::kPatience);
  EXPECT_TRUE(whole.done) << whole.why;
  EXPECT_EQ(whole.dh_bits, 3072);
  EXPECT_EQ(whole.group, std::nullopt);
}

TEST_F(RealServers, OpensslNamesByRetryExactlyTheGroupsThatItHas) {
  const auto server = openssl_server(with_certificate(
      certificate("ec", "ec -pkeyopt ec_paramgen_curve:P-256"), {"-groups", "P-384:X25519"}));
  at(server.port());
  crypto::Groups named;
  for (const auto& info : crypto::all_groups()) {
    const wire::Answer answer = ask(
        {{Protocol::tls13}, every_suite(Protocol::tls13), {info.group}, every_scheme(), {}, ""});
    if (const auto* retry = std::get_if<wire::Retry>(&answer))
      named.push_back(retry->group);
    else
      EXPECT_EQ(answer, wire::Answer(wire::Refused{40})) << info.name;
  }
  EXPECT_THAT(named, UnorderedElementsAre(kP384, kX25519));
}

TEST_F(RealServers, OpensslTakesEveryShareThatWeMakeForAGroupThatItHas) {
  const std::vector<std::string> names{"P-256",     "P-384",     "P-521",     "X25519",
                                       "X448",      "ffdhe2048", "ffdhe3072", "ffdhe4096",
                                       "ffdhe6144", "ffdhe8192"};
  const auto server =
      openssl_server(with_certificate(certificate("ec", "ec -pkeyopt ec_paramgen_curve:P-256"),
                                      {"-groups", base::join(names, ":")}));
  at(server.port());
  for (const int number : {0x17, 0x18, 0x19, 0x1D, 0x1E, 0x100, 0x101, 0x102, 0x103, 0x104}) {
    const auto group = static_cast<Group>(number);
    const wire::Answer answer = ask(
        {{Protocol::tls13}, every_suite(Protocol::tls13), {group}, every_scheme(), {group}, ""});
    ASSERT_TRUE(std::holds_alternative<wire::Chosen>(answer)) << crypto::name(group);
    EXPECT_EQ(std::get<wire::Chosen>(answer).group, group);
  }
}

TEST_F(RealServers, OpensslShakesHandsInEveryVersion) {
  const auto rsa = certificate("rsa", "rsa:2048", "-sha512");
  const auto server = openssl_server(with_certificate(rsa, {"-cipher", "ALL:@SECLEVEL=0"}));
  at(server.port());
  std::string until =
      test::output_of("openssl x509 -noout -enddate -dateopt iso_8601 -in " + rsa[0]);
  until = until.substr(until.find('=') + 1);
  for (const Protocol version :
       {Protocol::tls10, Protocol::tls11, Protocol::tls12, Protocol::tls13}) {
    const Handshake whole = shake(version);
    ASSERT_TRUE(whole.done) << crypto::name(version) << ": " << whole.why;
    EXPECT_EQ(whole.version, version);
    EXPECT_TRUE(crypto::usable_in(whole.suite, version)) << crypto::name(whole.suite);
    EXPECT_EQ(whole.key_type, "RSA");
    EXPECT_EQ(whole.key_bits, 2048);
    EXPECT_EQ(whole.signature_hash, "SHA512");
    EXPECT_EQ(whole.subject, "CN=rsa,O=Example");
    EXPECT_EQ(whole.issuer, whole.subject);
    EXPECT_TRUE(whole.self_signed);
    EXPECT_EQ(base::replace_all(whole.not_after, "T", " "), until);
  }
}

TEST_F(RealServers, OpensslShowsInAWholeHandshakeWhat13Encrypts) {
  struct Row {
    std::string name, algorithm, key_type, scheme;
    int bits;
  };
  const std::vector<Row> rows{
      {"ec256", "ec -pkeyopt ec_paramgen_curve:P-256", "EC", "ecdsa_secp256r1_sha256", 256},
      {"ec521", "ec -pkeyopt ec_paramgen_curve:P-521", "EC", "ecdsa_secp521r1_sha512", 521},
      {"ed25519", "ed25519", "ED25519", "ed25519", 256},
      {"pss", "rsa-pss -pkeyopt rsa_keygen_bits:2048", "RSA-PSS", "rsa_pss_pss_sha256", 2048},
  };
  for (const auto& row : rows) {
    const auto server = openssl_server(
        with_certificate(certificate(row.name, row.algorithm), {"-groups", "X448:P-521"}));
    at(server.port());
    const Handshake newest = shake(Protocol::tls13);
    ASSERT_TRUE(newest.done) << row.name << ": " << newest.why;
    EXPECT_EQ(newest.key_type, row.key_type);
    EXPECT_EQ(newest.key_bits, row.bits);
    ASSERT_TRUE(newest.scheme.has_value()) << row.name;
    EXPECT_EQ(crypto::name(*newest.scheme), row.scheme);
    EXPECT_TRUE(newest.group == kX448 || newest.group == kP521) << row.name;
  }
}

TEST_F(RealServers, OpensslShowsTheGroupOf12AsWell) {
  const auto ec = certificate("ec", "ec -pkeyopt ec_paramgen_curve:P-256");
  for (const auto& [word, group] : std::vector<std::pair<std::string, Group>>{
           {"X25519", kX25519}, {"X448", kX448}, {"P-256", kP256}, {"P-521", kP521}}) {
    const auto server = openssl_server(with_certificate(ec, {"-tls1_2", "-groups", word}));
    at(server.port());
    const Handshake whole = shake(Protocol::tls12);
    ASSERT_TRUE(whole.done) << whole.why;
    EXPECT_EQ(whole.group, group) << word;
    EXPECT_EQ(crypto::name(whole.scheme.value()), "ecdsa_secp256r1_sha256");
  }
}

TEST_F(RealServers, TellWhatTheLocalLibraryCouldNotEvenOffer) {
  at(test::free_port());  // nobody is there: nobody is asked
  const auto refused = [&](Protocol version, const crypto::Suites& suites,
                           const crypto::Groups& groups) {
    const Handshake out = full_handshake(place_, version, suites, groups, test::kPatience);
    EXPECT_FALSE(out.done);
    EXPECT_FALSE(out.reached_server);
    return out.why;
  };
  EXPECT_THAT(refused(Protocol::ssl2, every_suite(Protocol::ssl2), {}), HasSubstr("SSLv2"));
  EXPECT_THAT(refused(Protocol::tls12, {suite("TLS_KRB5_WITH_RC4_128_SHA")}, {}),
              HasSubstr("none of the suites"));
  EXPECT_THAT(refused(Protocol::tls12, {suite("TLS_AES_128_GCM_SHA256")}, {}),
              HasSubstr("none of the suites"));
  EXPECT_THAT(refused(Protocol::tls13, every_suite(Protocol::tls13), {Group{0x7FFF}}),
              HasSubstr("none of the groups"));
}

TEST_F(RealServers, TellWhichSuitesAndGroupsWereLeftOut) {
  const auto server = openssl_server(
      with_certificate(certificate("ec", "ec -pkeyopt ec_paramgen_curve:P-256"), {}));
  at(server.port());
  const Suite krb5 = suite("TLS_KRB5_WITH_RC4_128_SHA");
  const Handshake out = full_handshake(place_, Protocol::tls12,
                                       {krb5, suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")},
                                       {Group{0x7FFF}, kX25519, kP256}, test::kPatience);
  EXPECT_TRUE(out.done) << out.why;
  EXPECT_THAT(out.suites_left_out, ElementsAre(krb5));
  EXPECT_THAT(out.groups_left_out, ElementsAre(Group{0x7FFF}));
}

TEST_F(RealServers, TellWhyAWholeHandshakeFailed) {
  const auto server = openssl_server(
      with_certificate(certificate("ec", "ec -pkeyopt ec_paramgen_curve:P-256"), {"-tls1_2"}));
  at(server.port());
  const Handshake wrong_version = shake(Protocol::tls13);
  EXPECT_FALSE(wrong_version.done);
  EXPECT_TRUE(wrong_version.reached_server);
  EXPECT_THAT(wrong_version.why, HasSubstr("alert protocol version"));

  at(test::free_port());
  EXPECT_EQ(shake(Protocol::tls12).why, "Connection refused");

  const test::ScriptedServer silent([](test::Line& line) { line.wait_for_close(); });
  at(silent.port());
  const auto start = std::chrono::steady_clock::now();
  const Handshake waited = full_handshake(place_, Protocol::tls12, every_suite(Protocol::tls12), {},
                                          std::chrono::milliseconds(150));
  EXPECT_EQ(waited.why, "no whole handshake until the limit");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));

  const test::ScriptedServer closing([](test::Line& line) { line.wait_for_bytes(); });
  at(closing.port());
  EXPECT_THAT(shake(Protocol::tls12).why, ::testing::AnyOf(HasSubstr("closed"), HasSubstr("eof")));
}

// The host's openssl.cnf is what a policy may be written to: it must not narrow the proof.
TEST_F(RealServers, AreAskedWithoutTheHostsOwnOpensslConfiguration) {
  std::ofstream(folder_ / "openssl.cnf") << "openssl_conf = a\n[a]\nssl_conf = b\n[b]\n"
                                            "system_default = c\n[c]\nMinProtocol = TLSv1.3\n"
                                            "CipherString = HIGH:@SECLEVEL=3\nGroups = P-521\n";
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto server = openssl_server(
      with_certificate(certificate("rsa", "rsa:2048"), {"-cipher", "ALL:@SECLEVEL=0"}));
  const std::string run = "OPENSSL_CONF=" + (folder_ / "openssl.cnf") +
                          " TLSPOLICY_TEST_PORT=" + std::to_string(server.port()) + " " + self +
                          " --gtest_also_run_disabled_tests"
                          " --gtest_filter=RealServers.DISABLED_UnderAnotherConfiguration";
  EXPECT_THAT(test::output_of(run), HasSubstr("[  PASSED  ] 1 test"));
}
TEST_F(RealServers, DISABLED_UnderAnotherConfiguration) {
  const char* port = std::getenv("TLSPOLICY_TEST_PORT");
  ASSERT_NE(port, nullptr) << "run by the test above";
  at(static_cast<std::uint16_t>(std::stoi(port)));
  EXPECT_TRUE(shake(Protocol::tls10).done);
  // Not the P-521 of that file: the library's own favourite, a hybrid since OpenSSL 3.5.
  EXPECT_THAT(shake(Protocol::tls13, {}).group, ::testing::AnyOf(kX25519, crypto::Group{0x11ec}));
}

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
