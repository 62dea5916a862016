// SPDX-License-Identifier: Apache-2.0
// The server's handshake messages that tell what it chose, each parsed from its body alone.
// Nothing here knows what was asked; first_flight.cpp holds the two against each other.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "wire/hello.hpp"

namespace tlspolicy::wire {

// RFC 5246 7.4.1.3, RFC 8446 4.1.3; the extensions only as far as they choose something.
struct ServerHello {
  std::uint16_t version = 0;  // of supported_versions where it stands there
  crypto::Suite suite{};
  std::uint8_t compression = 0;
  std::optional<crypto::Group> key_share;
  bool retry = false;   // HelloRetryRequest: known by its random
  bool cookie = false;  // RFC 8446 4.2.2: a retry for its own sake
  Told told{};          // all but `staple`, which is a message of its own
  bool status_request = false;
};
std::optional<ServerHello> parse_server_hello(View body);

// RFC 5246 7.4.2: DER, leaf first.
std::optional<std::vector<Bytes>> parse_certificates(View body);

// RFC 6066 8: the OCSP response, DER; empty where the message holds none.
Bytes parse_certificate_status(View body);

// RFC 5246 7.4.3 and RFC 8422 5.4, behind a PSK hint for the PSK kinds (RFC 4279 3, RFC 5489 2).
// Key exchanges whose parameters choose neither group nor size are not read: all empty.
struct ServerKeyExchange {
  std::optional<crypto::Group> group;
  std::optional<crypto::Scheme> scheme;  // TLS 1.2, signed
  int dh_bits = 0;
  Bytes dh_prime{};  // without leading zeros
};
std::optional<ServerKeyExchange> parse_key_exchange(View body, crypto::KeyExchange,
                                                    crypto::Protocol);
// Does this key exchange end only with a ServerKeyExchange?
bool has_key_exchange_message(crypto::KeyExchange);
// Is everything said with the Certificate, because no ServerKeyExchange may follow that matters?
bool ends_with_certificate(crypto::KeyExchange);

// SSLv2's answers, by the draft of 1995 (draft-hickman-netscape-ssl-00 1.5): a SERVER-HELLO, an
// ERROR, or neither.
std::optional<Answer> parse_ssl2(View message, const Hello& asked);

}  // namespace tlspolicy::wire
