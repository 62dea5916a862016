// SPDX-License-Identifier: Apache-2.0
// A TLS client hello made by hand, and what a server's first flight says to it.  Pure: no sockets,
// no cryptography.  SSLv2 and SSLv3 to TLS 1.3 (RFC 6101, 2246, 4346, 5246, 8446).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "crypto/terms.hpp"

namespace tlspolicy::wire {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

// What a hello may carry besides.  None of it changes what a server chooses; what it says to it
// stands in the clear up to TLS 1.2.
struct Extras {
  bool usual = false;  // what most clients send: status_request (RFC 6066 8), session_ticket
                       // (RFC 5077 3.2) and encrypt_then_mac (RFC 7366 2)
  std::vector<std::string> alpn{};   // RFC 7301
  bool deflate = false;              // compression, before "none" (RFC 3749)
  bool heartbeat = false;            // RFC 6520 2
  bool fallback = false;             // TLS_FALLBACK_SCSV (RFC 7507 4)
  bool grease = false;               // values that nobody has, of every kind (RFC 8701)
  std::uint16_t legacy_version = 0;  // client_version, where it is not the newest offered
  std::size_t at_least = 0;          // bytes of the message, by padding (RFC 7685)
  bool operator==(const Extras&) const = default;
};

struct Hello {
  crypto::Protocols versions;  // offered; the newest up to 1.2 is legacy_version, 1.3 goes into
                               // supported_versions.  {ssl2} alone: an SSLv2 CLIENT-HELLO
  crypto::Suites suites;       // SSLv2's kinds belong to {ssl2} alone: left out of other hellos
  crypto::Groups groups;       // supported_groups; empty: extension left out
  crypto::Schemes schemes;     // signature_algorithms; empty: left out
  crypto::Groups shares;       // TLS 1.3 key shares (random bytes of the right size; the handshake
                               // is never finished).  Empty: an empty key_share, which asks a
                               // server for HelloRetryRequest (RFC 8446 4.1.4)
  std::string sni;             // empty: left out
  Extras extras{};             // of them an SSLv3 hello has room for `deflate` and `fallback` alone
  bool operator==(const Hello&) const = default;
};

// Whole record(s), ready to send.  The same seed makes the same bytes; they need not be secret.
Bytes client_hello(const Hello&, std::uint64_t seed = 0);
// Groups that `shares` may name: x25519, x448, the NIST primes, ffdhe*, ML-KEM and its hybrids.
// Others are left out of key_share (they can still be asked for by HelloRetryRequest).
bool can_share(crypto::Group);

// What a server's answer up to TLS 1.2 says besides its choice.
struct Told {
  bool secure_renegotiation = false;    // RFC 5746 3.6
  bool extended_master_secret = false;  // RFC 7627 5.2
  bool encrypt_then_mac = false;
  bool session_ticket = false;  // it will send one
  bool heartbeat = false;
  bool deflate = false;
  std::optional<Bytes>
      staple{};        // a CertificateStatus came: its OCSP response, or what cannot be one
  std::string alpn{};  // of those that were offered
  bool operator==(const Told&) const = default;
};

// What came back.  `Refused`, `Closed` and `Silent` are different evidence (ARCHITECTURE, proof).
struct Chosen {
  crypto::Protocol version{};
  crypto::Suite suite{};
  std::optional<crypto::Group> group;    // of key_share or ServerKeyExchange
  std::optional<crypto::Scheme> scheme;  // of a TLS 1.2 ServerKeyExchange
  int dh_bits = 0;                       // of a finite-field ServerKeyExchange
  crypto::Suites ssl2_suites;  // an SSLv2 SERVER-HELLO lists those that it shares with us (or all
                               // that it has); `suite` is the first that was offered, 0 for none
  std::vector<Bytes> certificates;  // DER, leaf first; empty in TLS 1.3 (encrypted)
  Bytes dh_prime{};                 // of a finite-field ServerKeyExchange, without leading zeros
  Told told{};
  bool operator==(const Chosen&) const = default;
};
struct Retry {
  crypto::Suite suite{};
  crypto::Group group{};
  bool operator==(const Retry&) const = default;
};
struct Refused {
  int alert = 0;
  bool operator==(const Refused&) const = default;
};  // RFC 8446 6.2; an SSLv2 ERROR is 40, handshake_failure
struct Closed {
  bool reset = false;
  bool operator==(const Closed&) const = default;
};  // before an answer
struct Silent {
  bool operator==(const Silent&) const = default;
};  // nothing until the limit
struct Unreachable {
  std::string why;
  bool operator==(const Unreachable&) const = default;
};
struct Nonsense {
  std::string why;
  // A server may answer a hello up to 1.2 with an older version than it was offered, which the
  // client then refuses (RFC 5246 E.1): the version that it stepped down to.
  std::optional<crypto::Protocol> instead{};
  // A HelloRetryRequest that changes nothing, on which a client breaks off (RFC 8446 4.1.4): none
  // of the groups will do.
  bool no_group = false;
  bool operator==(const Nonsense&) const = default;
};  // not TLS, or not offered
// What stands in front of TLS (STARTTLS) did not come to it: says nothing about TLS itself.
struct Declined {
  std::string why;  // in the server's words, safe to show
  bool operator==(const Declined&) const = default;
};
using Answer =
    std::variant<Chosen, Retry, Refused, Closed, Silent, Unreachable, Nonsense, Declined>;

// Incremental parse of the server's first flight.  Bounded: more than 256 KiB is Nonsense.
// An answer that names a version, suite or group that `asked` did not offer is Nonsense.
class FirstFlight {
 public:
  explicit FirstFlight(Hello asked);
  std::optional<Answer> feed(View bytes);  // an answer once it is certain
  Answer end(bool reset) const;            // the peer closed: what was there until then
 private:
  std::optional<Answer> next_record();
  std::optional<Answer> ssl2_record();
  std::optional<Answer> alerts(View fragment);
  std::optional<Answer> messages(View fragment);
  std::optional<Answer> message(std::uint8_t type, View body);
  std::optional<Answer> server_hello(View body);
  std::optional<Answer> key_exchange(View body);
  std::optional<Answer> finished_choosing();

  Hello asked_;
  Bytes records_, handshake_, alert_;  // incomplete so far
  std::size_t taken_ = 0;              // bytes ever fed
  Chosen chosen_;
  bool hello_seen_ = false;
  bool status_follows_ = false;  // announced (RFC 6066 8)
  int warning_ = -1;             // the last alert of level warning
};

// SSH: the server's banner and KEXINIT (RFC 4253 4.2, 7.1).
struct SshOffer {
  std::string banner;  // "SSH-2.0-OpenSSH_9.2p1 Debian-2"
  std::vector<std::string> kex, host_keys, ciphers_to_client, ciphers_to_server, macs_to_client,
      macs_to_server, compression;
  bool operator==(const SshOffer&) const = default;
};
using SshAnswer = std::variant<SshOffer, Closed, Silent, Unreachable, Nonsense>;

}  // namespace tlspolicy::wire
