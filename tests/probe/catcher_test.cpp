// SPDX-License-Identifier: Apache-2.0
// Clients that come to us: other people's programs, whose own options say what they offer; and the
// strangers among them.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <future>

#include "probe/catcher.hpp"
#include "probe/servers.hpp"

namespace tlspolicy::probe {
namespace {
using crypto::Protocol;
using test::kPatience;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::UnorderedElementsAre;

// What is caught of a shell command in which $PORT is where to go.
Caught caught(const std::string& command, const std::string& preamble = "smtp",
              std::chrono::milliseconds limit = kPatience) {
  auto catcher = Catcher::open();
  EXPECT_TRUE(catcher);
  auto client = std::async(std::launch::async, [&, port = catcher->port()] {
    return std::system(("PORT=" + std::to_string(port) + "; " + command).c_str());
  });
  auto out = catcher->wait(preamble, geteuid(), limit);
  client.wait();
  return out;
}

template <class Terms>
std::vector<std::string> names(const Terms& terms) {
  std::vector<std::string> out;
  for (const auto term : terms) out.emplace_back(name(term));
  return out;
}

TEST(Catcher, ReadsWhatSClientWasToldToOffer) {
  const auto seen = caught(
      "echo QUIT | openssl s_client -starttls smtp -connect 127.0.0.1:$PORT -min_protocol TLSv1.2 "
      "-cipher ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA -ciphersuites TLS_AES_256_GCM_SHA384 "
      "-curves P-384:X25519 -sigalgs rsa_pss_rsae_sha256:ECDSA+SHA256 >/dev/null 2>&1");
  ASSERT_TRUE(seen.offer) << seen.why;
  EXPECT_THAT(names(seen.offer->versions), ElementsAre("TLSv1.3", "TLSv1.2"));
  EXPECT_THAT(names(seen.offer->suites),
              ElementsAre("TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                          "TLS_RSA_WITH_AES_128_CBC_SHA"));
  EXPECT_THAT(names(seen.offer->groups), ElementsAre("secp384r1", "x25519"));
  EXPECT_THAT(names(seen.offer->shares), ElementsAre("secp384r1"));
  EXPECT_THAT(names(seen.offer->schemes),
              ElementsAre("rsa_pss_rsae_sha256", "ecdsa_secp256r1_sha256"));
  EXPECT_TRUE(seen.shook_hands);
  EXPECT_EQ(seen.version, Protocol::tls13);
  EXPECT_FALSE(seen.taken);
}

TEST(Catcher, ReadsWhatGnutlsCliWasToldToOffer) {
  if (!test::has_program("gnutls-cli")) GTEST_SKIP() << "no gnutls-cli";
  const auto seen = caught(
      "timeout 10 gnutls-cli --insecure -p $PORT 127.0.0.1 "
      "--priority=NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-128-GCM:+AEAD:+ECDHE-RSA:+SIGN-RSA-SHA256:"
      "+SIGN-RSA-PSS-RSAE-SHA256:+GROUP-SECP256R1:+CTYPE-X509 </dev/null >/dev/null 2>&1",
      "");
  ASSERT_TRUE(seen.offer) << seen.why;
  EXPECT_THAT(names(seen.offer->versions), UnorderedElementsAre("TLSv1.3", "TLSv1.2"));
  EXPECT_THAT(names(seen.offer->groups), ElementsAre("secp256r1"));
  EXPECT_THAT(
      names(seen.offer->suites),
      UnorderedElementsAre("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
}

TEST(Catcher, SpeaksTlsAtOnceWhereThatIsWhatTheClientDoes) {
  const auto seen = caught(
      "openssl s_client -connect 127.0.0.1:$PORT -tls1_2 -sigalgs RSA+SHA256 "
      "-cipher DHE-RSA-AES128-SHA:@SECLEVEL=0 </dev/null >/dev/null 2>&1",
      "");
  ASSERT_TRUE(seen.offer) << seen.why;
  EXPECT_FALSE(seen.offer->lists_versions);
  EXPECT_THAT(names(seen.offer->suites), ElementsAre("TLS_DHE_RSA_WITH_AES_128_CBC_SHA"));
  EXPECT_TRUE(seen.shook_hands) << seen.why;
}

TEST(Catcher, TakesTheWholeMessageSoThatNothingStays) {
  const auto seen = caught(
      "(printf 'EHLO a\\r\\nMAIL FROM:<>\\r\\nRCPT "
      "TO:<b@invalid>\\r\\nDATA\\r\\n.\\r\\nQUIT\\r\\n'; "
      "sleep 2) | openssl s_client -quiet -starttls smtp -connect 127.0.0.1:$PORT >/dev/null 2>&1");
  ASSERT_TRUE(seen.offer) << seen.why;
  EXPECT_TRUE(seen.taken);
}

TEST(Catcher, SaysWhatAClientDidInTheWayOfTls) {
  const auto plain = caught(
      "printf 'HELO a\\r\\nMAIL FROM:<>\\r\\nQUIT\\r\\n' | "
      "timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0; cat >&3; cat <&3' $PORT >/dev/null");
  EXPECT_FALSE(plain.offer);
  EXPECT_EQ(plain.id, "client-no-tls");
  EXPECT_THAT(plain.why, HasSubstr("QUIT"));
  const auto nonsense = caught(
      "printf 'EHLO a\\r\\nSTARTTLS\\r\\n' | timeout 5 bash -c "
      "'exec 3<>/dev/tcp/127.0.0.1/$0; cat >&3; head -n 4 <&3 >/dev/null; "
      "echo hello >&3' $PORT");
  EXPECT_FALSE(nonsense.offer);
  EXPECT_EQ(nonsense.id, "hello-unreadable");
  EXPECT_THAT(nonsense.why, HasSubstr("hello"));
}

TEST(Catcher, NobodyCameIsNoEvidence) {
  const auto seen = caught(":", "smtp", std::chrono::milliseconds(200));
  EXPECT_FALSE(seen.offer);
  EXPECT_EQ(seen.id, "client-silent");
}

TEST(Catcher, TurnsStrangersAway) {
  auto catcher = Catcher::open();
  ASSERT_TRUE(catcher);
  auto client = std::async(std::launch::async, [port = catcher->port()] {
    return std::system(
        ("echo QUIT | timeout 10 openssl s_client -starttls smtp -connect 127.0.0.1:" +
         std::to_string(port) + " >/dev/null 2>&1")
            .c_str());
  });
  const auto seen = catcher->wait("smtp", geteuid() + 1, std::chrono::milliseconds(1500));
  client.wait();
  EXPECT_FALSE(seen.offer);
  EXPECT_EQ(seen.id, "client-silent");
}

TEST(Catcher, KnowsWhoseASocketIsFromTheKernelsTable) {
  const std::string table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout\n"
      "   0: 0100007F:0FA1 0100007F:0FA0 01 00000000:00000000 00:00000000 00000000   101        0 "
      "9\n"
      "   1: 0100007F:0FA0 0100007F:0FA1 01 00000000:00000000 00:00000000 00000000     0        0 "
      "9\n"
      "   2: 0200007F:0FA2 0100007F:0FA0 01 00000000:00000000 00:00000000 00000000   102        0 "
      "9\n"
      "   3: 0100007F:0FA3 0100007F:0FA0 01 00000000:00000000 00:00000000 00000000   1x1        0 "
      "9\n";
  EXPECT_EQ(owner_in(table, 4001, 4000), 101U);
  EXPECT_EQ(owner_in(table, 4000, 4001), 0U);
  EXPECT_EQ(owner_in(table, 4002, 4000), std::nullopt);  // another address
  EXPECT_EQ(owner_in(table, 4003, 4000), std::nullopt);
  EXPECT_EQ(owner_in("", 1, 2), std::nullopt);
}

}  // namespace
}  // namespace tlspolicy::probe
