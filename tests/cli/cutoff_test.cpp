// SPDX-License-Identifier: Apache-2.0
// Which clients a plan cuts off: at the endpoints that they use, compared with now.
#include "cli/cutoff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tlspolicy::cli {
namespace {
using testing::ElementsAre, testing::IsEmpty;

forecast::Client client(std::string id, forecast::Use use) {
  forecast::Client out;
  out.id = out.title = std::move(id);
  out.uses = {use};
  out.min_protocol = out.max_protocol = crypto::Protocol::tls10;
  out.suites = {*crypto::suite_named("TLS_RSA_WITH_AES_128_CBC_SHA")};
  return out;
}
const forecast::Clients kClients{client("browser", forecast::Use::web),
                                 client("mailer", forecast::Use::mail),
                                 client("server", forecast::Use::mta)};

plan::Plan plan_of(const std::string& preamble, int port, std::vector<std::string> protocols) {
  plan::EndpointPlan endpoint;
  endpoint.endpoint.id = "service:" + std::to_string(port);
  endpoint.endpoint.port = port;
  endpoint.endpoint.preamble = preamble;
  if (!protocols.empty()) endpoint.dimensions["protocols"] = {std::move(protocols), true};
  plan::ServicePlan service;
  service.endpoints = {endpoint};
  return {"20261101", {service}};
}

std::vector<std::string> ids(const std::vector<forecast::Lost>& list) {
  std::vector<std::string> out;
  for (const auto& one : list) out.push_back(one.client->id);
  return out;
}

TEST(Cutoff, NamesThoseWhoConnectNowAndWouldNotThen) {
  const auto now = plan_of("", 443, {"TLSv1.0", "TLSv1.2"}), then = plan_of("", 443, {"TLSv1.2"});
  const auto out = cutoff(now, then, kClients);
  EXPECT_TRUE(out.compared);
  EXPECT_THAT(ids(out.lost), ElementsAre("browser"));
  EXPECT_THAT(out.gained, IsEmpty());
  EXPECT_THAT(ids(cutoff(then, now, kClients).gained), ElementsAre("browser"));
  EXPECT_THAT(cutoff(then, then, kClients).lost, IsEmpty());
}

TEST(Cutoff, NamesAllWhereWhatConnectsNowIsNotKnown) {
  const auto out = cutoff(plan_of("", 443, {}), plan_of("", 443, {"TLSv1.2"}), kClients);
  EXPECT_FALSE(out.compared);
  EXPECT_THAT(ids(out.lost), ElementsAre("browser"));
}

TEST(Cutoff, MatchesClientsWithTheEndpointsThatTheyUse) {
  struct Case {
    const char* preamble;
    int port;
    std::vector<std::string> lost;
  };
  for (const auto& one :
       {Case{"smtp", 25, {"server"}}, Case{"smtp", 587, {"mailer"}}, Case{"", 465, {"mailer"}},
        Case{"imap", 143, {"mailer"}}, Case{"", 993, {"mailer"}}, Case{"", 8443, {"browser"}},
        Case{"", 636, {}}, Case{"ssh", 22, {}}}) {
    const auto out = cutoff(plan_of(one.preamble, one.port, {"TLSv1.0"}),
                            plan_of(one.preamble, one.port, {"TLSv1.3"}), kClients);
    EXPECT_EQ(ids(out.lost), one.lost) << one.preamble << one.port;
    for (const auto& lost : out.lost) EXPECT_EQ(lost.plaintext, one.port == 25);
  }
}

// One client may be lost for two reasons, each at other endpoints.
TEST(Cutoff, AsksWhomTheServiceIsForWhereThePortDoesNotTell) {
  auto now = plan_of("", 2465, {"TLSv1.0"}), then = plan_of("", 2465, {"TLSv1.2"});
  EXPECT_THAT(ids(cutoff(now, then, kClients).lost), ElementsAre("browser"));
  now.services[0].clients = then.services[0].clients = "mail";
  EXPECT_THAT(ids(cutoff(now, then, kClients).lost), ElementsAre("mailer"));
}

TEST(Cutoff, SaysAtWhichEndpointsWhereNotAllSayTheSame) {
  auto plan = plan_of("", 443, {"TLSv1.2"});
  plan.services.push_back(plan_of("", 8443, {"TLSv1.3"}).services[0]);
  const auto two = cutoff({}, plan, kClients).lost;
  ASSERT_EQ(two.size(), 2u);
  EXPECT_THAT(two[0].endpoints, ElementsAre("service:443"));
  EXPECT_THAT(two[1].endpoints, ElementsAre("service:8443"));
  plan.services[1] = plan_of("", 8443, {"TLSv1.2"}).services[0];
  const auto one = cutoff({}, plan, kClients).lost;
  ASSERT_EQ(one.size(), 1u);
  EXPECT_THAT(one[0].endpoints, IsEmpty());
}

// A dimension that the service has no setting for is nobody's loss.
TEST(Cutoff, BlamesNoDimensionThatIsNotPredicted) {
  EXPECT_THAT(cutoff(plan_of("", 443, {}), plan_of("", 443, {"TLSv1.0"}), kClients).lost,
              IsEmpty());
}
}  // namespace
}  // namespace tlspolicy::cli
