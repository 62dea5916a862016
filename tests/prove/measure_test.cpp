// SPDX-License-Identifier: Apache-2.0
// What an endpoint accepts now, measured on openssl s_server, whose words say what it must be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expectations.hpp"
#include "real_server.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Now now_of(const std::string& key, const Command& words, const NowQuestion& question) {
  const Certificate certificate(key);
  const RealServer server([&](std::uint16_t port) { return s_server(certificate, port, words); });
  EXPECT_TRUE(server.up());
  NowQuestion asked = question;
  asked.place = server.place();
  return measure({asked}).front();
}

TEST(Measure, FindsWhatIsAcceptedOfWhatWasAsked) {
  NowQuestion question;
  question.suites = suites({"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_RC4_128_SHA"});
  question.groups = groups({"X25519MLKEM768", "x25519", "secp256r1", "secp521r1", "ffdhe2048"});
  const Now now = now_of("rsa:2048",
                         {"-min_protocol", "TLSv1.1", "-groups", "P-521:X25519", "-cipher",
                          "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA:@SECLEVEL=0"},
                         question);
  EXPECT_TRUE(now.reachable);
  EXPECT_THAT(now.protocols, ElementsAre(Protocol::tls11, Protocol::tls12, Protocol::tls13));
  const auto cbc = suite("TLS_RSA_WITH_AES_128_CBC_SHA");
  EXPECT_THAT(now.suites,
              UnorderedElementsAre(
                  std::pair(Protocol::tls11, cbc), std::pair(Protocol::tls12, cbc),
                  std::pair(Protocol::tls12, suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))));
  EXPECT_THAT(now.groups, UnorderedElementsAre(group("x25519"), group("secp521r1")));
  ASSERT_TRUE(now.preferred_group);
}

TEST(Measure, FindsAGroupBehindAnEcCertificate) {
  NowQuestion question;
  question.groups = groups({"secp521r1"});
  const Now now = now_of("ec:P-256", {"-tls1_2", "-groups", "P-256:P-521"}, question);
  EXPECT_THAT(now.protocols, ElementsAre(Protocol::tls12));
  EXPECT_THAT(now.groups, ElementsAre(group("secp521r1")));
  EXPECT_FALSE(now.preferred_group);
}

TEST(Measure, OfEverySuiteEnds) {
  NowQuestion question;
  for (const auto& info : crypto::all_suites()) question.suites.push_back(info.suite);
  const Now now = now_of("rsa:2048", {"-tls1_2", "-cipher", "ECDHE+AESGCM:AES128-SHA"}, question);
  EXPECT_THAT(now.suites, testing::SizeIs(3));
}

TEST(Measure, SaysWhereNobodyAnswers) {
  const MadeUpServer reset(MadeUpServer::Manner::reset);
  const auto answers = measure({{{"127.0.0.1", 1, "", ""}, {}, {}}, {reset.place(), {}, {}}});
  ASSERT_EQ(answers.size(), 2U);
  for (const Now& now : answers) {
    EXPECT_FALSE(now.reachable);
    EXPECT_THAT(now.protocols, IsEmpty());
  }
}

// A daemon that takes connections and says nothing: each question would wait for its whole limit.
TEST(Measure, DoesNotGoOnAskingWhoIsSilent) {
  const MadeUpServer silent(MadeUpServer::Manner::silent);
  const probe::Limits limits{.answer = std::chrono::milliseconds(300)};
  EXPECT_FALSE(measure({{silent.place(), {}, {}}}, limits).front().reachable);
  EXPECT_EQ(silent.connections(), 2);
}

}  // namespace
}  // namespace tlspolicy::prove
