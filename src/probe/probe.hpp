// SPDX-License-Identifier: Apache-2.0
// Asking endpoints: many conversations at once over one epoll loop, each with its own time limit.
// One question, one connection, one answer, a callback for each question.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wire/hello.hpp"
#include "wire/reaction.hpp"

struct ssl_session_st;  // libssl's SSL_SESSION

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
  double rate = 0;  // new connections in a second, all addresses together; 0: no limit
};

// A whole handshake by the library (OpenSSL, security level 0) with exactly this version.
// Certificates are taken, not verified: what the endpoint shows is reported.  The host's own
// openssl.cnf does not count, so that a policy on this host cannot narrow its own proof.
struct Handshake {
  bool done = false;
  std::string why;  // OpenSSL's words where it was not done
  // Done as far as we can: the server showed all of its own, and ended it because it demands a
  // certificate of the client (RFC 5246 7.4.6).  In TLS 1.3 the client is done before it hears
  // that, and knows it where it went on after (After).
  bool demands_certificate = false;
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
  std::string alpn;                       // the protocol that the server took, of those wished for
  std::optional<wire::Bytes> staple;      // the OCSP response that came, DER
  bool resumed = false;                   // of Wish::resume
  std::shared_ptr<ssl_session_st> session;  // to be resumed
  // What came of Wish::after.
  bool ticket = false, renegotiated = false;
  bool after_known = false;  // false: nothing came until the limit, or a reset
};
// What is done once the handshake is over.
enum class After {
  close,
  // TLS 1.3: see whether tickets come (RFC 8446 4.6.1).  They are sent before our farewell is read,
  // so a server without any answers by closing.
  await_tickets,
  renegotiate,  // up to TLS 1.2: the client asks for another handshake inside this one
};
// What to offer.  Suites of other versions are ignored; no `groups`, no `schemes`: the library's
// own.
struct Wish {
  crypto::Protocol version{};
  crypto::Suites suites;
  crypto::Groups groups;
  crypto::Schemes schemes;
  std::vector<std::string> alpn{};
  bool status = false;                       // ask for an OCSP response (RFC 6066 8)
  bool tickets = true;                       // up to TLS 1.2: let the server give one
  std::shared_ptr<ssl_session_st> resume{};  // of an earlier handshake
  After after = After::close;
};

// One SSH connection, as far as its first keys.
struct SshWish {
  std::string
      host_key{};      // the algorithm to ask for; "": the server's first that is no certificate
  int field_bits = 0;  // not 0: only ask for a field of that size (RFC 4419 3)
};
struct SshShake {
  std::optional<wire::SshOffer> offer;
  wire::Bytes host_key;                              // as it was sent; empty: it was not shown
  std::optional<std::vector<std::string>> sig_algs;  // RFC 8308 3.1
  int field_bits = 0;                                // of the field that it gave
  std::string why;           // what ended it before all of that was there; "" where it was
  bool unreachable = false;  // no connection came about
};

// How a question stands to others of its address.
enum class Manner {
  usual,
  apart,   // it begins when nothing else stands
  kept,    // its connection stands on for 200 ms, or until one `beside` it is answered or a usual
           // one is asked
  beside,  // it begins even where questions go one by one
};

class Enquiry {
 public:
  explicit Enquiry(Limits limits = {});
  ~Enquiry();
  // Queued; the callback may ask more.  Hello::sni is filled in from the place.  A preamble that
  // is not known is answered with Unreachable, one that does not lead to TLS with Declined.
  void ask(const Place&, wire::Hello, std::function<void(const wire::Answer&)> then,
           Manner = Manner::usual);
  void ask_ssh(const Place&, std::function<void(const wire::SshAnswer&)> then);
  void shake_ssh(const Place&, const SshWish&, std::function<void(const SshShake&)> then);
  // Asks behind a first flight what it does about a fault; up to TLS 1.2.
  void poke(const Place&, wire::Hello, wire::Poke, std::function<void(const wire::Reaction&)> then);
  // The same for a whole handshake.
  void shake_hands(const Place&, const Wish&, std::function<void(const Handshake&)> then);
  // That address gets its questions one by one from now on, as it does by itself where one of
  // several was broken off.
  void one_by_one(const Place&);
  void run();  // until nothing is left to ask
  // The same while more may come from outside: whenever `fd` is readable `news` is called, until it
  // says false.  It may ask.
  void run_with(int fd, std::function<bool()> news);
  int connections(const Place&) const;  // made so far to that place
  void forget(const Place&);            // its count: nobody will ask for it again
 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

// One handshake alone.
Handshake full_handshake(const Place&, crypto::Protocol version, const crypto::Suites& suites,
                         const crypto::Groups& groups, std::chrono::milliseconds limit,
                         std::chrono::milliseconds greeting = Limits{}.greeting);

}  // namespace tlspolicy::probe
