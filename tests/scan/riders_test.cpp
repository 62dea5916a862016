// SPDX-License-Identifier: Apache-2.0
// Facts that ride along: each is found on a server that has it and not on one that has not, what a
// server cannot bear is named, and the lists stay exact all the while.
#include <gmock/gmock.h>

#include "base/lists.hpp"
#include "scan/lists.hpp"
#include "scan/paper_endpoint.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using enum Protocol;
using ::testing::Each, ::testing::ElementsAre, ::testing::Field, ::testing::HasSubstr,
    ::testing::IsEmpty, ::testing::UnorderedElementsAre;

PaperEndpoint server_of(std::size_t suites) {
  PaperEndpoint out;
  out.suites[tls12] = base::first_of(registry(tls12).ordinary, suites);
  out.suites[tls10] = base::first_of(registry(tls10).ordinary, suites);
  out.groups = base::first_of(groups_for(tls12), 3);
  out.schemes = base::first_of(schemes_of("rsa"), 3);
  const auto ecdsa = base::first_of(schemes_of("ecdsa"), 2);
  out.schemes.insert(out.schemes.end(), ecdsa.begin(), ecdsa.end());
  out.certificates = {{1, 2, 3}};
  return out;
}
PaperEndpoint newest_too(PaperEndpoint out) {
  out.suites[tls13] = base::first_of(registry(tls13).ordinary, 3);
  return out;
}
void expect_exact(const Endpoint& seen, const PaperEndpoint& server) {
  for (const auto& [version, suites] : server.suites) {
    EXPECT_THAT(find(seen, version)->suites.accepted, ::testing::UnorderedElementsAreArray(suites))
        << name(version);
    EXPECT_TRUE(find(seen, version)->suites.whole) << name(version);
  }
  EXPECT_THAT(seen.gaps, IsEmpty());
}
const Facts kAll{.alpn = {},
                 .ocsp_stapling = Fact::yes,
                 .tickets = Fact::yes,
                 .secure_renegotiation = Fact::yes,
                 .fallback_scsv = Fact::yes,
                 .extended_master_secret = Fact::yes,
                 .encrypt_then_mac = Fact::yes,
                 .compression = Fact::yes,
                 .heartbeat = Fact::yes,
                 .chacha20_by_client = Fact::no};
const Facts kNone{.alpn = {},
                  .ocsp_stapling = Fact::no,
                  .tickets = Fact::no,
                  .secure_renegotiation = Fact::no,
                  .fallback_scsv = Fact::no,
                  .extended_master_secret = Fact::no,
                  .encrypt_then_mac = Fact::no,
                  .compression = Fact::no,
                  .heartbeat = Fact::no,
                  .chacha20_by_client = Fact::no};

TEST(Riders, FindEachFactWhereTheServerHasIt) {
  for (const std::size_t suites : {2U, 10U, 40U}) {
    auto server = newest_too(server_of(suites));
    server.suites[tls12].push_back(crypto::suite_named("TLS_RSA_WITH_AES_128_CBC_SHA").value());
    std::ranges::sort(server.suites[tls12]);
    const auto last = std::ranges::unique(server.suites[tls12]).begin();
    server.suites[tls12].erase(last, server.suites[tls12].end());
    EXPECT_EQ(scan_on_paper(server).result.facts, kNone) << suites;
    server.tells = {true, true, true, true, true, true, wire::Bytes{}, {}};
    server.knows_fallback = true;
    const auto seen = scan_on_paper(server).result;
    EXPECT_EQ(seen.facts, kAll) << suites;
    EXPECT_THAT(seen.intolerances, IsEmpty());
    expect_exact(seen, server);
  }
}

TEST(Riders, CostNoConnectionsWhereThereIsEnoughToRideAlongWith) {
  auto server = server_of(40);
  int bare = 0;
  for (const auto& [version, suites] : server.suites) bare += static_cast<int>(suites.size());
  EXPECT_LE(scan_on_paper(server).questions, bare + 40);
  server.knows_fallback = true;
  EXPECT_LE(scan_on_paper(server).questions, bare + 40);
}

// What nginx 1.22 with OpenSSL 3.0, two certificates and HIGH:!aNULL:!MD5:@SECLEVEL=0 has.
PaperEndpoint reference() {
  const auto strong = [](const crypto::Suites& all, std::size_t count) {
    return base::first_of(base::only(all,
                                     [](crypto::Suite suite) {
                                       const auto* info = crypto::find(suite);
                                       return info->bits >= 128 &&
                                              info->auth != crypto::Auth::dss &&
                                              info->auth != crypto::Auth::anon;
                                     }),
                          count);
  };
  PaperEndpoint out = newest_too(server_of(0));
  out.suites[tls10] = out.suites[tls11] = strong(registry(tls10).ordinary, 12);
  out.suites[tls12] = strong(registry(tls12).ordinary, 59);
  out.groups = base::first_of(groups_for(tls12), 10);
  out.schemes = base::first_of(schemes_of("rsa"), 8);
  const auto ecdsa = base::first_of(schemes_of("ecdsa"), 5);
  out.schemes.insert(out.schemes.end(), ecdsa.begin(), ecdsa.end());
  out.tells = {true, true, true, true, false, false, {}, {}};
  out.alpn = {"http/1.1", "http/1.0"};
  out.knows_fallback = true;
  return out;
}

// Five more follow the course: handshakes in TLS 1.3 for two keys, two for resumption, one for CCS.
// The real nginx takes one less (bench/accuracy: 130).
TEST(Riders, LeaveTheReferenceEndpointWithFewConnections) {
  constexpr int kAfterTheCourse = 5;
  for (const bool own_order : {true, false}) {
    PaperEndpoint server = reference();
    server.own_order = own_order;
    const auto paper = scan_on_paper(server);
    expect_exact(paper.result, server);
    EXPECT_LE(paper.questions + kAfterTheCourse, 131) << own_order;
    RecordProperty(own_order ? "server_order" : "client_order", paper.questions + kAfterTheCourse);
  }
}

TEST(Riders, ListTheApplicationProtocolsInTheServersOrder) {
  for (const std::size_t suites : {2U, 40U}) {
    auto server = server_of(suites);
    server.alpn = {"http/1.1", "h2", "postgresql"};
    const auto seen = scan_on_paper(server).result;
    EXPECT_THAT(seen.facts.alpn, ElementsAre("http/1.1", "h2", "postgresql"));
    EXPECT_THAT(seen.intolerances, IsEmpty());
    expect_exact(seen, server);
  }
}

TEST(Riders, SayWhatTheServerCannotBear) {
  struct Case {
    const char* id;
    bool (*cannot_bear)(const wire::Hello&);
  };
  for (const Case& one :
       {Case{"intolerant-unknown-values", [](const auto& h) { return h.extras.grease; }},
        Case{"intolerant-newer-version",
             [](const auto& h) { return h.extras.legacy_version != 0; }},
        Case{"intolerant-compression", [](const auto& h) { return h.extras.deflate; }},
        Case{"intolerant-heartbeat", [](const auto& h) { return h.extras.heartbeat; }},
        Case{"intolerant-usual-extensions", [](const auto& h) { return h.extras.usual; }},
        Case{"intolerant-hello-size", [](const auto& h) { return h.extras.at_least > 10'000; }}})
    for (const std::size_t suites : {1U, 3U, 40U})
      for (const wire::Answer& dislike :
           {wire::Answer(wire::Refused{50}), wire::Answer(wire::Closed{false}),
            wire::Answer(wire::Closed{true}), wire::Answer(wire::Silent{})}) {
        auto server = server_of(suites);
        server.cannot_bear = one.cannot_bear;
        server.dislike = dislike;
        const auto seen = scan_on_paper(server).result;
        SCOPED_TRACE(testing::Message() << suites << " " << describe(dislike));
        EXPECT_THAT(seen.intolerances, ElementsAre(Field(&Intolerance::id, one.id)));
        EXPECT_THAT(seen.intolerances,
                    Each(Field(&Intolerance::why, HasSubstr(describe(dislike)))));
        expect_exact(seen, server);
      }
}

TEST(Riders, AreNotBlamedForWhatGetsLostOnTheWay) {
  for (int lost = 2; lost < 40; ++lost) {
    auto server = newest_too(server_of(6));
    server.quirk = [lost](const wire::Hello&, int nr) -> std::optional<wire::Answer> {
      if (nr == lost) return wire::Closed{true};
      return std::nullopt;
    };
    const auto seen = scan_on_paper(server).result;
    EXPECT_THAT(seen.intolerances, IsEmpty()) << lost;
    expect_exact(seen, server);
  }
}

TEST(Riders, LeaveAnOldServerAlone) {
  PaperEndpoint server;
  for (const char* name : {"TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"})
    server.suites[ssl3].push_back(crypto::suite_named(name).value());
  const auto seen = scan_on_paper(server).result;
  EXPECT_EQ(seen.facts, Facts{});
  expect_exact(seen, server);
}

}  // namespace
}  // namespace tlspolicy::scan
