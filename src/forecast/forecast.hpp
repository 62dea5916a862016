// SPDX-License-Identifier: Apache-2.0
// Who would be cut off: a client's offer against what an endpoint accepts.  Pure; no handshake is
// made.  What it says was held against libssl's own handshakes (tests/forecast).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forecast/client.hpp"
#include "policy/policy.hpp"

namespace tlspolicy::forecast {

// What an endpoint accepts.  Order matters in the lists.
struct Accepted {
  crypto::Protocols protocols{};
  crypto::Suites suites{}, tls13_suites{};
  crypto::Groups groups{};
  crypto::Schemes schemes{};
  bool server_order = false;
  std::optional<bool> own_group_order{};        // the same as server_order where it is not known
  int dh_bits = 0;                              // of the finite field that it uses
  bool rsa = true, ecdsa = false, dss = false;  // keys of its certificates
  crypto::Groups curves{};                      // of those for ECDSA, where they are known
  bool operator==(const Accepted&) const = default;
};
// By a policy alone, of a server with an RSA certificate: the kind that every client can take.
Accepted accepted_by(const policy::Tls&);

struct Loss {
  std::string id;   // "protocol", "suite", "group", "scheme", "dh-bits"
  std::string why;  // "speaks TLSv1.0 at most; TLSv1.2 is needed"
  bool operator==(const Loss&) const = default;
};
struct Handshake {
  crypto::Protocol protocol{};
  crypto::Suite suite{};
  std::optional<crypto::Group> group;  // of ECDHE and TLS 1.3
  bool operator==(const Handshake&) const = default;
};
struct Outcome {
  std::optional<Handshake> handshake;  // nullopt: lost
  Loss loss;
};
// RFC 5246 7.4.1.3, RFC 8446 4.1.1: the newest version in common, then the first suite in common
// in the order of whoever decides, then a group and a signature scheme.
Outcome judge(const Client&, const Accepted&);

struct Lost {  // a client that a policy loses for one of its uses
  const Client* client = nullptr;
  Use use{};
  Loss loss;
  bool plaintext = false;                // mta: it is not lost, its mail goes unprotected
  std::vector<std::string> endpoints{};  // ids of those that lose it, where not all of the host do
};
// Web clients against [tls]; people's mail programs against [tls] and what the date says for the
// IMAP server (a client that one of both refuses is lost); mail servers against
// [tls.opportunistic].
std::vector<Lost> lost_by(const policy::Policy&, const Clients&);

}  // namespace tlspolicy::forecast
