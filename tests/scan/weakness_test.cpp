// SPDX-License-Identifier: Apache-2.0
// Weaknesses that follow from facts and fields: each is found in a result that has it, and not in
// one that has not.
#include <gmock/gmock.h>

#include "scan/weakness.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using ::testing::Contains, ::testing::Field, ::testing::IsEmpty, ::testing::Not;

// TLS 1.2 and 1.3 with all that is good.
Endpoint sound() {
  Endpoint out;
  out.serves = Fact::yes;
  for (const auto version : crypto::all_protocols())
    out.versions.push_back({.protocol = version,
                            .accepted = version >= Protocol::tls12 ? Fact::yes : Fact::no,
                            .why = {},
                            .suites = {}});
  out.groups13 = {{*crypto::group_named("X25519MLKEM768")}, Order::unknown, true};
  out.facts = {.alpn = {},
               .secure_renegotiation = Fact::yes,
               .client_renegotiation = Fact::no,
               .fallback_scsv = Fact::no,
               .compression = Fact::no,
               .heartbeat = Fact::yes,
               .heartbleed = Fact::no,
               .ccs_injection = Fact::no};
  out.fields = {{2048, "ffdhe2048"}};
  return out;
}
auto has(const std::string& id, Severity severity) {
  return Contains(::testing::AllOf(Field(&Weakness::id, id), Field(&Weakness::severity, severity)));
}

TEST(Weaknesses, AreNoneInWhatIsSound) { EXPECT_THAT(weaknesses_of(sound()), IsEmpty()); }

TEST(Weaknesses, FollowFromFacts) {
  struct Case {
    const char* id;
    Severity severity;
    void (*spoil)(Endpoint&);
  };
  for (const Case& one : {
           Case{"heartbleed", Severity::critical,
                [](Endpoint& e) { e.facts.heartbleed = Fact::yes; }},
           Case{"ccs-injection", Severity::critical,
                [](Endpoint& e) { e.facts.ccs_injection = Fact::yes; }},
           Case{"crime", Severity::medium, [](Endpoint& e) { e.facts.compression = Fact::yes; }},
           Case{"client-renegotiation", Severity::low,
                [](Endpoint& e) { e.facts.client_renegotiation = Fact::yes; }},
           Case{"insecure-renegotiation", Severity::high,
                [](Endpoint& e) {
                  e.facts.client_renegotiation = Fact::yes;
                  e.facts.secure_renegotiation = Fact::no;
                }},
           Case{"no-fallback-scsv", Severity::low,
                [](Endpoint& e) { e.versions[2].accepted = Fact::yes; }},
           Case{"logjam-small", Severity::critical,
                [](Endpoint& e) {
                  e.fields = {{768, ""}};
                }},
           Case{"logjam-small", Severity::high,
                [](Endpoint& e) {
                  e.fields = {{1024, "modp1024 (RFC 2409)"}};
                }},
           Case{"logjam-small", Severity::medium,
                [](Endpoint& e) {
                  e.fields = {{1024, ""}};
                }},
           Case{"no-post-quantum", Severity::note,
                [](Endpoint& e) { e.groups13.accepted = {*crypto::group_named("x25519")}; }},
       }) {
    Endpoint spoilt = sound();
    one.spoil(spoilt);
    EXPECT_THAT(weaknesses_of(spoilt), has(one.id, one.severity)) << one.id;
  }
}

TEST(Weaknesses, FollowFromCertificatesThatClientsRefuse) {
  constexpr char kNow[] = "2026-11-26T00:00:00Z";
  Endpoint found = sound();
  found.target = {"www.example.org", {"192.0.2.1", 443, "www.example.org", ""}};
  Certificate leaf;
  leaf.names = {"*.example.org"};
  leaf.not_before = "2026-01-01T00:00:00Z";
  leaf.not_after = "2027-01-01T00:00:00Z";
  found.chains = {{{leaf}, {Protocol::tls12}}};
  EXPECT_THAT(weaknesses_of(found, kNow), IsEmpty());
  auto& one = found.chains.front().certificates.front();
  one.not_after = "2026-11-25T23:59:59Z";
  EXPECT_THAT(weaknesses_of(found, kNow), has("certificate-expired", Severity::high));
  EXPECT_THAT(weaknesses_of(found), IsEmpty());  // nobody knows the day
  one.not_after = leaf.not_after;
  one.not_before = "2026-11-27T00:00:00Z";
  EXPECT_THAT(weaknesses_of(found, kNow), has("certificate-not-yet-valid", Severity::medium));
  one.not_before = leaf.not_before;
  one.self_signed = true;
  EXPECT_THAT(weaknesses_of(found, kNow), has("certificate-self-signed", Severity::medium));
  found.target.place = {"192.0.2.1", 25, "www.example.org", "smtp"};
  EXPECT_THAT(weaknesses_of(found, kNow), has("certificate-self-signed", Severity::low));
  one = leaf;
  one.names = {"example.org"};
  EXPECT_THAT(weaknesses_of(found, kNow), has("certificate-name", Severity::low));
  found.target.place.sni.clear();  // an address is no name
  EXPECT_THAT(weaknesses_of(found, kNow), IsEmpty());
}

TEST(Weaknesses, AreSaidOnceForTheSameFaultOfTwoCertificates) {
  Endpoint found = sound();
  Certificate leaf;
  leaf.self_signed = true;
  found.chains = {{{leaf}, {Protocol::tls12}}, {{leaf}, {Protocol::tls13}}};
  EXPECT_EQ(weaknesses_of(found).size(), 1U);
}

// Nothing to fall back to: then nobody has to say that he fell back.
TEST(Weaknesses, OfFallbackNeedAnOldVersion) {
  EXPECT_THAT(weaknesses_of(sound()), Not(has("no-fallback-scsv", Severity::low)));
}

// What is not known is no weakness.
TEST(Weaknesses, AreNeverMadeOfWhatIsNotKnown) {
  Endpoint unknown = sound();
  unknown.facts = {};
  unknown.groups13 = {{*crypto::group_named("x25519")}, Order::unknown, false};
  EXPECT_THAT(weaknesses_of(unknown), IsEmpty());
}

}  // namespace
}  // namespace tlspolicy::scan
