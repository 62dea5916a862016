// SPDX-License-Identifier: Apache-2.0
// Policy facts as a service's words; see facts.hpp.
#include "service/facts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "dialect/gnutls.hpp"
#include "dialect/openssh.hpp"
#include "dialect/openssl.hpp"

namespace tlspolicy::service {
namespace {
using namespace std::string_view_literals;
using crypto::Protocol;

dialect::openssl::Library library_of(const Capability& can) {
  dialect::openssl::Library out;
  if (auto version = base::parse_version(can.library_version)) out.version = *version;
  if (!can.suites.empty()) out.suites = can.suites;
  if (!can.groups.empty()) out.groups = can.groups;
  if (!can.schemes.empty()) out.schemes = can.schemes;
  return out;
}

dialect::openssh::Program program_of(const Capability& can) {
  dialect::openssh::Program out;
  if (auto version = base::parse_version(can.program_version)) out.version = *version;
  out.kex = can.kex;
  out.ciphers = can.ciphers;
  out.macs = can.macs;
  out.host_keys = can.host_keys;
  return out;
}

bool inside(const policy::Tls& tls, Protocol protocol) {
  return protocol >= tls.min_protocol && protocol <= tls.max_protocol;
}

// SSLProtocol, mod_ssl: starts from nothing, then adds.
Rendered apache_protocols(const policy::Tls& tls) {
  Rendered out{"-all", {}, {}, {}, {}};
  for (const Protocol protocol : crypto::all_protocols()) {
    if (!inside(tls, protocol)) continue;
    // SSLv2 has no word in Apache 2.4, and SSLv3 one only where the library has it; no policy wants
    // them.
    out.text += " +" + dialect::openssl::protocol(protocol);
    out.said.emplace_back(crypto::name(protocol));
  }
  return out;
}

// SSL_CONF_cmd(3), Protocol: "-TLSv1" sets SSL_OP_NO_TLSv1 and never takes a bound away.
Rendered forbidden_protocols(const policy::Tls& tls) {
  Rendered out;
  for (const Protocol protocol : crypto::all_protocols()) {
    if (inside(tls, protocol)) {
      out.said.emplace_back(crypto::name(protocol));
    } else if (protocol != Protocol::ssl2) {  // no OpenSSL since 1.1.0 has it, nor a word for it
      out.text += (out.text.empty() ? "-" : ",-") + dialect::openssl::protocol(protocol);
    }
  }
  return out;
}

Rendered of(dialect::openssl::Words words) {
  return {std::move(words.text), std::move(words.said), std::move(words.unsayable), {}, {}};
}
Rendered of(dialect::openssh::Words words) {
  return {std::move(words.text), std::move(words.said), std::move(words.unsayable), {}, {}};
}

Rendered suites(const policy::Tls& tls, const Capability& can) {
  const auto library = library_of(can);
  const int level = dialect::openssl::security_level_for(tls.min_protocol, tls.suites, library);
  return of(dialect::openssl::cipher_string(tls.suites, library, level));
}

// A lower bound alone: everything above it stays allowed, whatever the policy's maximum says.
Rendered min_protocol(const policy::Tls& tls) {
  Rendered out{dialect::openssl::protocol(tls.min_protocol), {}, {}, {}, {}};
  for (const Protocol protocol : crypto::all_protocols())
    if (protocol >= tls.min_protocol) out.said.emplace_back(crypto::name(protocol));
  return out;
}

// The smallest group of RFC 7919 that is big enough, as a file of ours; nothing where no suite of
// the policy needs one.
Rendered dh_file(const policy::Tls& tls, std::string_view folder) {
  const bool needed = std::ranges::any_of(tls.suites, [](crypto::Suite suite) {
    const auto* info = crypto::find(suite);
    return info && info->kx == crypto::KeyExchange::dhe;
  });
  if (!needed) return {};
  for (const int bits : {2048, 3072, 4096, 6144, 8192})
    if (bits >= tls.dh_bits)
      return {fmt::format("{}/ffdhe{}.pem", folder, bits), {std::to_string(bits)}, {}, {}, {}};
  return {};
}

Rendered order(const policy::Tls& tls, std::string_view choices) {
  const auto words = base::split(choices, ',');
  const bool server = tls.order == policy::Order::server;
  return {
      words.size() == 2 ? words[server ? 0 : 1] : "", {server ? "server" : "client"}, {}, {}, {}};
}

// postconf(5), smtpd_tls_mandatory_protocols: bounds since Postfix 3.6.
Rendered postfix_bounds(const policy::Tls& tls) {
  auto out = forbidden_protocols(tls);
  out.text = fmt::format(">={}, <={}", dialect::openssl::protocol(tls.min_protocol),
                         dialect::openssl::protocol(tls.max_protocol));
  return out;
}

Rendered postfix_forbidden(const policy::Tls& tls) {
  auto out = forbidden_protocols(tls);
  out.text = "!SSLv2";
  for (const Protocol protocol : crypto::all_protocols())
    if (!inside(tls, protocol) && protocol != Protocol::ssl2)
      out.text += ", !" + dialect::openssl::protocol(protocol);
  return out;
}

// openssl_options: what is not named keeps exim's default, which has SSLv2 and SSLv3 off too.
Rendered exim_forbidden(const policy::Tls& tls) {
  auto out = forbidden_protocols(tls);
  out.text = "+no_sslv2";
  for (const Protocol protocol : crypto::all_protocols())
    if (!inside(tls, protocol) && protocol != Protocol::ssl2)
      out.text +=
          " +no_" + base::replace_all(base::lower(dialect::openssl::protocol(protocol)), ".", "_");
  return out;
}

// tls_eecdh_auto_curves, tls_ffdhe_auto_groups: words with blanks between them.
Rendered postfix_groups(const Facts& facts, const Capability& can, bool finite) {
  crypto::Groups wanted;
  const auto take = [&](const crypto::Groups& from, const crypto::Groups& allowed) {
    for (const auto group : from) {
      const auto* info = crypto::find(group);
      const bool is_finite = info && !info->elliptic && !info->post_quantum;
      const bool known = std::ranges::find(wanted, group) != wanted.end();
      if (is_finite == finite && !known && std::ranges::find(allowed, group) != allowed.end())
        wanted.push_back(group);
    }
  };
  take(facts.opportunistic.groups, facts.tls.groups);
  take(facts.tls.groups, facts.tls.groups);
  auto out = of(dialect::openssl::groups(wanted, library_of(can)));
  out.text = base::join(base::split(out.text, ':'), " ");
  return out;
}

dialect::gnutls::Library gnutls_of(const Capability& can) {
  dialect::gnutls::Library out;
  if (auto version = base::parse_version(can.library_version)) out.version = *version;
  if (!can.words.empty()) out.words = can.words;
  return out;
}

std::string dimension_of(const std::string& name) {
  if (crypto::protocol_named(name)) return "protocols";
  if (const auto suite = crypto::suite_named(name))
    return crypto::usable_in(*suite, Protocol::tls13) ? "tls13_suites" : "suites";
  return crypto::group_named(name) ? "groups" : "schemes";
}

// Everything in one string; each name belongs to its dimension.
Rendered gnutls_priority(const policy::Tls& tls, const std::vector<Protocol>& holes,
                         const Capability& can) {
  dialect::gnutls::Meant meant{{}, tls.suites, tls.groups, tls.schemes, false};
  for (const Protocol protocol : crypto::all_protocols())
    if (inside(tls, protocol) && std::ranges::find(holes, protocol) == holes.end())
      meant.protocols.insert(meant.protocols.begin(), protocol);
  meant.suites.insert(meant.suites.end(), tls.tls13_suites.begin(), tls.tls13_suites.end());
  meant.server_order = tls.order == policy::Order::server;
  auto priority = dialect::gnutls::priority(meant, gnutls_of(can));
  std::ranges::reverse(priority.protocols);  // oldest first, as everywhere
  Rendered out{std::move(priority.text), {}, std::move(priority.unsayable), {}, {}};
  for (const auto* list :
       {&priority.protocols, &priority.suites, &priority.groups, &priority.schemes})
    for (const auto& name : *list) {
      out.said.push_back(name);
      out.dimensions[dimension_of(name)].said.push_back(name);
    }
  for (const auto& name : out.unsayable)
    out.dimensions[dimension_of(name)].unsayable.push_back(name);
  out.dimensions["order"].said = order(tls, "server,client").said;
  return out;
}

Rendered for_opportunistic(Rendered value) {
  std::map<std::string, Said> dimensions;
  for (auto& [dimension, said] : value.dimensions)
    dimensions[in_part("opportunistic", dimension)] = std::move(said);
  value.dimensions = std::move(dimensions);
  return value;
}

std::optional<Rendered> fact(std::string_view name, const Facts& facts, const Capability& can,
                             const policy::Tls& tls) {
  using dialect::openssh::List;
  const auto& ssh = facts.ssh;
  if (name.starts_with("tls.opportunistic.")) {
    auto out = fact("tls." + std::string(name.substr("tls.opportunistic."sv.size())), facts, can,
                    facts.opportunistic);
    return out ? std::optional(for_opportunistic(*std::move(out))) : std::nullopt;
  }
  if (name == "tls.priority:gnutls")
    return gnutls_priority(
        tls, &tls == &facts.opportunistic ? facts.opportunistic_holes : facts.holes, can);
  if (name == "tls.bounds:postfix") return postfix_bounds(tls);
  if (name == "tls.forbidden_protocols:exim") return exim_forbidden(tls);
  if (name == "tls.forbidden_protocols:postfix") return postfix_forbidden(tls);
  if (name == "tls.curves:postfix") return postfix_groups(facts, can, false);
  if (name == "tls.finite_fields:postfix") return postfix_groups(facts, can, true);
  if (name == "tls.protocols:apache") return apache_protocols(tls);
  if (name == "tls.forbidden_protocols:openssl") return forbidden_protocols(tls);
  if (name == "tls.min_protocol:openssl") return min_protocol(tls);
  if (name.starts_with("tls.dh_file:")) return dh_file(tls, name.substr("tls.dh_file:"sv.size()));
  if (name == "tls.suites:openssl") return suites(tls, can);
  if (name == "tls.tls13_suites:openssl")
    return of(dialect::openssl::ciphersuites(tls.tls13_suites, library_of(can)));
  if (name == "tls.groups:openssl")
    return of(dialect::openssl::groups(tls.groups, library_of(can)));
  if (name == "tls.schemes:openssl")
    return of(dialect::openssl::schemes(tls.schemes, library_of(can)));
  if (name.starts_with("tls.order:")) return order(tls, name.substr("tls.order:"sv.size()));
  if (name == "ssh.kex") return of(dialect::openssh::list(List::kex, ssh.kex, program_of(can)));
  if (name == "ssh.ciphers")
    return of(dialect::openssh::list(List::ciphers, ssh.ciphers, program_of(can)));
  if (name == "ssh.macs") return of(dialect::openssh::list(List::macs, ssh.macs, program_of(can)));
  if (name == "ssh.host_keys")
    return of(dialect::openssh::list(List::host_keys, ssh.host_keys, program_of(can)));
  if (name == "ssh.public_keys")
    return of(dialect::openssh::list(List::host_keys, ssh.public_keys, program_of(can)));
  if (name == "ssh.rsa_bits")
    return Rendered{std::to_string(ssh.rsa_bits), {std::to_string(ssh.rsa_bits)}, {}, {}, {}};
  return std::nullopt;
}

// "opportunistic.suites" of "tls.opportunistic.suites:openssl".
std::string decided_by(std::string_view fact) {
  fact.remove_prefix(std::min(fact.find('.') + 1, fact.size()));
  return std::string(fact.substr(0, fact.find(':')));
}

template <class List>
std::vector<std::string> names(const List& list) {
  std::vector<std::string> out;
  for (const auto& item : list) out.emplace_back(crypto::name(item));
  return out;
}

}  // namespace

Facts facts_of(const policy::Policy& policy, const std::string& service) {
  const auto special = policy.services.find(service);
  const auto& tls = special == policy.services.end() ? policy.tls : special->second;
  return {tls, policy.opportunistic.value_or(tls), policy.ssh};
}

void limit(Facts& facts, std::string_view name, const std::vector<std::string>& names) {
  const auto [part, dimension] = parted(name);
  auto& tls = is_opportunistic(part) ? facts.opportunistic : facts.tls;
  const auto is_out = [&](const auto& term) {
    return std::ranges::find(names, std::string(crypto::name(term))) == names.end();
  };
  if (dimension == "suites") std::erase_if(tls.suites, is_out);
  if (dimension == "tls13_suites") std::erase_if(tls.tls13_suites, is_out);
  if (dimension == "groups") std::erase_if(tls.groups, is_out);
  if (dimension == "schemes") std::erase_if(tls.schemes, is_out);
  if (dimension != "protocols") return;
  auto& holes = is_opportunistic(part) ? facts.opportunistic_holes : facts.holes;
  for (const Protocol protocol : crypto::all_protocols())
    if (inside(tls, protocol) && is_out(protocol) &&
        std::ranges::find(holes, protocol) == holes.end())
      holes.push_back(protocol);
  while (tls.min_protocol < tls.max_protocol && is_out(tls.min_protocol))
    tls.min_protocol =
        Protocol{static_cast<std::uint16_t>(static_cast<std::uint16_t>(tls.min_protocol) + 1)};
  while (tls.max_protocol > tls.min_protocol && is_out(tls.max_protocol))
    tls.max_protocol =
        Protocol{static_cast<std::uint16_t>(static_cast<std::uint16_t>(tls.max_protocol) - 1)};
}

Result<Rendered> render(std::string_view value, const Facts& facts, const Capability& can) {
  Rendered out;
  const bool for_the_program = value.find("$$") != std::string_view::npos;
  bool silent = false;  // a fact has nothing to say, so what stands around it says nothing either
  auto text = base::substitute(value, [&](std::string_view name) -> std::optional<std::string> {
    auto one = fact(name, facts, can, facts.tls);
    if (!one) return std::nullopt;
    out.said.insert(out.said.end(), one->said.begin(), one->said.end());
    out.unsayable.insert(out.unsayable.end(), one->unsayable.begin(), one->unsayable.end());
    if (for_the_program) {
      if (one->dimensions.empty()) one->dimensions[decided_by(name)] = {one->said, one->unsayable};
      out.facts.push_back(one->text);
    }
    out.dimensions.merge(one->dimensions);
    silent = silent || one->text.empty();
    return one->text;
  });
  if (!text) return tl::make_unexpected(text.error());
  if (!silent) out.text = std::move(*text);
  return out;
}

std::string dialect_of(const Manifest& manifest, const Capability& can) {
  return manifest.dialect == "library" ? can.library : manifest.dialect;
}

Said Rendered::of(const std::string& dimension) const {
  if (dimensions.empty()) return {said, unsayable};
  const auto found = dimensions.find(dimension);
  return found == dimensions.end() ? Said{} : found->second;
}

bool has_feature(const Manifest& manifest, std::string_view feature, const Instance& instance) {
  const bool negated = feature.starts_with('!');
  const auto name = feature.substr(negated ? 1 : 0);
  const auto found = std::ranges::find(manifest.features, name, &Feature::name);
  if (found != manifest.features.end() && !found->key.empty() && !instance.dump.empty())
    return instance.dump.contains(found->key) != negated;
  const auto& can = instance.capability;
  return has_feature(manifest, feature,
                     base::parse_version(can.program_version).value_or(base::Version{}),
                     base::parse_version(can.library_version).value_or(base::Version{}));
}

std::vector<std::string> names_of(std::string_view name, const Facts& facts) {
  const auto [part, dimension] = parted(name);
  const auto& tls = facts.tls_of(part);
  const auto& ssh = facts.ssh;
  if (dimension == "protocols") return forbidden_protocols(tls).said;
  if (dimension == "suites") return names(tls.suites);
  if (dimension == "tls13_suites") return names(tls.tls13_suites);
  if (dimension == "groups") return names(tls.groups);
  if (dimension == "schemes") return names(tls.schemes);
  if (dimension == "order") return order(tls, "server,client").said;
  if (dimension == "ssh_kex") return ssh.kex;
  if (dimension == "ssh_ciphers") return ssh.ciphers;
  if (dimension == "ssh_macs") return ssh.macs;
  if (dimension == "ssh_host_keys") return ssh.host_keys;
  if (dimension == "ssh_public_keys") return ssh.public_keys;
  if (dimension == "ssh_sizes") return {std::to_string(ssh.rsa_bits)};
  return {};
}

}  // namespace tlspolicy::service
