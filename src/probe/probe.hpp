// SPDX-License-Identifier: Apache-2.0
// Asking endpoints: many conversations at once over one epoll loop, each with its own time limit.
// One question, one connection, one answer, a callback for each question.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "wire/hello.hpp"

namespace tlspolicy::probe {

struct Place {
  std::string address;  // numeric IPv4 or IPv6, as the service listens on it; 0.0.0.0 and ::
                        // are asked at the loopback address
  std::uint16_t port = 0;
  std::string sni;       // empty: none
  std::string preamble;  // "" TLS at once; "smtp", "imap", … (wire::preambles()); "ssh"
  auto operator<=>(const Place&) const = default;
};
std::string text(const Place&);  // "[::1]:443 (www.example.org)"

struct Limits {
  std::chrono::milliseconds answer{5'000};  // for connect and answer together
  // More, for what stands in front of TLS: postscreen holds its greeting back for 6 s
  // (postscreen_greet_wait), sendmail's greet_pause is 5 s.
  std::chrono::milliseconds greeting{15'000};
  int per_host = 2;  // connections at the same time to one address
  int at_once = 64;
};

// A whole handshake by the library (OpenSSL, security level 0) with exactly this version.
// Certificates are taken, not verified: what the endpoint shows is reported.  The host's own
// openssl.cnf does not count, so that a policy on this host cannot narrow its own proof.
struct Handshake {
  bool done = false;
  std::string why;             // OpenSSL's words where it was not done
  bool reached_server = true;  // false: our own library could not even offer it
  bool turned_down = false;    // it ended by an alert, a close in order or what the library would
                               // not take; false for silence, a reset, no connection
  crypto::Protocol version{};
  crypto::Suite suite{};
  crypto::Suites suites_left_out;  // asked for, but not known to the local library
  crypto::Groups groups_left_out;
  std::optional<crypto::Group> group;
  int dh_bits = 0;                       // of a finite-field key exchange up to 1.2
  std::optional<crypto::Scheme> scheme;  // the server's signature, from TLS 1.2 on
  std::string key_type;                  // leaf's: "RSA", "EC", "ED25519"
  int key_bits = 0;
  std::string signature_hash;              // of the leaf certificate: "SHA256"
  std::string subject, issuer, not_after;  // RFC 3339 time
  bool self_signed = false;
  std::vector<wire::Bytes> certificates;  // DER, as sent, leaf first
};
// What to offer.  Suites of other versions are ignored; no `groups`, no `schemes`: the library's
// own.
struct Wish {
  crypto::Protocol version{};
  crypto::Suites suites;
  crypto::Groups groups;
  crypto::Schemes schemes;
};

class Enquiry {
 public:
  explicit Enquiry(Limits limits = {});
  ~Enquiry();
  // Queued; the callback may ask more.  Hello::sni is filled in from the place.  A preamble that
  // is not known is answered with Unreachable, one that does not lead to TLS with Declined.
  void ask(const Place&, wire::Hello, std::function<void(const wire::Answer&)> then);
  void ask_ssh(const Place&, std::function<void(const wire::SshAnswer&)> then);
  // The same for a whole handshake.
  void shake_hands(const Place&, const Wish&, std::function<void(const Handshake&)> then);
  void run();                           // until nothing is left to ask
  int connections(const Place&) const;  // made so far to that place
 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

// One handshake alone.
Handshake full_handshake(const Place&, crypto::Protocol version, const crypto::Suites& suites,
                         const crypto::Groups& groups, std::chrono::milliseconds limit,
                         std::chrono::milliseconds greeting = Limits{}.greeting);

}  // namespace tlspolicy::probe
