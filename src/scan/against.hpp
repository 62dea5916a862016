// SPDX-License-Identifier: Apache-2.0
// A finished scan held against a policy: what the endpoint accepts beyond it.  Pure; the endpoint
// may be anybody's, nothing but the wire is known of it.
#pragma once

#include "policy/policy.hpp"
#include "scan/result.hpp"

namespace tlspolicy::scan {

// Which part of a policy counts.  From outside a role shows in the port alone: mail servers on 25
// go on in plaintext where TLS fails (RFC 7435), every other endpoint is held against [tls].
enum class Part { by_role, mandatory, opportunistic };
std::optional<Part> part_named(std::string_view);  // "mandatory", "opportunistic"

enum class Compliance { complies, not_known, fails };
std::string_view name(Compliance);  // "complies", "not known", "fails"

struct Deviation {
  std::string id;         // stable; `tlspolicy explain ID`
  std::string dimension;  // as prove's: "protocols", "suites", "ssh_kex", …
  Compliance outcome{};   // fails, or not_known where the scan left a gap
  std::string text;
  bool operator==(const Deviation&) const = default;
};

struct Held {
  std::string policy;
  std::string part;  // "tls", "tls.opportunistic", "ssh"
  Compliance outcome{};
  std::vector<std::string> dimensions;  // those that were held, in the order of the policy's file
  std::vector<Deviation> deviations;    // worst first
  bool operator==(const Held&) const = default;
};
// Holds what was accepted; what could not be found out is not known, never compliant.  A smaller
// offer than the policy's complies as long as something inside works.
Held hold(const Endpoint&, const policy::Policy&, Part = Part::by_role);

}  // namespace tlspolicy::scan
