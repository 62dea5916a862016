// SPDX-License-Identifier: Apache-2.0
// Whole handshakes with OpenSSL: what only they show, and why they fail.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "probe/real_servers.hpp"

namespace tlspolicy::probe {
namespace {
using ::testing::ElementsAre, ::testing::HasSubstr;

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

// Mutual TLS: all of the server's is seen, and only our certificate is missing.
TEST_F(RealServers, AServerThatDemandsACertificateIsSeenAsFarAsThat) {
  const auto rsa = certificate("rsa", "rsa:2048", "-sha512");
  const auto server =
      openssl_server(with_certificate(rsa, {"-cipher", "ALL:@SECLEVEL=0", "-Verify", "1"}));
  at(server.port());
  for (const Protocol version :
       {Protocol::tls10, Protocol::tls11, Protocol::tls12, Protocol::tls13}) {
    const Handshake whole = shake(version);
    ASSERT_TRUE(whole.done) << crypto::name(version) << ": " << whole.why;
    EXPECT_EQ(whole.demands_certificate, version != Protocol::tls13);
    EXPECT_EQ(whole.key_bits, 2048);
    EXPECT_TRUE(crypto::usable_in(whole.suite, version)) << crypto::name(whole.suite);
  }
  // A suite that it does not take is refused for that, and not for the certificate.
  const Handshake other =
      full_handshake(place_, Protocol::tls12, {crypto::Suite{0xC02B}}, kGroups, test::kPatience);
  EXPECT_FALSE(other.done);
  EXPECT_TRUE(other.turned_down);
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

}  // namespace
}  // namespace tlspolicy::probe
