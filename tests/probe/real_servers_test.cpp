// SPDX-License-Identifier: Apache-2.0
// Hellos against OpenSSL. The oracle is what the server was told to accept; we must see exactly
// that.
#include <gmock/gmock.h>

#include <fstream>

#include "base/text.hpp"
#include "probe/real_servers.hpp"

namespace tlspolicy::probe {
namespace {
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::UnorderedElementsAre;

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

}  // namespace
}  // namespace tlspolicy::probe
