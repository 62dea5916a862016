// SPDX-License-Identifier: Apache-2.0
// What a scan found out about one endpoint, as plain data.  An empty list next to `whole == false`
// says nothing; beside `whole == true` it says "none".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probe/probe.hpp"

namespace tlspolicy::scan {

// Whose preference decides; unknown where fewer than two were there to choose from.
enum class Order { unknown, server, client };
std::string_view name(Order);  // "unknown", "server", "client"

enum class Fact { unknown, no, yes };
std::string_view name(Fact);  // "unknown", "no", "yes"

// Something that could not be found out, and what the wire showed instead.
struct Gap {
  std::string about;  // "suites of TLSv1.2"
  std::string why;    // "silence", "no TLS (it says \"421 …\")"
  bool operator==(const Gap&) const = default;
};

template <class Term>
struct Preference {
  std::vector<Term> accepted;    // the most preferred first; by our own order where clients decide
  Order order = Order::unknown;  // who decides
  bool whole = false;            // everything else that has a number was refused
  bool operator==(const Preference&) const = default;
};

struct Version {
  crypto::Protocol protocol{};
  Fact accepted = Fact::unknown;
  std::string why;  // it was refused, or nothing is known: "alert 70 (protocol_version)"
  Preference<crypto::Suite> suites;
  bool operator==(const Version&) const = default;
};

// What signs with keys of one kind, up to TLS 1.2.
struct Schemes {
  std::string key;  // "rsa", "ecdsa", "dsa"
  Preference<crypto::Scheme> schemes;
  bool operator==(const Schemes&) const = default;
};

// Parameters of a finite-field key exchange up to TLS 1.2.
struct Field {
  int bits = 0;
  std::string name;  // "ffdhe2048", "modp2048 (RFC 3526)"; empty: not well known
  bool operator==(const Field&) const = default;
};

struct Certificate {
  std::string subject, issuer, serial;  // RFC 2253; hexadecimal
  std::vector<std::string> names;       // subjectAltName: DNS names and addresses
  std::string not_before, not_after;    // RFC 3339
  std::string key_type;                 // "RSA", "RSA-PSS", "EC", "ED25519", "DSA"
  int key_bits = 0;
  std::optional<crypto::Group> curve;
  std::string signature_hash;  // "SHA256"; "" where the key fixes its own
  std::string sha256;          // fingerprint, hexadecimal
  bool self_signed = false;
  bool operator==(const Certificate&) const = default;
};
// The OCSP response that came with a certificate; what it says is not verified.
struct Staple {
  std::string why = {};     // it says nothing about that certificate: "it cannot be read"
  std::string status = {};  // else "good", "revoked", "unknown"
  std::string this_update = {}, next_update = {}, revoked = {};  // RFC 3339; "" where it has none
  std::string reason = {};                                       // "keyCompromise"
  bool operator==(const Staple&) const = default;
};
struct Chain {
  std::vector<Certificate> certificates;  // as sent, the leaf first
  crypto::Protocols seen_in;              // oldest first
  std::optional<Staple> staple = {};
  bool operator==(const Chain&) const = default;
};

// What a whole handshake in TLS 1.3 showed: certificate and signature are encrypted there.
struct Signed13 {
  std::optional<crypto::Scheme> scheme;
  std::string key_type;
  bool operator==(const Signed13&) const = default;
};

struct Facts {
  std::vector<std::string> alpn;  // protocols that it agrees to, of those that we asked for
  Fact ocsp_stapling = Fact::unknown;
  Fact tickets = Fact::unknown;                 // RFC 5077, RFC 8446 4.6.1
  Fact session_ids = Fact::unknown;             // resumption by session id, up to TLS 1.2
  Fact secure_renegotiation = Fact::unknown;    // RFC 5746
  Fact client_renegotiation = Fact::unknown;    // the client may start it, up to TLS 1.2
  Fact fallback_scsv = Fact::unknown;           // RFC 7507; unknown where there is one version only
  Fact extended_master_secret = Fact::unknown;  // RFC 7627
  Fact encrypt_then_mac = Fact::unknown;        // RFC 7366
  Fact compression = Fact::unknown;             // DEFLATE, RFC 3749
  Fact heartbeat = Fact::unknown;               // RFC 6520
  // The order is the server's, but a client that puts ChaCha20 before AES gets it; unknown where
  // the client decides anyway, or there is nothing to choose.
  Fact chacha20_by_client = Fact::unknown;
  Fact client_certificate = Fact::unknown;  // whoever has none is turned away (RFC 5246 7.4.6)
  Fact heartbleed = Fact::unknown;          // CVE-2014-0160
  Fact ccs_injection = Fact::unknown;       // CVE-2014-0224; unknown where no alert came
  bool operator==(const Facts&) const = default;
};

// A harmless hello that it cannot bear.
struct Intolerance {
  std::string id;   // "intolerant-long-hello"
  std::string why;  // what it answered
  bool operator==(const Intolerance&) const = default;
};

enum class Severity { note, low, medium, high, critical };
std::string_view name(Severity);
struct Weakness {
  std::string id;  // stable; `tlspolicy explain ID`
  Severity severity{};
  std::string evidence;  // "TLSv1.0 TLS_RSA_WITH_3DES_EDE_CBC_SHA"
  // What tells it from others of the same id at this endpoint, in every run alike: "TLSv1.0"; ""
  // where there is one at most.
  std::string about = {};
  bool operator==(const Weakness&) const = default;
};

struct HostKey {
  std::string algorithm;  // "ssh-ed25519"
  int bits = 0;
  std::string sha256;  // base64 without padding, as ssh-keygen -l shows it
  bool operator==(const HostKey&) const = default;
};
struct Ssh {
  wire::SshOffer offer;
  std::vector<HostKey> host_keys;
  std::vector<std::string> server_sig_algs;  // RFC 8308
  Fact strict_kex = Fact::unknown;
  std::vector<int> moduli;  // sizes that diffie-hellman-group-exchange gave; only on request
  bool operator==(const Ssh&) const = default;
};

// What was asked for, before any name was looked up.
struct Target {
  std::string name;    // host name or address, as it was typed
  probe::Place place;  // one address of it
  // Where one address is to be scanned: the name's others, that are not; and those before it where
  // no connection came about, with why.
  std::vector<std::string> others = {};
  std::vector<Gap> unreached = {};
  bool operator==(const Target&) const = default;
};

struct Endpoint {
  Target target;
  // Did a TLS (or SSH) server answer there?  If not, `why` is all that is known.
  Fact serves = Fact::unknown;
  std::string why;
  std::vector<Version> versions;                 // SSLv2 to TLS 1.3, all six
  Preference<crypto::Group> groups12, groups13;  // up to TLS 1.2; in TLS 1.3
  std::vector<Schemes> schemes12;
  std::vector<Signed13> signed13;
  std::vector<Field> fields;
  std::vector<Chain> chains;
  Facts facts;
  std::vector<Intolerance> intolerances;
  std::vector<Weakness> weaknesses;  // worst first
  std::optional<Ssh> ssh;
  std::vector<Gap> gaps;
  int connections = 0;
  bool operator==(const Endpoint&) const = default;
};

const Version* find(const Endpoint&, crypto::Protocol);
bool accepts(const Endpoint&, crypto::Protocol);

}  // namespace tlspolicy::scan
