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
//   tls.bounds:postfix              ">=TLSv1.2, <=TLSv1.3"
//   tls.forbidden_protocols:postfix "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1"
//   tls.curves:postfix              [tls]'s groups without finite fields, in the order of
//   [tls.opportunistic]: one list serves both grades and both directions
//   tls.finite_fields:postfix       the finite fields among them; may be empty
//   tls.forbidden_protocols:exim    "+no_sslv2 +no_sslv3 +no_tlsv1", OpenSSL's options by exim's
//   names tls.priority:gnutls             protocols, suites, groups, schemes and order as one
//   string
// "tls.opportunistic." in the place of "tls." takes [tls.opportunistic].
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/flatten.hpp"
#include "policy/policy.hpp"
#include "service/host_state.hpp"

namespace tlspolicy::service {

struct Said {
  std::vector<std::string> said, unsayable;  // neutral names
};
struct Rendered {
  std::string text;
  std::vector<std::string> said, unsayable;  // of all that it says
  // Where one value decides several dimensions: what it says for each, "opportunistic.suites".
  std::map<std::string, Said> dimensions;
  // The rendered facts alone, where "$$" leaves what stands around them for the program to resolve:
  // a library can be asked about these only.
  std::vector<std::string> facts;
  Said of(const std::string& dimension) const;
};

// What a policy says for one service.
struct Facts {
  policy::Tls tls, opportunistic;
  policy::Ssh ssh;
  // Versions between the oldest and the newest that are left out nevertheless, for words that can
  // say so.
  std::vector<crypto::Protocol> holes{}, opportunistic_holes{};
  const policy::Tls& tls_of(std::string_view part) const {
    return is_opportunistic(part) ? opportunistic : tls;
  }
};
Facts facts_of(const policy::Policy&, const std::string& service);
// Takes away what is not among `names`: of "opportunistic.suites", say.
void limit(Facts&, std::string_view dimension, const std::vector<std::string>& names);

// `value` of a [[set]] row, for this policy and what the instance can.
Result<Rendered> render(std::string_view value, const Facts&, const Capability&);

// How a value in the service's own configuration is understood (`reads` of an [[override]] row):
// neutral names; nullopt where it cannot be known (then it counts as weaker).  Closed set:
// apache-protocols min-protocol max-protocol openssl-suites openssl-ciphersuites openssl-groups
// openssl-schemes openssl-excluded postfix-groups postfix-protocols on-off yes-no dh-file ssh-list
// size opaque, and gnutls-priority:DIMENSION.
std::optional<std::vector<std::string>> read_value(std::string_view reads, std::string_view value,
                                                   const Capability&);
// The value that an [[override]] row finds in a setting, references resolved where the syntax has
// them; nullopt: another key, or nobody but the program can tell.
std::optional<std::string> override_value(const Manifest&, const Override&, const config::Source&,
                                          const std::vector<config::Source>& settings,
                                          const std::multimap<std::string, std::string>& defaults);
// The question that discover must put to the library so that read_value can answer, "suites HIGH";
// "" where it needs none.
std::string library_question(std::string_view reads, std::string_view value);

// The policy's own value of a dimension as neutral names, to hold others against.
std::vector<std::string> names_of(std::string_view dimension, const Facts&);

// What would end a shortfall: "OpenSSL 3.5 or later" for a hybrid group.  `version`: the one that
// is there.
std::string what_brings(std::string_view dialect, const std::vector<std::string>& names,
                        std::string_view version = {});

}  // namespace tlspolicy::service
