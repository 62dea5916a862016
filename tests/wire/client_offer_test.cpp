// SPDX-License-Identifier: Apache-2.0
// ClientHellos read back: our own, libssl's, hand-made ones that break a rule, and any cut of them.
#include <gmock/gmock.h>

#include <cstdio>
#include <memory>

#include "vectors.hpp"
#include "wire/client_offer.hpp"

namespace tlspolicy::wire {
namespace {
using crypto::Group, crypto::Protocol, crypto::Scheme, crypto::Suite;
using ::testing::ElementsAre, ::testing::IsEmpty, ::testing::HasSubstr;

Offered offered(const Bytes& bytes, std::size_t piece = 1U << 20) {
  ClientFlight flight;
  for (View rest(bytes); !rest.empty(); rest = rest.subspan(std::min(piece, rest.size())))
    if (auto out = flight.feed(rest.first(std::min(piece, rest.size())))) return *out;
  return flight.end();
}
ClientOffer read(const Bytes& bytes, std::size_t piece = 1U << 20) {
  const auto out = offered(bytes, piece);
  if (const auto* nonsense = std::get_if<Nonsense>(&out)) ADD_FAILURE() << nonsense->why;
  return std::holds_alternative<ClientOffer>(out) ? std::get<ClientOffer>(out) : ClientOffer{};
}
std::string nonsense(const Bytes& bytes) {
  const auto out = offered(bytes);
  return std::holds_alternative<Nonsense>(out) ? std::get<Nonsense>(out).why : "";
}

// RFC 5246 7.4.1.2 with one suite and these extensions.
Bytes hello(const Bytes& suites, const Bytes& extensions = {}, std::uint16_t version = 0x0303) {
  Writer out;
  out.u16(version);
  out.bytes(Bytes(32, 0x5A));
  out.prefixed(1, [] {});
  out.prefixed(2, [&] { out.bytes(suites); });
  out.prefixed(1, [&] { out.u8(0); });
  if (!extensions.empty()) out.prefixed(2, [&] { out.bytes(extensions); });
  return record(22, message(1, out.take()));
}

const Hello& everything() {
  static const Hello kHello{{Protocol::tls12, Protocol::tls13},
                            {Suite{0x1301}, Suite{0xC02F}},
                            {Group{29}, Group{23}},
                            {Scheme{0x0804}, Scheme{0x0403}},
                            {Group{29}},
                            "mail.example"};
  return kHello;
}

TEST(ClientOffer, OurOwnHelloComesBackAsItWasMeant) {
  const auto offer = read(client_hello(everything()));
  EXPECT_THAT(offer.versions, ElementsAre(Protocol::tls13, Protocol::tls12));
  EXPECT_TRUE(offer.lists_versions);
  EXPECT_EQ(offer.suites, everything().suites);
  EXPECT_EQ(offer.groups, everything().groups);
  EXPECT_EQ(offer.schemes, everything().schemes);
  EXPECT_EQ(offer.shares, everything().shares);
  EXPECT_EQ(offer.sni, "mail.example");
}

TEST(ClientOffer, WhereverTheBytesAreCutTheyMeanTheSame) {
  const auto bytes = client_hello(everything());
  const auto whole = read(bytes);
  for (std::size_t piece = 1; piece < 80; ++piece) EXPECT_EQ(read(bytes, piece), whole) << piece;
}

TEST(ClientOffer, AHelloOverSeveralRecordsIsOne) {
  Bytes big = client_hello(everything());
  const Bytes body(big.begin() + 5, big.end());
  const auto half = body.begin() + static_cast<std::ptrdiff_t>(body.size() / 2);
  EXPECT_EQ(read(record(22, {body.begin(), half}) + record(22, {half, body.end()})), read(big));
}

TEST(ClientOffer, WithoutSupportedVersionsOnlyTheNewestIsKnown) {
  const auto offer = read(hello({0xC0, 0x2F}));
  EXPECT_THAT(offer.versions, ElementsAre(Protocol::tls12));
  EXPECT_FALSE(offer.lists_versions);
  EXPECT_THAT(offer.groups, IsEmpty());
}

TEST(ClientOffer, WhatOffersNothingIsLeftOut) {
  // GREASE (RFC 8701), and the two signals among the suites.
  const auto offer =
      read(hello(Bytes{0x2A, 0x2A, 0x00, 0xFF, 0xC0, 0x2F, 0x56, 0x00},
                 extension(43, {4, 0xFA, 0xFA, 3, 4}) + extension(10, {0, 4, 0x0A, 0x0A, 0, 29}) +
                     extension(51, Bytes{0, 10, 0x1A, 0x1A, 0, 1, 0, 0, 29, 0, 1} + Bytes{7})));
  EXPECT_THAT(offer.suites, ElementsAre(Suite{0xC02F}));
  EXPECT_THAT(offer.versions, ElementsAre(Protocol::tls13));
  EXPECT_THAT(offer.groups, ElementsAre(Group{29}));
  EXPECT_THAT(offer.shares, ElementsAre(Group{29}));
}

TEST(ClientOffer, ANumberThatNobodyRegisteredStays) {
  EXPECT_THAT(read(hello({0xEE, 0xEE})).suites, ElementsAre(Suite{0xEEEE}));
}

TEST(ClientOffer, WhatBreaksTheRulesIsNonsense) {
  const Bytes good{0xC0, 0x2F};
  EXPECT_NE(nonsense(hello(good, extension(10, {0, 2, 0, 29}) + extension(10, {0, 2, 0, 29}))), "");
  EXPECT_NE(nonsense(hello(good, extension(10, {0, 3, 0, 29, 0}))), "");  // half a number
  EXPECT_NE(nonsense(hello(good, extension(10, {0, 2, 0, 29, 0}))), "");  // something behind it
  EXPECT_NE(nonsense(hello(good, extension(51, {0, 6, 0, 29, 0, 9, 1, 1}))), "");
  EXPECT_NE(nonsense(hello({})), "");
  EXPECT_THAT(nonsense(record(22, message(2, {3, 3}))), HasSubstr("type 2"));
  EXPECT_THAT(nonsense(record(22, {1, 0xFF, 0xFF, 0xFF})), HasSubstr("bytes"));
  EXPECT_THAT(nonsense({22, 3, 1, 0xFF, 0xFF}), HasSubstr("65535"));
}

TEST(ClientOffer, WhatIsNotTlsIsQuotedSafely) {
  EXPECT_EQ(nonsense({'M', 'A', 'I', 'L', 0x1B, '[', '\n'}),
            "no TLS hello: it starts with \"MAIL\\x1b[\"");
}

TEST(ClientOffer, HowFarItCameIsToldWhenItBreaksOff) {
  EXPECT_EQ(offered({}), Offered(Closed{}));
  EXPECT_THAT(nonsense({22, 3, 1, 0}), HasSubstr("4 bytes"));
}

TEST(ClientOffer, WithoutAnEndItIsBounded) {
  ClientFlight flight;
  // A message that promises 2^16 bytes, in records of one byte.
  flight.feed(record(22, {1, 0x00, 0xFF, 0xFF}));
  std::optional<Offered> out;
  for (int i = 0; i < 70'000 && !out; ++i) out = flight.feed(record(22, {0}));
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(std::holds_alternative<Nonsense>(*out));
}

}  // namespace
}  // namespace tlspolicy::wire
