// SPDX-License-Identifier: Apache-2.0
// Certificates as plain data, held against what `openssl x509` reads in them.
#include "scan/certificate.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "probe/servers.hpp"

namespace tlspolicy::scan {
namespace {
using ::testing::ElementsAre, ::testing::IsEmpty;

class Certificates : public ::testing::Test {
 protected:
  // Made by `openssl req`: `key` is its -newkey, `more` what else it takes.
  Certificate made(const std::string& key, const std::string& more) {
    test::output_of("openssl req -x509 -nodes -newkey " + key + " -keyout " + (folder_ / "key") +
                    " -out " + pem_ + " " + more + " 2>/dev/null && openssl x509 -in " + pem_ +
                    " -outform DER -out " + der_);
    std::ifstream in(der_, std::ios::binary);
    return read_certificate(wire::Bytes(std::istreambuf_iterator<char>(in), {}));
  }
  // What stands behind the first "=", without colons.
  std::string openssl_says(const std::string& option) {
    const auto line = test::output_of("openssl x509 -noout -in " + pem_ + " " + option);
    return base::replace_all(std::string(base::trim(line.substr(line.find('=') + 1))), ":", "");
  }

  test::TempFolder folder_;
  const std::string pem_ = folder_ / "pem", der_ = folder_ / "der";
};

TEST_F(Certificates, AreReadAsOpensslReadsThem) {
  const Certificate one =
      made("rsa:2048",
           "-sha512 -days 20 -subj '/O=Example/CN=www.example.org' -addext "
           "subjectAltName=DNS:www.example.org,DNS:*.example.net,IP:192.0.2.1,IP:2001:db8::1,"
           "email:a@example.org");
  EXPECT_EQ(one.subject, openssl_says("-subject -nameopt RFC2253"));
  EXPECT_EQ(one.issuer, one.subject);
  EXPECT_EQ(one.serial, base::lower(openssl_says("-serial")));
  EXPECT_EQ(one.sha256, base::lower(openssl_says("-fingerprint -sha256")));
  const auto time = [](const std::string& text) {
    return base::replace_all(base::replace_all(text, "T", " "), ":", "");
  };
  EXPECT_EQ(time(one.not_before), openssl_says("-startdate -dateopt iso_8601"));
  EXPECT_EQ(time(one.not_after), openssl_says("-enddate -dateopt iso_8601"));
  EXPECT_THAT(one.names,
              ElementsAre("www.example.org", "*.example.net", "192.0.2.1", "2001:db8::1"));
  EXPECT_EQ(one.key_type, "RSA");
  EXPECT_EQ(one.key_bits, 2048);
  EXPECT_EQ(one.signature_hash, "SHA512");
  EXPECT_TRUE(one.self_signed);
}

TEST_F(Certificates, OfEveryKind) {
  const Certificate ec = made("ec -pkeyopt ec_paramgen_curve:P-384", "-sha256 -subj /CN=ec");
  EXPECT_EQ(ec.key_type, "EC");
  EXPECT_EQ(ec.key_bits, 384);
  EXPECT_EQ(ec.curve, crypto::group_named("secp384r1"));
  EXPECT_EQ(ec.signature_hash, "SHA256");
  EXPECT_THAT(ec.names, IsEmpty());
  const Certificate ed = made("ed25519", "-subj /CN=ed");
  EXPECT_EQ(ed.key_type, "ED25519");
  EXPECT_EQ(ed.signature_hash, "");  // the key fixes its own
  const Certificate pss = made("rsa-pss -pkeyopt rsa_keygen_bits:3072", "-sha384 -subj /CN=pss");
  EXPECT_EQ(pss.key_type, "RSA-PSS");
  EXPECT_EQ(pss.key_bits, 3072);
  EXPECT_EQ(pss.signature_hash, "SHA384");
}

TEST_F(Certificates, ThatCannotBeReadHaveTheirFingerprintAlone) {
  Certificate expected;
  expected.sha256 = sha256_of(wire::Bytes{0x30, 0x03, 1, 2, 3});
  EXPECT_EQ(read_certificate(wire::Bytes{0x30, 0x03, 1, 2, 3}), expected);
}

TEST(Chains, OfOneLeafAreOne) {
  Endpoint found;
  const wire::Bytes leaf{0x30, 0}, other{0x30, 1, 0}, staple{0x30, 0};
  add_chain(found, {{leaf}, {}}, crypto::Protocol::tls12);
  EXPECT_EQ(found.chains.front().staple, std::nullopt);
  add_chain(found, {{leaf}, staple}, crypto::Protocol::tls13);
  add_chain(found, {{other}, {}}, crypto::Protocol::tls13);
  add_chain(found, {{}, {}}, crypto::Protocol::tls13);
  ASSERT_EQ(found.chains.size(), 2U);
  EXPECT_THAT(found.chains.front().seen_in,
              ElementsAre(crypto::Protocol::tls12, crypto::Protocol::tls13));
  EXPECT_EQ(found.chains.front().staple.value_or(Staple{}).why, "it cannot be read");
}

TEST_F(Certificates, TheirNamesDoNotReachATerminalAsTheyAre) {
  const Certificate one = made("rsa:2048", "-subj \"/CN=$(printf 'a\\033[2Jb')\"");
  EXPECT_EQ(one.subject.find('\033'), std::string::npos) << one.subject;
}

}  // namespace
}  // namespace tlspolicy::scan
