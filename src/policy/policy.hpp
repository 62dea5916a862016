// SPDX-License-Identifier: Apache-2.0
// A policy: the immutable content under a date, as plain values.  Lists are explicit and in order.
// The file format is docs/policy-format.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::policy {

enum class Order { server, client };  // whose preference decides up to TLS 1.2

struct Tls {
  crypto::Protocol min_protocol{};
  crypto::Protocol max_protocol{};
  crypto::Suites suites;        // up to TLS 1.2, in order
  crypto::Suites tls13_suites;  // in order
  crypto::Groups groups;        // in order, hybrids first
  crypto::Schemes schemes;      // signature algorithms, in order
  Order order = Order::server;
  int rsa_bits = 0;  // smallest key of a certificate
  int ec_bits = 0;
  int dh_bits = 0;              // smallest finite field of a key exchange
  bool ec_certificates = true;  // false: 20180330 knows RSA certificates alone (R9)
  bool operator==(const Tls&) const = default;
};

struct Ssh {
  std::vector<std::string> kex, ciphers, macs, host_keys, public_keys;  // in order
  int rsa_bits = 0;
  bool operator==(const Ssh&) const = default;
};

struct Policy {
  std::string id;        // "20261101"
  bool preview = false;  // may still change; never proposed as newer
  bool legacy = false;
  std::string title;  // one line for `list`
  std::vector<std::string> sources;
  Tls tls;
  std::optional<Tls> opportunistic;  // port 25; nullopt: as `tls`
  Ssh ssh;
  std::map<std::string, Tls> services;  // [services.NAME]: a date that treats one service otherwise
  bool operator==(const Policy&) const = default;
};

inline constexpr std::string_view kUpstream;  // the empty value; shown as "upstream"

// One policy file (TOML), called <id>.toml.  Errors carry file:line:column and a remedy; unknown
// keys and names are errors.
Result<Policy> parse_policy(std::string_view text, std::string_view file);
std::string print_policy(const Policy&);  // canonical TOML; parses back to the same value

using Catalogue = std::map<std::string, Policy>;  // by id, oldest first
// From files' names and texts; the first mistake in any of them, or a date that stands in two.
Result<Catalogue> parse_catalogue(const std::map<std::string, std::string>& files);
const Policy* newest(const Catalogue&);  // previews never count; nullptr when empty

}  // namespace tlspolicy::policy
