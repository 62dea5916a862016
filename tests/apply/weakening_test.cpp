// SPDX-License-Identifier: Apache-2.0
// What counts as weaker (R11): held against what an endpoint accepts now, whatever the dates are.
#include <gmock/gmock.h>

#include "apply/compose.hpp"

namespace tlspolicy::apply {
namespace {
using crypto::Group, crypto::Protocol, crypto::Suite;
using testing::ElementsAre, testing::IsEmpty;

constexpr Suite kAead{0xC02F}, kCbc{0xC013};
constexpr Group kX25519{29}, kHybrid{0x11EC};

std::vector<std::string> weaker(const prove::TlsExpectation& after, const prove::Now& now) {
  prove::Target target;
  target.endpoint = "httpd:443";
  target.expect = after;
  std::vector<std::string> out;
  for (const auto& one : weakenings({target}, {now})) out.push_back(one.text);
  return out;
}

prove::TlsExpectation after(crypto::Protocols protocols, crypto::Suites suites = {kAead},
                            crypto::Groups groups = {kX25519}) {
  prove::TlsExpectation out;
  out.protocols = std::move(protocols);
  out.suites = std::move(suites);
  out.groups = std::move(groups);
  return out;
}

prove::Now now(crypto::Protocols protocols, crypto::Groups groups = {kX25519}) {
  prove::Now out;
  out.reachable = true;
  out.protocols = std::move(protocols);
  out.groups = std::move(groups);
  return out;
}

TEST(Weakening, ToGainTheNewestVersionIsNone) {
  EXPECT_THAT(weaker(after({Protocol::tls12, Protocol::tls13}), now({Protocol::tls12})), IsEmpty());
}

TEST(Weakening, ToGainAnOlderVersionOrAWeakSuiteIsOne) {
  EXPECT_THAT(weaker(after({Protocol::tls11, Protocol::tls12}), now({Protocol::tls12})),
              ElementsAre("gains TLSv1.1"));
  EXPECT_THAT(weaker(after({Protocol::tls12}, {kAead, kCbc}), now({Protocol::tls12})),
              ElementsAre("gains TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA in TLSv1.2"));
}

TEST(Weakening, ToLoseAPostQuantumGroupIsOne) {
  EXPECT_THAT(weaker(after({Protocol::tls13}), now({Protocol::tls13}, {kHybrid, kX25519})),
              ElementsAre("loses the post-quantum group X25519MLKEM768"));
}

// A stopped service must not hide it.
TEST(Weakening, WhatCannotBeAskedCountsAsOfToday) {
  EXPECT_THAT(weaker(after({Protocol::tls10, Protocol::tls12}), {}),
              ElementsAre("could not be asked; against today's defaults it gains TLSv1.0"));
  EXPECT_THAT(weaker(after({Protocol::tls12, Protocol::tls13}), {}), IsEmpty());
}

}  // namespace
}  // namespace tlspolicy::apply
