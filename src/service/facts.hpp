// SPDX-License-Identifier: Apache-2.0
// The names that a manifest's `value` may use, rendered for one instance:
//   tls.protocols:apache            "-all +TLSv1.2 +TLSv1.3"
//   tls.forbidden_protocols:openssl "-SSLv3,-TLSv1,-TLSv1.1"
//   tls.min_protocol:openssl        "TLSv1.2"
//   tls.dh_file:FOLDER              "FOLDER/ffdhe2048.pem"; nothing where no suite needs one
//   tls.suites:openssl              cipher string up to TLS 1.2, with @SECLEVEL=0 where it is
//   needed tls.tls13_suites:openssl, tls.groups:openssl, tls.schemes:openssl tls.order:A,B A where
//   the server's order decides, else B ssh.kex ssh.ciphers ssh.macs ssh.host_keys ssh.public_keys
//   ssh.rsa_bits
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "policy/policy.hpp"
#include "service/host_state.hpp"

namespace tlspolicy::service {

struct Rendered {
  std::string text;
  std::vector<std::string> said, unsayable;  // neutral names
};

// `value` of a [[set]] row, for this policy and what the instance can.
Result<Rendered> render(std::string_view value, const policy::Tls&, const policy::Ssh&,
                        const Capability&);

// How a value in the service's own configuration is understood (`reads` of an [[override]] row):
// neutral names; nullopt where it cannot be known (then it counts as weaker).  Closed set:
// apache-protocols min-protocol max-protocol openssl-suites openssl-ciphersuites openssl-groups
// openssl-schemes on-off dh-file ssh-list size opaque.
std::optional<std::vector<std::string>> read_value(std::string_view reads, std::string_view value,
                                                   const Capability&);
// The question that discover must put to the library so that read_value can answer: "suites", …;
// "" where it needs none.
std::string_view library_question(std::string_view reads);

// The policy's own value of a dimension as neutral names, to hold others against.
std::vector<std::string> names_of(std::string_view dimension, const policy::Tls&,
                                  const policy::Ssh&);

// What would end a shortfall: "OpenSSL 3.5 or later" for a hybrid group.
std::string what_brings(std::string_view dialect, const std::vector<std::string>& names);

}  // namespace tlspolicy::service
