// SPDX-License-Identifier: Apache-2.0
// The rules by which a server on paper answers (RFC 5246 7.4.1, RFC 8422 5.1, RFC 8446 4.1).
#include "paper_server.hpp"

#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::KeyExchange, crypto::Protocol;

constexpr int kHandshakeFailure = 40;
constexpr int kProtocolVersion = 70;

// The first of `preferred` that is in `other`.
template <class T>
std::optional<T> first_common(const std::vector<T>& preferred, const std::vector<T>& other) {
  for (const T& item : preferred)
    if (has(other, item)) return item;
  return std::nullopt;
}

template <class T>
std::optional<T> agree(policy::Order order, const std::vector<T>& client,
                       const std::vector<T>& server) {
  return order == policy::Order::client ? first_common(client, server)
                                        : first_common(server, client);
}

std::optional<crypto::Group> curve_for(const PaperServer& server, const wire::Hello& hello) {
  const auto elliptic =
      only(server.groups, [](auto group) { return crypto::find(group)->elliptic; });
  return agree(server.order, hello.groups, elliptic);
}

std::optional<crypto::Scheme> scheme_for(const PaperServer& server, const wire::Hello& hello) {
  const std::string key = server.key == "RSA" ? "rsa" : "ecdsa";
  const auto fitting =
      only(hello.schemes, [&](auto scheme) { return crypto::find(scheme)->key == key; });
  if (server.schemes.empty())
    return fitting.empty() ? std::nullopt : std::optional(fitting.front());
  return first_common(fitting, server.schemes);
}

bool can_use(const PaperServer& server, const wire::Hello& hello, Protocol version,
             crypto::Suite suite) {
  const auto* info = crypto::find(suite);
  if (!info || !crypto::answerable_in(suite, version)) return false;
  const bool elliptic = info->kx == KeyExchange::ecdhe;
  const bool signs = elliptic || info->kx == KeyExchange::dhe;
  if (info->auth != (server.key == "RSA" ? crypto::Auth::rsa : crypto::Auth::ecdsa)) return false;
  if (server.curve && !has(hello.groups, *server.curve)) return false;
  if (elliptic && !curve_for(server, hello)) return false;
  return !signs || version != Protocol::tls12 || scheme_for(server, hello).has_value();
}

wire::Answer answer_tls13(const PaperServer& server, const wire::Hello& hello) {
  const auto suite = agree(server.order, hello.suites, server.tls13_suites);
  const auto group = agree(server.order, hello.groups, server.groups);
  if (!suite || !group) return wire::Refused{kHandshakeFailure};
  return wire::Retry{*suite, *group};
}

wire::Answer answer_older(const PaperServer& server, const wire::Hello& hello, Protocol version) {
  const auto usable = [&](auto suite) { return can_use(server, hello, version, suite); };
  const auto suite = agree(server.order, only(hello.suites, usable), server.suites);
  if (!suite) return wire::Refused{kHandshakeFailure};
  wire::Chosen out;
  out.version = version;
  out.suite = *suite;
  const KeyExchange kx = crypto::find(*suite)->kx;
  if (kx == KeyExchange::ecdhe) out.group = curve_for(server, hello);
  if (kx == KeyExchange::dhe) out.dh_bits = server.dh_bits;
  const bool signs = kx == KeyExchange::ecdhe || kx == KeyExchange::dhe;
  if (signs && version == Protocol::tls12) out.scheme = scheme_for(server, hello);
  if (!server.leaf.empty()) out.certificates = {server.leaf};
  return out;
}
}  // namespace

wire::Answer PaperServer::answer(const wire::Hello& hello) const {
  if (quirk)
    if (const auto odd = quirk(hello)) return *odd;
  if (hello.suites.size() > most_suites) return wire::Refused{kHandshakeFailure};
  if (hello.versions == crypto::Protocols{Protocol::ssl2}) {
    if (!has(protocols, Protocol::ssl2)) return wire::Closed{false};
    wire::Chosen out;
    out.version = Protocol::ssl2;
    out.ssl2_suites = hello.suites;
    out.suite = hello.suites.front();
    return out;
  }
  crypto::Protocols offered = hello.versions;
  std::ranges::sort(offered, std::greater{});
  for (const Protocol version : offered)
    if (has(protocols, version))
      return version == Protocol::tls13 ? answer_tls13(*this, hello)
                                        : answer_older(*this, hello, version);
  crypto::Protocols older = only(protocols, [&](Protocol p) { return p < offered.front(); });
  std::ranges::sort(older, std::greater{});
  if (offered.front() == Protocol::tls13 || older.empty()) return wire::Refused{kProtocolVersion};
  return wire::Nonsense{"an older version", older.front()};
}

PaperServer exactly(const TlsExpectation& e) {
  PaperServer out;
  out.protocols = e.protocols;
  out.suites = e.suites;
  out.tls13_suites = e.tls13_suites;
  out.groups = e.groups;
  out.schemes = e.schemes;
  out.order = e.order.value_or(policy::Order::client);
  return out;
}

namespace {
Tried shake_hands(const PaperServer& server, const TlsExpectation& e, Protocol version) {
  const auto suites = allowed_in(e, version);
  const wire::Answer answer =
      server.answer({.versions = {version},
                     .suites = suites.empty() ? popular_in(version) : suites,
                     .groups = e.groups.empty() ? known_groups() : e.groups,
                     .schemes = with(e.schemes, known_schemes()),
                     .shares = {},
                     .sni = {}});
  Tried out{version, {}};
  out.handshake.version = version;
  out.handshake.key_type = server.key;
  out.handshake.key_bits = server.key == "RSA" ? 2048 : 256;
  out.handshake.done = accepted(answer);
  out.handshake.turned_down = std::holds_alternative<wire::Refused>(answer);
  out.handshake.why = out.handshake.done ? "" : describe(answer);
  if (const auto* chosen = std::get_if<wire::Chosen>(&answer)) out.handshake.suite = chosen->suite;
  if (const auto* retry = std::get_if<wire::Retry>(&answer)) out.handshake.suite = retry->suite;
  return out;
}
}  // namespace

PaperProof prove_on_paper(const PaperServer& server, const TlsExpectation& e,
                          const std::set<Dimension>& observed) {
  Evidence evidence;
  const int most = kConnections - static_cast<int>(handshake_versions(e).size());
  for (;;) {
    const auto hellos = next(questions(e, evidence.answers), evidence.answers,
                             most - static_cast<int>(evidence.answers.size()));
    if (hellos.empty()) break;
    for (const auto& hello : hellos) evidence.answers.push_back({hello, server.answer(hello)});
  }
  for (const Protocol version : handshake_versions(e, evidence.answers)) {
    evidence.handshakes.push_back(shake_hands(server, e, version));
    if (e.protocols.empty() && evidence.handshakes.back().handshake.done) break;
  }
  evidence.connections = static_cast<int>(evidence.answers.size() + evidence.handshakes.size());
  const Target target{
      .service = "web", .endpoint = "web:1", .place = {}, .expect = e, .observed = observed};
  return {judge(target, evidence), evidence.answers};
}

}  // namespace tlspolicy::prove
