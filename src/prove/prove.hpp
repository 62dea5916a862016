// SPDX-License-Identifier: Apache-2.0
// Proof: what an endpoint is expected to accept, what was seen, and a verdict that follows from
// those two alone.  Knows no service and no plan.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "policy/policy.hpp"
#include "probe/catcher.hpp"
#include "probe/probe.hpp"

namespace tlspolicy::prove {

// The dimensions of R3, by the name that manifests and reports use.
enum class Dimension {
  protocols,
  suites,
  tls13_suites,
  groups,
  schemes,
  order,
  sizes,
  ssh_kex,
  ssh_ciphers,
  ssh_macs,
  ssh_host_keys,
  ssh_public_keys,
  ssh_sizes
};
std::string_view name(Dimension);  // "protocols", "tls13_suites", "ssh_kex"
std::optional<Dimension> dimension_named(std::string_view);

// What the endpoint may accept: nothing outside these lists.  Empty lists say nothing is expected
// of that dimension; without `protocols` nothing is expected but that it serves (upstream).
struct TlsExpectation {
  // The policy's own lists, where the service cannot be kept to them and does more (R3): what is
  // accepted outside of these is told, and is no fault.
  struct OfPolicy {
    crypto::Suites tls13_suites;
    crypto::Groups groups;
    crypto::Schemes schemes;
    bool operator==(const OfPolicy&) const = default;
  };
  crypto::Protocols protocols;
  crypto::Suites suites;
  crypto::Suites tls13_suites;
  crypto::Groups groups;
  crypto::Schemes schemes;
  std::optional<policy::Order> order;  // nullopt: no demand
  int rsa_bits = 0, ec_bits = 0, dh_bits = 0;
  OfPolicy of_policy{};
  bool operator==(const TlsExpectation&) const = default;
};
// A part of sshd's configuration that holds for some connections only, such as this one.
struct SshBlock {
  std::string text;        // "Match User bob (/etc/ssh/sshd_config:120)"
  std::string connection;  // as `sshd -T -C` takes it; "": none is known
  bool operator==(const SshBlock&) const = default;
};
struct SshExpectation {
  std::vector<std::string> kex, ciphers, macs, host_keys, public_keys;
  int rsa_bits = 0;
  std::vector<SshBlock> blocks;
  bool operator==(const SshExpectation&) const = default;
};

// A client of this host, which is made to come to us, so that its own hello can be judged.
struct Client {
  std::string way;                          // "postfix-queue"; "": the target is a server
  std::map<std::string, std::string> with;  // what this way needs: {"transport": "smtp"}
  bool operator==(const Client&) const = default;
};

struct Target {
  std::string service;   // "httpd"
  std::string endpoint;  // stable id for people and JSON: "httpd:443:www.example.org"
  probe::Place place;
  std::variant<TlsExpectation, SshExpectation> expect;
  std::set<Dimension> observed;  // not enforced: held against the prediction (R3)
  Client client{};
  bool operator==(const Target&) const = default;
};
bool asks_only_to_serve(const Target&);  // no policy holds it
std::string to_json(const Target&);      // the journal keeps it
Result<Target> target_from_json(std::string_view);

enum class Outcome { complies, fails, not_proven };
std::string_view name(Outcome);  // "complies", "fails", "not proven"

// What one question showed.  Those that comply say what was proven and beside which control.
struct Finding {
  std::string id;  // "protocol-outside", "suite-outside", "no-control", …
  Dimension dimension{};
  Outcome outcome{};
  std::string text;     // one line for people
  bool beyond = false;  // complies, and yet outside the policy: nothing could enforce it
  bool operator==(const Finding&) const = default;
};
// What the wire showed, for reports and for comparing with other tools.
struct Seen {
  crypto::Protocols protocols;  // accepted
  crypto::Suites suites;        // every suite that was chosen in some answer
  crypto::Groups groups;
  std::optional<crypto::Group>
      preferred_group;  // chosen when all known groups were offered, TLS 1.3
  std::vector<probe::Handshake> handshakes;
  std::optional<wire::SshOffer> ssh;
  std::vector<std::string> server_sig_algs;  // RFC 8308
};
struct Verdict {
  Target target;
  Outcome outcome = Outcome::not_proven;  // the worst of the findings; complies needs every proof
  bool serves = false;                    // something worked: it is up
  std::vector<Finding> findings;          // sorted, worst first
  Seen seen;
  int connections = 0;
};
// Complies, but only as far as the service can be kept to the policy.
bool beyond_policy(const Verdict&);

// At most this many connections to one endpoint, controls and full handshakes included.
inline constexpr int kConnections = 20;

// What sshd says that it makes of one connection (`sshd -T -C`).
struct SshEffective {
  bool nobody = false;                   // no user exists for whom the block holds
  std::vector<std::string> public_keys;  // empty: it did not say
  std::optional<int> rsa_bits;           // nullopt: it knows no such setting
};

// What proving needs from outside.
struct Means {
  probe::Limits limits{};
  // The user-key algorithms that an SSH server announces (RFC 8308 server-sig-algs).  They stand
  // behind the key exchange, where our probes do not go: the caller asks ssh(1).  Without it an
  // expectation of `public_keys` stays not proven.
  std::function<std::vector<std::string>(const probe::Place&)> ssh_sig_algs{};
  // What shows on no wire before a user logs in.  `connection` as in SshBlock; "" is one that no
  // block need hold for.
  std::function<std::optional<SshEffective>(const std::string& connection)> ssh_effective{};
  // Makes a client come to us, which speaks `preamble` before TLS.  Without it nothing is proven.
  std::function<probe::Caught(const Client&, const std::string& preamble)> caught{};
};

// Proves all targets side by side, at most kConnections each; see ARCHITECTURE "Proof".  Findings
// that comply are in the verdicts too: they say what was proven.
std::vector<Verdict> prove(const std::vector<Target>&, const Means& = {});
std::vector<Verdict> prove(const std::vector<Target>&, probe::Limits);

// R11: which of these does the endpoint accept *now*?  Only the weak ones matter there.
struct Now {
  bool reachable = false;
  crypto::Protocols protocols;
  std::vector<std::pair<crypto::Protocol, crypto::Suite>> suites;  // of those asked for
  crypto::Groups groups;                                           // of those asked for
  std::optional<crypto::Group> preferred_group;
  std::optional<wire::SshOffer> ssh;
};
struct NowQuestion {
  probe::Place place;
  crypto::Suites suites;  // tried at every accepted version up to 1.2
  crypto::Groups groups;
  Client client{};
};
std::vector<Now> measure(const std::vector<NowQuestion>&, const Means& = {});
std::vector<Now> measure(const std::vector<NowQuestion>&, probe::Limits);

}  // namespace tlspolicy::prove
