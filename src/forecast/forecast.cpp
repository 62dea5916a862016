// SPDX-License-Identifier: Apache-2.0
// Judges a client's offer; see forecast.hpp.
#include "forecast/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tlspolicy::forecast {
namespace {
using crypto::KeyExchange;
using crypto::Protocol;

template <class List, class Item>
bool has(const List& list, const Item& item) {
  return std::ranges::find(list, item) != list.end();
}

Outcome lost(std::string id, std::string why) { return {{}, {std::move(id), std::move(why)}}; }

bool speaks(const Client& client, Protocol protocol) {
  return protocol >= client.min_protocol && protocol <= client.max_protocol;
}

// Does a certificate of ours go with the suite?  Suites of TLS 1.3 leave that to the schemes.
bool certified(const crypto::SuiteInfo& suite, const Accepted& accepted) {
  if (suite.auth == crypto::Auth::rsa) return accepted.rsa;
  if (suite.auth == crypto::Auth::ecdsa) return accepted.ecdsa;
  if (suite.auth == crypto::Auth::dss) return accepted.dss;
  return suite.auth == crypto::Auth::tls13;
}

bool elliptic(const crypto::SuiteInfo& suite) {
  return suite.kx == KeyExchange::ecdhe || suite.kx == KeyExchange::tls13;
}
bool signs(const crypto::SuiteInfo& suite) {
  return elliptic(suite) || suite.kx == KeyExchange::dhe;
}

// The first of the deciding side's list that the other has too.
template <class List>
std::vector<typename List::value_type> common(const List& client, const List& server,
                                              bool server_order) {
  std::vector<typename List::value_type> out;
  const auto& first = server_order ? server : client;
  const auto& second = server_order ? client : server;
  std::ranges::copy_if(first, std::back_inserter(out),
                       [&](const auto& item) { return has(second, item); });
  return out;
}

// A client that names no group leaves the choice to the server (RFC 8422 4).
std::optional<crypto::Group> group_for(const Client& client, const Accepted& accepted,
                                       Protocol protocol) {
  const auto fits = [&](crypto::Group group) {
    const auto* info = crypto::find(group);
    // Before TLS 1.3 only curves: finite fields there come with DHE suites, hybrids not at all.
    return protocol == Protocol::tls13 || (info && info->elliptic && !info->post_quantum);
  };
  auto shared = client.groups.empty() && protocol < Protocol::tls13
                    ? accepted.groups
                    : common(client.groups, accepted.groups,
                             accepted.own_group_order.value_or(accepted.server_order));
  std::erase_if(shared, [&](auto group) { return !fits(group); });
  if (shared.empty()) return std::nullopt;
  return shared.front();
}

// Is there a scheme for the key that the suite signs with?  RFC 5246 7.4.1.4.1: a client without
// the extension means SHA-1; before TLS 1.2 schemes are not negotiated.
bool can_sign(const Client& client, const Accepted& accepted, const crypto::SuiteInfo& suite,
              Protocol protocol) {
  if (protocol < Protocol::tls12 || !signs(suite)) return true;
  const auto fits = [&](crypto::Scheme scheme) {
    const auto* info = crypto::find(scheme);
    if (!info || !has(accepted.schemes, scheme)) return false;
    const bool rsa = info->key == "rsa", dsa = info->key == "dsa";
    if (protocol == Protocol::tls13)
      return info->tls13 && ((rsa && accepted.rsa) || (!rsa && accepted.ecdsa));
    return rsa == (suite.auth == crypto::Auth::rsa) && dsa == (suite.auth == crypto::Auth::dss);
  };
  if (client.schemes.empty())
    return std::ranges::any_of(crypto::all_schemes(), [&](const auto& info) {
      return info.hash == "SHA1" && fits(info.scheme);
    });
  return std::ranges::any_of(client.schemes, fits);
}

// RFC 8422 5.1: up to TLS 1.2 a client that names groups names the curves of certificates too.
bool knows_curve(const Client& client, const Accepted& accepted, const crypto::SuiteInfo& suite) {
  if (suite.auth != crypto::Auth::ecdsa || client.groups.empty() || accepted.curves.empty())
    return true;
  return std::ranges::any_of(accepted.curves,
                             [&](auto curve) { return has(client.groups, curve); });
}

Protocol oldest(const crypto::Protocols& list) { return *std::ranges::min_element(list); }

Outcome choose(const Client& client, const Accepted& accepted, Protocol protocol) {
  const bool last = protocol == Protocol::tls13;
  auto suites = common(last ? client.tls13_suites : client.suites,
                       last ? accepted.tls13_suites : accepted.suites, accepted.server_order);
  std::erase_if(suites, [&](crypto::Suite suite) {
    return !crypto::usable_in(suite, protocol) || !certified(*crypto::find(suite), accepted);
  });
  if (suites.empty())
    return lost("suite", fmt::format("no suite in common in {}", crypto::name(protocol)));
  Outcome out = lost("", "");
  for (const auto suite : suites) {
    const auto& info = *crypto::find(suite);
    const auto group = elliptic(info) ? group_for(client, accepted, protocol) : std::nullopt;
    if (elliptic(info) && !group) {
      if (out.loss.id.empty()) out = lost("group", "no group in common");
      continue;
    }
    if (!knows_curve(client, accepted, info)) {
      if (out.loss.id.empty()) out = lost("group", "does not know the curve of the certificate");
      continue;
    }
    if (!can_sign(client, accepted, info, protocol)) {
      if (out.loss.id.empty()) out = lost("scheme", "no signature scheme in common");
      continue;
    }
    // A server does not know how long a prime its client takes: it goes on, and the client breaks
    // off.
    if (info.kx == KeyExchange::dhe && client.dh_bits != 0 && accepted.dh_bits > client.dh_bits)
      return lost("dh-bits", fmt::format("takes DH primes up to {} bits, gets {}", client.dh_bits,
                                         accepted.dh_bits));
    if (info.kx == KeyExchange::dhe && accepted.dh_bits != 0 &&
        accepted.dh_bits < client.min_dh_bits)
      return lost("dh-bits", fmt::format("takes DH primes from {} bits on, gets {}",
                                         client.min_dh_bits, accepted.dh_bits));
    return {Handshake{protocol, suite, group}, {}};
  }
  return out;
}

}  // namespace

Accepted accepted_by(const policy::Tls& tls) {
  Accepted out{.protocols = {},
               .suites = tls.suites,
               .tls13_suites = tls.tls13_suites,
               .groups = tls.groups,
               .schemes = tls.schemes,
               .server_order = tls.order == policy::Order::server,
               .own_group_order = {},
               .dh_bits = tls.dh_bits};
  for (const Protocol protocol : crypto::all_protocols())
    if (protocol >= tls.min_protocol && protocol <= tls.max_protocol)
      out.protocols.push_back(protocol);
  return out;
}

Outcome judge(const Client& client, const Accepted& accepted) {
  if (accepted.protocols.empty()) return lost("protocol", "nothing is accepted");
  // The server takes the newest version that it has and the client's hello does not exceed.
  std::optional<Protocol> chosen;
  for (const Protocol protocol : accepted.protocols)
    if (protocol <= client.max_protocol && (!chosen || protocol > *chosen)) chosen = protocol;
  if (!chosen)
    return lost("protocol",
                fmt::format("speaks {} at most; {} is needed", crypto::name(client.max_protocol),
                            crypto::name(oldest(accepted.protocols))));
  if (!speaks(client, *chosen))
    return lost("protocol", fmt::format("needs {} at least", crypto::name(client.min_protocol)));
  return choose(client, accepted, *chosen);
}

std::vector<Lost> lost_by(const policy::Policy& policy, const Clients& clients) {
  const auto imap = policy.services.find("dovecot");
  const Accepted tls = accepted_by(policy.tls);
  const Accepted mail = imap == policy.services.end() ? tls : accepted_by(imap->second);
  const Accepted port25 = accepted_by(policy.opportunistic.value_or(policy.tls));
  std::vector<Lost> out;
  for (const auto& client : clients)
    for (const Use use : client.uses) {
      auto outcome = judge(client, use == Use::mta ? port25 : tls);
      if (use == Use::mail && outcome.handshake) outcome = judge(client, mail);
      if (!outcome.handshake)
        out.push_back({&client, use, std::move(outcome.loss), use == Use::mta});
    }
  return out;
}

}  // namespace tlspolicy::forecast
