// SPDX-License-Identifier: Apache-2.0
// Weaknesses of SSH servers: each rule is a row, a list and what in it is weak.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "scan/weakness.hpp"

namespace tlspolicy::scan {
namespace {
using Names = std::vector<std::string>;

bool has(std::string_view name, std::string_view part) {
  return name.find(part) != std::string_view::npos;
}
bool is_none(std::string_view name) { return name == "none"; }
bool is_arcfour(std::string_view name) { return name.starts_with("arcfour"); }
bool is_cbc_cipher(std::string_view name) { return has(name, "-cbc"); }
bool is_group1(std::string_view name) {
  return name.starts_with("diffie-hellman-group1-") || name.starts_with("rsa1024-");
}
bool is_sha1_exchange(std::string_view name) {
  return name.ends_with("-sha1") || has(name, "-sha1-");
}
bool is_sha1_signature(std::string_view name) {
  return name.starts_with("ssh-rsa") || name.starts_with("ssh-dss");
}
bool is_dss(std::string_view name) { return name.starts_with("ssh-dss"); }
// RFC 8758 for MD5's family; tags of 64 and 96 bits.
bool is_weak_mac(std::string_view name) {
  return has(name, "md5") || has(name, "-96") || has(name, "umac-64") || is_none(name);
}

struct SshRule {
  std::string_view id;
  Severity severity;
  std::string_view what;
  std::vector<const Names*> (*lists)(const wire::SshOffer&);
  bool (*applies)(std::string_view);
};
std::vector<const Names*> kex(const wire::SshOffer& o) { return {&o.kex}; }
std::vector<const Names*> keys(const wire::SshOffer& o) { return {&o.host_keys}; }
std::vector<const Names*> ciphers(const wire::SshOffer& o) {
  return {&o.ciphers_to_client, &o.ciphers_to_server};
}
std::vector<const Names*> macs(const wire::SshOffer& o) {
  return {&o.macs_to_client, &o.macs_to_server};
}
constexpr std::array kSshRules{
    SshRule{"ssh-no-encryption", Severity::critical, "cipher", ciphers, is_none},
    SshRule{"ssh-small-group", Severity::high, "key exchange", kex, is_group1},  // RFC 9142
    SshRule{"ssh-dss", Severity::high, "host key", keys, is_dss},
    SshRule{"ssh-arcfour", Severity::high, "cipher", ciphers, is_arcfour},  // RFC 8758
    SshRule{"ssh-sha1-exchange", Severity::medium, "key exchange", kex, is_sha1_exchange},
    SshRule{"ssh-sha1-signatures", Severity::medium, "host key", keys, is_sha1_signature},
    SshRule{"ssh-cbc", Severity::low, "cipher", ciphers, is_cbc_cipher},  // CVE-2008-5161
    SshRule{"ssh-weak-mac", Severity::low, "MAC", macs, is_weak_mac},
};

void add_unique(Names& out, const std::string& name) {
  if (std::ranges::find(out, name) == out.end()) out.push_back(name);
}

Names matching(const std::vector<const Names*>& lists, bool (*applies)(std::string_view)) {
  Names out;
  for (const auto* list : lists)
    for (const auto& name : *list)
      if (applies(name)) add_unique(out, name);
  return out;
}

// CVE-2023-48795: packets can be cut off at the start where their number is not bound to the keys:
// ChaCha20-Poly1305, and CBC with encrypt-then-MAC.
Names open_to_terrapin(const Ssh& ssh) {
  const auto etm = [](std::string_view name) { return has(name, "-etm@"); };
  const bool any_etm = !matching(macs(ssh.offer), etm).empty();
  Names out = matching(ciphers(ssh.offer),
                       [](std::string_view name) { return name.starts_with("chacha20-poly1305"); });
  if (any_etm)
    for (const auto& name : matching(ciphers(ssh.offer), is_cbc_cipher))
      add_unique(out, name + " with encrypt-then-MAC");
  return out;
}
}  // namespace

std::vector<Weakness> weaknesses_of(const Ssh& ssh) {
  std::vector<Weakness> out;
  for (const SshRule& rule : kSshRules) {
    const auto found = matching(rule.lists(ssh.offer), rule.applies);
    if (!found.empty())
      out.push_back({std::string(rule.id), rule.severity,
                     fmt::format("{} {}", rule.what, base::join(found, ", "))});
  }
  const auto terrapin = open_to_terrapin(ssh);
  if (ssh.strict_kex == Fact::no && !terrapin.empty())
    out.push_back({"terrapin", Severity::medium,
                   base::join(terrapin, ", ") + ", without strict key exchange"});
  for (const HostKey& key : ssh.host_keys)
    if (key.algorithm == "ssh-rsa" && key.bits < 2'048)  // NIST SP 800-57 part 1, table 2
      out.push_back({"ssh-small-key", Severity::high, fmt::format("RSA {}", key.bits)});
  if (!ssh.moduli.empty() && ssh.moduli.front() < 2'048)
    out.push_back({"ssh-small-moduli", Severity::medium,
                   fmt::format("it gives a field of {} bits", ssh.moduli.front())});
  const bool post_quantum = std::ranges::any_of(ssh.offer.kex, [](const std::string& name) {
    const auto* info = crypto::find_ssh(crypto::SshKind::kex, name);
    return info && info->post_quantum;
  });
  if (!post_quantum)
    out.push_back({"no-post-quantum", Severity::note, "post-quantum key exchange: missing"});
  return out;
}

}  // namespace tlspolicy::scan
