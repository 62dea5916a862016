// SPDX-License-Identifier: Apache-2.0
// The names of dimensions and outcomes, as manifests, reports and the journal write them.
#include <algorithm>
#include <array>

#include "prove/prove.hpp"

namespace tlspolicy::prove {
namespace {
using enum Dimension;

struct Named {
  Dimension dimension;
  std::string_view name;
};
constexpr std::array kDimensions{
    Named{protocols, "protocols"},
    Named{suites, "suites"},
    Named{tls13_suites, "tls13_suites"},
    Named{groups, "groups"},
    Named{schemes, "schemes"},
    Named{order, "order"},
    Named{sizes, "sizes"},
    Named{ssh_kex, "ssh_kex"},
    Named{ssh_ciphers, "ssh_ciphers"},
    Named{ssh_macs, "ssh_macs"},
    Named{ssh_host_keys, "ssh_host_keys"},
    Named{ssh_public_keys, "ssh_public_keys"},
    Named{ssh_sizes, "ssh_sizes"},
};
}  // namespace

std::string_view name(Dimension dimension) {
  const auto at = std::ranges::find(kDimensions, dimension, &Named::dimension);
  return at == kDimensions.end() ? "unknown" : at->name;
}

std::optional<Dimension> dimension_named(std::string_view name) {
  const auto at = std::ranges::find(kDimensions, name, &Named::name);
  return at == kDimensions.end() ? std::nullopt : std::optional(at->dimension);
}

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::complies:
      return "complies";
    case Outcome::fails:
      return "fails";
    case Outcome::not_proven:
      return "not proven";
  }
  return "unknown";
}

bool beyond_policy(const Verdict& verdict) {
  return std::ranges::any_of(verdict.findings, &Finding::beyond);
}

bool asks_only_to_serve(const Target& target) {
  if (const auto* tls = std::get_if<TlsExpectation>(&target.expect)) return tls->protocols.empty();
  return std::get<SshExpectation>(target.expect) == SshExpectation{};
}

}  // namespace tlspolicy::prove
