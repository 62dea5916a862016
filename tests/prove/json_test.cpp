// SPDX-License-Identifier: Apache-2.0
// Targets survive the journal unchanged, and a damaged one is refused instead of half read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "expectations.hpp"

namespace tlspolicy::prove {
namespace {

Target tls_target() {
  Target out = target({"::1", 443, "www.example.org", "smtp"}, hybrid());
  out.endpoint = "httpd:443:\"quoted\"\n";
  out.observed = {Dimension::groups, Dimension::ssh_sizes};
  return out;
}

Target ssh_target() {
  SshExpectation e;
  e.kex = {"curve25519-sha256"};
  e.public_keys = {"ssh-ed25519", "rsa-sha2-512"};
  e.rsa_bits = 3072;
  e.blocks = {{"Match User bob (sshd_config:9)", "user=bob"}, {"Match exec x", ""}};
  return {.service = "sshd",
          .endpoint = "sshd:22",
          .place = {"127.0.0.1", 22, "", "ssh"},
          .expect = e,
          .observed = {}};
}

Target client_target() {
  Target out = tls_target();
  out.client = {"postfix-queue", {{"queue", "/var/spool/postfix"}, {"transport", "smtp"}}};
  return out;
}

TEST(TargetJson, ComesBackAsItWas) {
  Target orderless = tls_target();
  std::get<TlsExpectation>(orderless.expect).order.reset();
  Target unenforced = tls_target();
  std::get<TlsExpectation>(unenforced.expect).of_policy = {hybrid().tls13_suites, hybrid().groups,
                                                           hybrid().schemes};
  for (const Target& one : {tls_target(), ssh_target(), client_target(), orderless, unenforced,
                            target({}, legacy()), target({}, TlsExpectation{})}) {
    const auto back = target_from_json(to_json(one));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(*back, one);
  }
}

TEST(TargetJson, RefusesWhatIsNotATarget) {
  const std::string good = to_json(tls_target());
  const auto damaged = [&](std::string_view from, std::string_view to) {
    const std::string text = base::replace_all(good, from, to);
    EXPECT_NE(text, good) << from;
    return target_from_json(text);
  };
  EXPECT_FALSE(target_from_json(""));
  EXPECT_FALSE(target_from_json("[]"));
  EXPECT_FALSE(target_from_json("null"));
  EXPECT_FALSE(target_from_json(good.substr(0, good.size() / 2)));
  EXPECT_FALSE(damaged("\"order\":\"client\"", "\"order\":\"both\""));
  EXPECT_FALSE(damaged("\"TLSv1.2\"", "\"TLSv9\""));
  EXPECT_FALSE(damaged("\"TLSv1.2\"", "12"));
  EXPECT_FALSE(damaged("\"port\":443", "\"port\":70000"));
  EXPECT_FALSE(damaged("\"port\":443", "\"port\":-1"));
  EXPECT_FALSE(damaged("\"port\":443", "\"port\":\"443\""));
  EXPECT_FALSE(damaged("\"rsa_bits\"", "\"rsa_size\""));
  EXPECT_FALSE(damaged("\"tls\":", "\"dtls\":"));
  EXPECT_FALSE(damaged("\"observed\":[\"groups\"", "\"observed\":[\"colours\""));
  EXPECT_FALSE(damaged("\"service\":", "\"extra\":1,\"service\":"));
}

TEST(TargetJson, SaysWhatIsWrong) {
  const auto bad = target_from_json(base::replace_all(to_json(tls_target()), "TLSv1.2", "TLSv9"));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().id, "bad-target");
  EXPECT_THAT(bad.error().what, testing::HasSubstr("target.tls.protocols holds the unknown name"));
}

TEST(Dimensions, EachNameMapsBack) {
  for (int i = 0; i <= static_cast<int>(Dimension::ssh_sizes); ++i) {
    const auto dimension = static_cast<Dimension>(i);
    EXPECT_EQ(dimension_named(name(dimension)), dimension);
  }
  EXPECT_FALSE(dimension_named("unknown"));
}

}  // namespace
}  // namespace tlspolicy::prove
