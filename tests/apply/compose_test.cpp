// SPDX-License-Identifier: Apache-2.0
// What a plan becomes for the proof.
#include "apply/compose.hpp"

#include <gtest/gtest.h>

namespace tlspolicy::apply {
namespace {

plan::ServicePlan sshd_with_a_block() {
  plan::EndpointPlan endpoint;
  endpoint.endpoint.id = "sshd:22";
  endpoint.endpoint.preamble = "ssh";
  endpoint.endpoint.blocks = {{"/etc/ssh/sshd_config:9", "Match User bob", "user=bob"}};
  plan::ServicePlan service;
  service.service = "sshd";
  service.endpoints.push_back(endpoint);
  return service;
}

prove::SshExpectation expected_of(const plan::ServicePlan& service) {
  return std::get<prove::SshExpectation>(targets_of(service).front().expect);
}

TEST(Compose, ABlockIsHeldAgainstThePolicy) {
  auto service = sshd_with_a_block();
  service.endpoints.front().rsa_bits = 2048;
  const auto blocks = expected_of(service).blocks;
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(blocks.front().text, "Match User bob (/etc/ssh/sshd_config:9)");
  EXPECT_EQ(blocks.front().connection, "user=bob");
}

// Else `undo` to no policy fails its proof at whatever the administrator's block opens.
TEST(Compose, WithoutAPolicyNothingIsExpectedOfABlock) {
  EXPECT_EQ(expected_of(sshd_with_a_block()), prove::SshExpectation{});
}

TEST(Compose, OneTextIsSaidOnceForAllItsEndpoints) {
  const auto out = gathered({{"a:1", "gains x"}, {"b:2", "gains y"}, {"c:3", "gains x"}});
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].endpoint + ": " + out[0].text, "a:1, c:3: gains x");
  EXPECT_EQ(out[1].endpoint, "b:2");
}

}  // namespace
}  // namespace tlspolicy::apply
