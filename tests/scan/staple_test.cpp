// SPDX-License-Identifier: Apache-2.0
// Stapled OCSP responses, made by `openssl ocsp` and stapled by `openssl s_server`.
#include "scan/staple.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "probe/servers.hpp"
#include "scan/scan.hpp"

namespace tlspolicy::scan {
namespace {
using ::testing::AllOf, ::testing::Field, ::testing::HasSubstr, ::testing::UnorderedElementsAre;

// As an authority's index says it: status, end of the certificate, when and why it was revoked.
constexpr char kGood[] = "V\\t350101000000Z\\t";
constexpr char kRevoked[] = "R\\t350101000000Z\\t261102030405Z,keyCompromise";

class Stapled : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"rsa", "ec"})
      test::output_of(
          "openssl req -x509 -nodes -days 30 -subj /CN=" + std::string(name) +
          " -set_serial 7 -newkey " +
          (name == std::string("ec") ? "ec -pkeyopt ec_paramgen_curve:P-256" : "rsa:2048") +
          " -keyout " + at(name, "key") + " -out " + at(name, "crt") +
          " 2>/dev/null && openssl x509 -in " + at(name, "crt") + " -outform DER -out " +
          at(name, "der"));
  }
  std::string at(const std::string& name, const char* kind) {
    return folder_ / (name + "." + kind);
  }

  // The file of a response about that certificate, which is its own authority; "": an index without
  // it.
  std::string response(const std::string& name, const std::string& status) {
    const std::string own = at(name, "crt"), index = at(name, "txt"), out = at(name, "ocsp");
    const std::string row = status + "\\t$(openssl x509 -noout -serial -in " + own +
                            " | cut -d= -f2)\\tunknown\\t/CN=" + name + "\\n";
    test::output_of("printf \"" + (status.empty() ? "" : row) + "\" >" + index +
                    " && openssl ocsp -index " + index + " -CA " + own + " -issuer " + own +
                    " -cert " + own + " -rsigner " + own + " -rkey " + at(name, "key") +
                    " -ndays 7 -noverify -respout " + out + " >/dev/null 2>&1; test -s " + out);
    return out;
  }
  static wire::Bytes bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Staple read(const std::string& file) {
    return read_staple(bytes_of(file), bytes_of(at("rsa", "der")));
  }

  test::TempFolder folder_;
};

TEST_F(Stapled, GoodIsGoodInItsTime) {
  const Staple good = read(response("rsa", kGood));
  EXPECT_EQ(good.status, "good");
  EXPECT_EQ(good.why + good.revoked + good.reason, "");
  EXPECT_EQ(fault_of(good, good.this_update), "");
  EXPECT_EQ(fault_of(good, good.next_update), "");
  EXPECT_EQ(fault_of(good, ""), "");  // nobody knows the day
  EXPECT_EQ(fault_of(good, "2999-01-01T00:00:00Z"), "it was good until " + good.next_update);
  EXPECT_EQ(fault_of(good, "2001-01-01T00:00:00Z"), "it begins at " + good.this_update);
}

TEST_F(Stapled, RevokedSaysWhenAndWhy) {
  const Staple revoked = read(response("rsa", kRevoked));
  EXPECT_EQ(revoked.status, "revoked");
  EXPECT_EQ(revoked.revoked, "2026-11-02T03:04:05Z");
  EXPECT_EQ(revoked.reason, "keyCompromise");
  // A weakness of its own, and no less one when its time is over.
  EXPECT_EQ(fault_of(revoked, "2999-01-01T00:00:00Z"), "");
}

TEST_F(Stapled, WhatSaysNothingAboutTheCertificateSaysWhy) {
  const Staple unknown = read(response("rsa", ""));
  EXPECT_EQ(unknown.status, "unknown");
  EXPECT_EQ(fault_of(unknown, ""), "it does not know the certificate");
  // Another issuer's of the same number, and another of the same issuer.
  EXPECT_EQ(read(response("ec", kGood)).why, "it is about another certificate");
  test::output_of("openssl req -x509 -key " + at("rsa", "key") +
                  " -subj /CN=rsa -set_serial 8 -out " + at("second", "crt") + " && cp " +
                  at("rsa", "key") + " " + at("second", "key"));
  EXPECT_EQ(read(response("second", kGood)).why, "it is about another certificate");
  EXPECT_EQ(read(at("rsa", "der")).why, "it cannot be read");
  // RFC 6960 4.2.1: ENUMERATED 3 is tryLater.
  const wire::Bytes later{0x30, 3, 0x0A, 1, 3};
  EXPECT_EQ(read_staple(later, bytes_of(at("rsa", "der"))).why, "it says trylater");
  const auto whole = bytes_of(response("rsa", kGood));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Staple cut = read_staple({whole.data(), size}, bytes_of(at("rsa", "der")));
    EXPECT_EQ(cut.why + cut.status, "it cannot be read") << size;
  }
}

// One response stands there for two certificates, in each version that carries it.
TEST_F(Stapled, IsFoundInScans) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const std::uint16_t port = test::free_port();
    const test::ServerProcess server(
        {"openssl", "s_server", "-www", "-accept", "127.0.0.1:" + std::to_string(port), "-cert",
         at("rsa", "crt"), "-key", at("rsa", "key"), "-dcert", at("ec", "crt"), "-dkey",
         at("ec", "key"), version, "-status_file", response("rsa", kRevoked)},
        port);
    Means means;
    means.limits.answer = test::kPatience;
    means.now = "2026-11-27T00:00:00Z";
    const Target target{"test", {"127.0.0.1", port, "", ""}};
    const Endpoint seen = scan(std::vector<Target>{target}, means).front();
    EXPECT_EQ(seen.facts.ocsp_stapling, Fact::yes) << version;
    const auto found = [&](const char* id, const char* about) {
      return std::ranges::count_if(
          seen.weaknesses, [&](const Weakness& one) { return one.id == id && one.about == about; });
    };
    EXPECT_EQ(found("certificate-revoked", "RSA CN=rsa"), 1) << version;
    EXPECT_EQ(found("bad-staple", "EC CN=ec"), 1) << version;
    EXPECT_EQ(found("certificate-revoked", "EC CN=ec") + found("bad-staple", "RSA CN=rsa"), 0);
  }
}

}  // namespace
}  // namespace tlspolicy::scan
