// SPDX-License-Identifier: Apache-2.0
// What a TLS endpoint accepts against a policy's [tls], dimension by dimension; see against.hpp.
#include <fmt/format.h>

#include "base/lists.hpp"
#include "scan/deviations.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::KeyExchange, crypto::Protocol;

bool allows(const policy::Tls& tls, Protocol version) {
  return version >= tls.min_protocol && version <= tls.max_protocol;
}

// Versions that the policy allows and the endpoint speaks.
std::vector<const Version*> inside(const Endpoint& endpoint, const policy::Tls& tls) {
  std::vector<const Version*> out;
  for (const Version& one : endpoint.versions)
    if (one.accepted == Fact::yes && allows(tls, one.protocol)) out.push_back(&one);
  return out;
}

void hold_protocols(const Endpoint& endpoint, const policy::Tls& tls, Deviations& out) {
  out.held("protocols");
  for (const Version& one : endpoint.versions) {
    if (one.accepted == Fact::unknown)
      out.not_known(fmt::format("whether {} is accepted: {}", name(one.protocol), one.why));
    if (one.accepted == Fact::yes && !allows(tls, one.protocol))
      out.fails("protocol-outside", fmt::format("accepts {}", name(one.protocol)));
  }
  const bool works = std::ranges::any_of(inside(endpoint, tls), [&](const Version* one) {
    const auto& allowed = one->protocol == Protocol::tls13 ? tls.tls13_suites : tls.suites;
    return !one->suites.whole || std::ranges::any_of(one->suites.accepted, [&](auto suite) {
      return base::has(allowed, suite);
    });
  });
  if (!works) out.fails("nothing-works", "no version and suite of the policy is accepted");
}

void hold_suites(const Endpoint& endpoint, const policy::Tls& tls, bool newest, Deviations& out) {
  out.held(newest ? "tls13_suites" : "suites");
  const auto& allowed = newest ? tls.tls13_suites : tls.suites;
  for (const Version* one : inside(endpoint, tls)) {
    if ((one->protocol == Protocol::tls13) != newest) continue;
    for (const auto suite : one->suites.accepted)
      if (!base::has(allowed, suite))
        out.fails(newest ? "tls13-suite-outside" : "suite-outside",
                  fmt::format("accepts {} in {}", name(suite), name(one->protocol)));
    if (!one->suites.whole)
      out.not_known(fmt::format("whether {} has more suites", name(one->protocol)));
  }
}

bool uses(const Endpoint& endpoint, const policy::Tls& tls, KeyExchange kx) {
  return std::ranges::any_of(inside(endpoint, tls), [&](const Version* one) {
    return std::ranges::any_of(one->suites.accepted, [&](auto suite) {
      const auto* info = crypto::find(suite);
      return info && info->kx == kx;
    });
  });
}

void hold_groups(const Endpoint& endpoint, const policy::Tls& tls, Deviations& out) {
  out.held("groups");
  const auto hold = [&](const Preference<crypto::Group>& groups, std::string_view where) {
    for (const auto group : groups.accepted) {
      const auto* info = crypto::find(group);
      // Up to TLS 1.2 a finite field is judged by its size: servers choose it freely (RFC 7919 3).
      const bool by_size = &groups == &endpoint.groups12 && info && !info->elliptic;
      if (!by_size && !base::has(tls.groups, group))
        out.fails("group-outside", fmt::format("accepts the group {} {}", name(group), where));
    }
    if (!groups.whole) out.not_known(fmt::format("whether it has more groups {}", where));
  };
  if (uses(endpoint, tls, KeyExchange::ecdhe)) hold(endpoint.groups12, "up to TLSv1.2");
  if (accepts(endpoint, Protocol::tls13) && allows(tls, Protocol::tls13))
    hold(endpoint.groups13, "in TLSv1.3");
}

void hold_schemes(const Endpoint& endpoint, const policy::Tls& tls, Deviations& out) {
  out.held("schemes");
  const auto outside = [&](crypto::Scheme scheme, std::string_view where) {
    if (!base::has(tls.schemes, scheme))
      out.fails("scheme-outside", fmt::format("signs with {} in {}", name(scheme), where));
  };
  if (accepts(endpoint, Protocol::tls12) && allows(tls, Protocol::tls12))
    for (const Schemes& one : endpoint.schemes12) {
      for (const auto scheme : one.schemes.accepted) outside(scheme, "TLSv1.2");
      if (!one.schemes.whole)
        out.not_known(fmt::format("whether {} signs with more schemes in TLSv1.2", one.key));
    }
  if (allows(tls, Protocol::tls13))
    for (const Signed13& one : endpoint.signed13)
      if (one.scheme) outside(*one.scheme, "TLSv1.3");
  for (const Chain& chain : endpoint.chains) {
    const Certificate& leaf = chain.certificates.front();
    // Nobody relies on the signature of a self-signed certificate.
    if (leaf.self_signed || leaf.signature_hash.empty()) continue;
    const bool known = std::ranges::any_of(tls.schemes, [&](auto scheme) {
      const auto* info = crypto::find(scheme);
      return info && info->hash == leaf.signature_hash;
    });
    if (!known)
      out.fails("certificate-hash", "the certificate is signed with " + leaf.signature_hash);
  }
}

// As `check` holds it: where the client's order is wanted, a single suite has no order.
void hold_order(const Endpoint& endpoint, const policy::Tls& tls, Deviations& out) {
  out.held("order");
  for (const Version* one : inside(endpoint, tls)) {
    if (one->protocol == Protocol::tls13 || one->suites.accepted.size() < 2) continue;
    const Order wanted = tls.order == policy::Order::server ? Order::server : Order::client;
    if (one->suites.order == Order::unknown)
      out.not_known(fmt::format("whose order decides in {}", name(one->protocol)));
    else if (one->suites.order != wanted)
      out.fails("order-differs", fmt::format("the {}'s order decides in {}",
                                             name(one->suites.order), name(one->protocol)));
  }
}

void hold_sizes(const Endpoint& endpoint, const policy::Tls& tls, Deviations& out) {
  out.held("sizes");
  for (const Field& field : endpoint.fields)
    if (field.bits < tls.dh_bits)
      out.fails("dh-too-small", fmt::format("DHE in a field of {} bits; at least {} expected",
                                            field.bits, tls.dh_bits));
  if (endpoint.chains.empty()) out.not_known("the key: no certificate was seen");
  for (const Chain& chain : endpoint.chains) {
    const Certificate& leaf = chain.certificates.front();
    const int least = leaf.key_type.starts_with("RSA") ? tls.rsa_bits
                      : leaf.key_type == "EC"          ? tls.ec_bits
                                                       : 0;
    if (leaf.key_bits < least)
      out.fails("key-too-small", fmt::format("certificate with {} {}; at least {} bits expected",
                                             leaf.key_type, leaf.key_bits, least));
  }
  // 20180330 knows RSA alone; an EC certificate is fine where an RSA one stands beside it.
  const bool rsa = std::ranges::any_of(endpoint.chains, [](const Chain& chain) {
    return chain.certificates.front().key_type.starts_with("RSA");
  });
  if (!tls.ec_certificates && !rsa && !endpoint.chains.empty())
    out.fails("certificate-unfit", "only RSA certificates fit the policy, and there is none");
}
}  // namespace

void hold_tls(const Endpoint& endpoint, const policy::Tls& tls, Deviations& out) {
  if (endpoint.serves != Fact::yes) {
    out.held("protocols");
    return out.not_known("nothing was accepted: " + endpoint.why);
  }
  hold_protocols(endpoint, tls, out);
  hold_suites(endpoint, tls, false, out);
  hold_suites(endpoint, tls, true, out);
  hold_groups(endpoint, tls, out);
  hold_schemes(endpoint, tls, out);
  hold_order(endpoint, tls, out);
  hold_sizes(endpoint, tls, out);
}

}  // namespace tlspolicy::scan
