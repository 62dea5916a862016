// SPDX-License-Identifier: Apache-2.0
// The proof against servers that we did not write: openssl s_server, narrow and wide in each
// dimension.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expectations.hpp"
#include "real_server.hpp"

namespace tlspolicy::prove {
namespace {
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// s_server's words for the expectation `hybrid`.
const Command kNarrow{"-min_protocol", "TLSv1.2", "-cipher",
                      "ECDHE+AESGCM:ECDHE+CHACHA20", "-groups", "X25519:P-256:P-384",
                      "-sigalgs", "ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256:RSA-PSS+SHA384:"
                      "RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512"};

const Certificate& rsa() {
  static const Certificate one("rsa:2048");
  return one;
}
[[maybe_unused]] const Certificate& ec() {
  static const Certificate one("ec:P-256");
  return one;
}

Verdict proof_of(const Certificate& certificate, const Command& words, const TlsExpectation& e) {
  const RealServer server(
      [&](std::uint16_t port) { return s_server(certificate, port, words); });
  EXPECT_TRUE(server.up());
  const CountingRelay relay(server.place());
  const Verdict verdict = prove({target(relay.place(), e)}).front();
  EXPECT_LE(relay.connections(), kConnections) << texts(verdict);
  EXPECT_EQ(relay.connections(), verdict.connections) << texts(verdict);
  return verdict;
}

[[maybe_unused]] Command and_also(Command words, const Command& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(ProofOfOpenssl, CompliesWhereTheServerIsAsExpected) {
  const Verdict verdict = proof_of(rsa(), kNarrow, hybrid());
  EXPECT_EQ(verdict.outcome, Outcome::complies) << texts(verdict);
  EXPECT_TRUE(verdict.serves);
  std::cerr << texts(verdict);
}
TEST(ProofOfOpenssl, Wide) {
  const Verdict verdict = proof_of(rsa(), {"-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"}, hybrid());
  std::cerr << texts(verdict);
}
TEST(ProofOfOpenssl, Legacy) {
  const Verdict verdict = proof_of(rsa(), {"-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"}, legacy());
  std::cerr << texts(verdict);
}

}  // namespace
}  // namespace tlspolicy::prove
