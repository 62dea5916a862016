// SPDX-License-Identifier: Apache-2.0
// What a client that came to us offers: its ClientHello read back as lists.  Pure: bytes in, a
// value out.  SSLv3 to TLS 1.3 (RFC 6101 5.6.1.2, 5246 7.4.1.2, 8446 4.1.2).
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "wire/hello.hpp"

namespace tlspolicy::wire {

// In the client's order, as it was sent; without the numbers that offer nothing: RFC 8701's, and
// the signals among the suites (RFC 5746 3.3, RFC 7507 2).
struct ClientOffer {
  crypto::Protocols versions;   // of supported_versions; without it the newest alone, which says
  bool lists_versions = false;  // nothing about older ones
  crypto::Suites suites;
  crypto::Groups groups;
  crypto::Schemes schemes;
  crypto::Groups shares;  // key_share: groups that it sends a public key for
  std::string sni;        // printable, or ""
  std::size_t size = 0;   // of the handshake message, in bytes
  bool operator==(const ClientOffer&) const = default;
};

using Offered = std::variant<ClientOffer, Nonsense, Closed>;

// The body of one ClientHello; nullopt where it cannot be read, or says something twice.
std::optional<ClientOffer> parse_client_hello(View body);

// Incremental: records, then the message in them, which may be cut freely.  Bounded: 64 KiB.
class ClientFlight {
 public:
  std::optional<Offered> feed(View bytes);
  Offered end() const;  // the peer closed: what was there until then

 private:
  std::optional<Offered> next_record();

  Bytes records_, handshake_;  // incomplete so far
  std::size_t taken_ = 0;
};

}  // namespace tlspolicy::wire
