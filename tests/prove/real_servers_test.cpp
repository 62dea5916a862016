// SPDX-License-Identifier: Apache-2.0
// The proof against TLS servers that we did not write: openssl s_server and gnutls-serv, exactly
// as expected and wider in one dimension at a time.  A relay between counts the connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "expectations.hpp"
#include "real_server.hpp"

namespace tlspolicy::prove {
namespace {
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kSchemes =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:"
    "rsa_pss_rsae_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512";

// s_server's words for the expectation `hybrid`; a later word of the same option counts.
Command narrow(const Command& more = {}) {
  Command out{"-min_protocol",      "TLSv1.2",  "-cipher", "ECDHE+AESGCM:ECDHE+CHACHA20", "-groups",
              "X25519:P-256:P-384", "-sigalgs", kSchemes};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

const Certificate& rsa() {
  static const Certificate one("rsa:2048");
  return one;
}
const Certificate& ec() {
  static const Certificate one("ec:P-256");
  return one;
}

Verdict proof_of(const std::function<Command(std::uint16_t)>& command, const TlsExpectation& e) {
  const RealServer server(command);
  EXPECT_TRUE(server.up());
  const CountingRelay relay(server.place());
  const Verdict verdict = prove({target(relay.place(), e)}).front();
  EXPECT_LE(relay.connections(), kConnections) << texts(verdict);
  EXPECT_EQ(relay.connections(), verdict.connections) << texts(verdict);
  return verdict;
}

Verdict proof_of_openssl(const Certificate& certificate, const Command& words,
                         const TlsExpectation& e) {
  return proof_of([&](std::uint16_t port) { return s_server(certificate, port, words); }, e);
}

TEST(ProofOfOpenssl, CompliesWhereTheServerIsAsExpected) {
  for (const Certificate* certificate : {&rsa(), &ec()}) {
    const Verdict verdict = proof_of_openssl(*certificate, narrow(), hybrid());
    EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
    EXPECT_TRUE(verdict.serves);
    EXPECT_EQ(verdict.seen.preferred_group, group("x25519"));
    EXPECT_THAT(ids(verdict, Outcome::complies),
                ElementsAre("groups-refused", "key-size", "order-seen", "protocols-refused",
                            "schemes-refused", "suites-refused", "tls13-suites-refused", "works"));
  }
}

// Nothing is expected of it but that somebody gets in, by whatever it has.
TEST(ProofOfOpenssl, SeesThatItServesWithWhateverItHas) {
  for (const Command& words :
       {Command{"-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0"},
        Command{"-tls1_2", "-cipher", "DHE-RSA-CAMELLIA256-SHA256:@SECLEVEL=0"},
        Command{"-tls1", "-cipher", "DHE-RSA-AES128-SHA:@SECLEVEL=0"},
        // An RSA key that may not sign by RSASSA-PSS: TLS 1.3 is answered, and never works.
        Command{"-sigalgs", "RSA+SHA256"}}) {
    const Verdict verdict = proof_of_openssl(rsa(), words, {});
    EXPECT_TRUE(verdict.serves) << texts(verdict);
    EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  }
}

// It chooses TLS 1.3 wherever that is offered, and has no scheme to sign there.
TEST(ProofOfOpenssl, ProvesThatTls13IsNotSpokenWithoutASchemeForIt) {
  TlsExpectation e = hybrid();
  e.protocols = {crypto::Protocol::tls12};
  e.tls13_suites = {};
  const Verdict verdict = proof_of_openssl(rsa(), narrow({"-sigalgs", "RSA+SHA256"}), e);
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  EXPECT_THAT(ids(verdict, Outcome::complies), Contains("protocols-refused"));
}

TEST(ProofOfOpenssl, FailsInTheOneDimensionThatIsWider) {
  struct Row {
    Command words;
    std::string id, text;
  };
  const std::string low = "ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=0";
  for (const Row& row :
       {Row{{"-cipher", "ECDHE+AESGCM:ECDHE+CHACHA20:AES256-GCM-SHA384"},
            "suite-outside",
            "accepts TLS_RSA_WITH_AES_256_GCM_SHA384 in TLSv1.2"},
        Row{{"-ciphersuites", "TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256"},
            "tls13-suite-outside",
            "accepts TLS_AES_128_CCM_SHA256 in TLSv1.3"},
        Row{{"-groups", "X25519:P-256:P-384:P-521"}, "group-outside", "secp521r1 in TLSv1.3"},
        Row{{"-groups", "X25519:P-256:ffdhe2048"}, "group-outside", "ffdhe2048 in TLSv1.3"},
        Row{{"-cipher", low, "-sigalgs", kSchemes + ":RSA+SHA1"},
            "scheme-outside",
            "signs with rsa_pkcs1_sha1 in TLSv1.2"},
        Row{{"-serverpref"}, "order-differs", "the server's order decides"}}) {
    const Verdict verdict = proof_of_openssl(rsa(), narrow(row.words), hybrid());
    EXPECT_THAT(ids(verdict, Outcome::fails), ElementsAre(row.id)) << texts(verdict);
    EXPECT_THAT(texts(verdict), HasSubstr(row.text));
  }
}

TEST(ProofOfOpenssl, FailsForAnOldVersion) {
  const Command words{"-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0"};
  const Verdict verdict = proof_of_openssl(rsa(), words, hybrid());
  EXPECT_EQ(verdict.outcome, Outcome::fails);
  EXPECT_THAT(texts(verdict), HasSubstr("accepts TLSv1.0 with TLS_"));
  EXPECT_THAT(texts(verdict), HasSubstr("accepts TLSv1.1 with TLS_"));
}

TEST(ProofOfOpenssl, SeesAGroupThatAnEcCertificateHidesInTls12) {
  TlsExpectation e = hybrid();
  e.protocols = {crypto::Protocol::tls12};
  const Verdict good = proof_of_openssl(ec(), narrow({"-tls1_2"}), e);
  EXPECT_EQ(good.outcome, Outcome::complies) << texts(good);
  const Verdict bad = proof_of_openssl(ec(), narrow({"-tls1_2", "-groups", "P-256:P-521"}), e);
  EXPECT_THAT(ids(bad, Outcome::fails), ElementsAre("group-outside")) << texts(bad);
}

TEST(ProofOfOpenssl, MeasuresKeysAndFields) {
  const Certificate small("rsa:1024");
  const std::string low = "ECDHE+AESGCM:DHE+AESGCM:@SECLEVEL=0";
  const Verdict key = proof_of_openssl(small, narrow({"-cipher", low}), guarded());
  EXPECT_THAT(ids(key, Outcome::fails), Contains("key-too-small")) << texts(key);

  const TemporaryFolder folder;
  ASSERT_TRUE(run_to_end({"openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt",
                          "group:modp_1536", "-out", folder.file("dh")}));
  const Verdict field =
      proof_of_openssl(rsa(), narrow({"-cipher", low, "-dhparam", folder.file("dh")}), guarded());
  EXPECT_THAT(ids(field, Outcome::fails), ElementsAre("dh-too-small")) << texts(field);
  const Verdict fine = proof_of_openssl(rsa(), narrow({"-cipher", low}), guarded());
  EXPECT_THAT(ids(fine, Outcome::complies), Contains("dh-size")) << texts(fine);
}

TEST(ProofOfOpenssl, FailsForACertificateSignedWithSha1) {
  const TemporaryFolder folder;
  const auto at = [&](const std::string& name) { return folder.file(name); };
  ASSERT_TRUE(run_to_end({"openssl", "req", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=leaf",
                          "-keyout", at("key"), "-out", at("request")}));
  ASSERT_TRUE(
      run_to_end({"openssl", "x509", "-req", "-in", at("request"), "-CA", rsa().chain, "-CAkey",
                  rsa().key, "-set_serial", "2", "-sha1", "-days", "2", "-out", at("leaf")}));
  const Verdict verdict = proof_of(
      [&](std::uint16_t port) {
        Command out = s_server(rsa(), port, narrow({"-cipher", "ECDHE+AESGCM:@SECLEVEL=0"}));
        out.insert(out.end(), {"-key", at("key"), "-cert", at("leaf")});
        return out;
      },
      hybrid());
  EXPECT_THAT(ids(verdict, Outcome::fails), ElementsAre("certificate-hash")) << texts(verdict);
}

TEST(ProofOfOpenssl, TakesManyEndpointsSideBySide) {
  const RealServer good([](std::uint16_t port) { return s_server(rsa(), port, narrow()); });
  const RealServer wide([](std::uint16_t port) { return s_server(ec(), port, {}); });
  ASSERT_TRUE(good.up() && wide.up());
  std::vector<Target> targets;
  for (int i = 0; i < 6; ++i)
    targets.push_back(target(i % 2 ? wide.place() : good.place(), hybrid()));
  targets.push_back(target({"127.0.0.1", 1, "", ""}, hybrid()));
  const auto verdicts = prove(targets);
  ASSERT_EQ(verdicts.size(), targets.size());
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(verdicts[i].target, targets[i]);
    EXPECT_EQ(verdicts[i].outcome, i % 2 ? Outcome::fails : Outcome::complies)
        << texts(verdicts[i]);
  }
  EXPECT_THAT(ids(verdicts[6], Outcome::not_proven), ElementsAre("unreachable"));
  EXPECT_EQ(verdicts[6].connections, 1);
}

// The catalogue's own lists, on a server that was given the same in OpenSSL's words.
TlsExpectation expectation_of(const std::string& date) {
  std::ifstream in(std::string(TLSPOLICY_SOURCE) + "/data/policies/" + date + ".toml");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const auto parsed = policy::parse_policy(text, date + ".toml");
  if (!parsed) throw std::runtime_error(parsed.error().what);
  const policy::Tls& tls = parsed->tls;
  TlsExpectation out;
  for (const auto protocol : crypto::all_protocols())
    if (protocol >= tls.min_protocol && protocol <= tls.max_protocol)
      out.protocols.push_back(protocol);
  out.suites = tls.suites;
  out.tls13_suites = tls.tls13_suites;
  out.groups = tls.groups;
  out.schemes = tls.schemes;
  out.order = tls.order;
  out.rsa_bits = tls.rsa_bits;
  out.ec_bits = tls.ec_bits;
  out.dh_bits = tls.dh_bits;
  return out;
}

TEST(ProofOfOpenssl, HoldsEachPolicyOfTheCatalogueWithinTheConnections) {
  struct Row {
    std::string date;
    Command words;
  };
  const std::string rsa_schemes =
      "rsa_pss_rsae_sha512:rsa_pss_rsae_sha384:rsa_pss_rsae_sha256:RSA+SHA512:RSA+SHA384:"
      "RSA+SHA256:RSA+SHA224:RSA+SHA1";
  for (const Row& row :
       {Row{"20180330",
            {"-min_protocol", "TLSv1", "-serverpref", "-groups", "P-256:P-384:P-521:X25519",
             "-sigalgs", rsa_schemes, "-cipher",
             "DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES256-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"
             "ECDHE-RSA-AES256-SHA384:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-SHA256:"
             "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-CAMELLIA256-SHA:"
             "DHE-RSA-AES256-SHA:ECDHE-RSA-AES256-SHA:DHE-RSA-CAMELLIA128-SHA:DHE-RSA-AES128-SHA:"
             "ECDHE-RSA-AES128-SHA:CAMELLIA128-SHA:AES128-SHA:@SECLEVEL=0"}},
        Row{"20230601", narrow({"-cipher",
                                "ECDHE+AESGCM:ECDHE+CHACHA20:DHE-RSA-AES128-GCM-SHA256"
                                ":DHE-RSA-AES256-GCM-SHA384"})},
        Row{"20261101", narrow()}}) {
    const Verdict verdict = proof_of_openssl(rsa(), row.words, expectation_of(row.date));
    EXPECT_EQ(verdict.outcome, Outcome::complies) << row.date << "\n" << texts(verdict);
    RecordProperty(row.date, verdict.connections);
    // The widest server of all still has to fit.
    const Command wide{"-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0"};
    EXPECT_EQ(proof_of_openssl(rsa(), wide, expectation_of(row.date)).outcome, Outcome::fails);
  }
}

Command gnutls(const Certificate& certificate, std::uint16_t port, const std::string& priority) {
  return {"gnutls-serv",        "--quiet",       "--http",        "--port",
          std::to_string(port), "--x509keyfile", certificate.key, "--x509certfile",
          certificate.chain,    "--priority",    priority};
}

TEST(ProofOfGnutls, CompliesWhereTheServerIsAsExpectedAndFailsWhereItIsWider) {
  if (program("gnutls-serv").empty()) GTEST_SKIP() << "gnutls-bin is not installed";
  const std::string narrow =
      "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA:+ECDHE-ECDSA:-CIPHER-ALL:"
      "+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:-MAC-ALL:+AEAD:-GROUP-ALL:+GROUP-X25519:"
      "+GROUP-SECP256R1:+GROUP-SECP384R1:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1";
  const auto with = [&](const std::string& more) {
    return proof_of([&](std::uint16_t port) { return gnutls(rsa(), port, narrow + more); },
                    hybrid());
  };
  const Verdict good = with("");
  EXPECT_EQ(good.outcome, Outcome::complies) << texts(good);
  EXPECT_THAT(ids(with(":+VERS-TLS1.1:+AES-128-CBC:+SHA1"), Outcome::fails),
              Contains("protocol-outside"));
  EXPECT_THAT(ids(with(":+RSA"), Outcome::fails), ElementsAre("suite-outside"));
  EXPECT_THAT(ids(with(":+GROUP-SECP521R1"), Outcome::fails), ElementsAre("group-outside"));
  EXPECT_THAT(ids(with(":+SIGN-RSA-SHA1"), Outcome::fails), ElementsAre("scheme-outside"));
  EXPECT_THAT(ids(with(":%SERVER_PRECEDENCE"), Outcome::fails), ElementsAre("order-differs"));
}

TEST(ProofOfOddServers, ProvesNothingAndEndsSoon) {
  using Manner = MadeUpServer::Manner;
  struct Row {
    Manner manner;
    std::string id;
  };
  const probe::Limits limits{.answer = std::chrono::milliseconds(300)};
  for (const Row& row : {Row{Manner::silent, "silent"}, Row{Manner::reset, "reset"},
                         Row{Manner::garbage, "nonsense"}, Row{Manner::wrong_suite, "nonsense"}}) {
    const MadeUpServer server(row.manner);
    const Verdict verdict = prove({target(server.place(), hybrid())}, limits).front();
    EXPECT_EQ(verdict.outcome, Outcome::not_proven) << texts(verdict);
    EXPECT_THAT(ids(verdict, Outcome::not_proven), ElementsAre(row.id)) << texts(verdict);
    EXPECT_FALSE(verdict.serves);
    EXPECT_LE(server.connections(), 3);
  }
}

TEST(ProofOfOddServers, NeverTakesClosingForComplying) {
  const MadeUpServer server(MadeUpServer::Manner::close);
  const Verdict verdict = prove({target(server.place(), hybrid())}).front();
  EXPECT_NE(verdict.outcome, Outcome::complies);
  EXPECT_THAT(ids(verdict, Outcome::complies), IsEmpty()) << texts(verdict);
  EXPECT_LE(server.connections(), kConnections);
}

}  // namespace
}  // namespace tlspolicy::prove
