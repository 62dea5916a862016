// SPDX-License-Identifier: Apache-2.0
// The part of the policy that counts, and SSH's lists; see against.hpp.
#include "scan/against.hpp"

#include <fmt/format.h>

#include <array>

#include "base/lists.hpp"
#include "base/version.hpp"
#include "scan/deviations.hpp"

namespace tlspolicy::scan {
namespace {
using Names = std::vector<std::string>;

// Signals that stand among the key exchanges (RFC 8308 2.1; OpenSSH PROTOCOL 1.9, 1.10).
bool is_signal(const std::string& word) {
  return word.starts_with("ext-info-") || word.starts_with("kex-strict-");
}

struct Row {
  std::string_view dimension, id, word;
};
constexpr std::array kRows{
    Row{"ssh_kex", "ssh-kex-outside", "key exchange"},
    Row{"ssh_host_keys", "ssh-host-key-outside", "host key algorithm"},
    Row{"ssh_ciphers", "ssh-cipher-outside", "cipher"},
    Row{"ssh_macs", "ssh-mac-outside", "MAC"},
    Row{"ssh_public_keys", "ssh-public-key-outside", "user key algorithm"},
};

void hold_list(const Row& row, const Names& allowed, const Names& offered, Deviations& out) {
  out.held(std::string(row.dimension));
  if (allowed.empty()) return;
  const Names real = base::only(offered, [](const auto& word) { return !is_signal(word); });
  if (real.empty()) return out.not_known(fmt::format("no {} was seen", row.word));
  const Names outside = base::without(real, allowed);
  for (const auto& one : outside)
    out.fails(std::string(row.id), fmt::format("offers the {} {}", row.word, one));
  if (outside.size() == real.size())
    out.fails("nothing-works", fmt::format("offers no {} of the policy", row.word));
}

bool is_opportunistic(const probe::Place& place, Part part) {
  if (part != Part::by_role) return part == Part::opportunistic;
  constexpr int kMailBetweenServers = 25;
  return place.preamble == "smtp" && place.port == kMailBetweenServers;
}

bool is_old_sshd(const std::string& banner) {
  // Before 9.6 OpenSSH announces all that it was built with, whatever PubkeyAcceptedAlgorithms
  // says.
  constexpr std::string_view kMark = "OpenSSH_";
  const auto at = banner.find(kMark);
  if (at == std::string::npos) return false;
  const auto version = base::parse_version(std::string_view(banner).substr(at + kMark.size()));
  return version && *version < *base::parse_version("9.6");
}
}  // namespace

void hold_ssh(const Ssh& ssh, const policy::Ssh& allowed, Deviations& out) {
  const auto& offer = ssh.offer;
  hold_list(kRows[0], allowed.kex, offer.kex, out);
  hold_list(kRows[1], allowed.host_keys, offer.host_keys, out);
  hold_list(kRows[2], allowed.ciphers, base::with(offer.ciphers_to_client, offer.ciphers_to_server),
            out);
  hold_list(kRows[3], allowed.macs, base::with(offer.macs_to_client, offer.macs_to_server), out);
  // What users may log in with shows in server-sig-algs alone, and only where that is evidence.
  if (!ssh.server_sig_algs.empty() && !is_old_sshd(offer.banner))
    hold_list(kRows[4], allowed.public_keys, ssh.server_sig_algs, out);
  out.held("ssh_sizes");
  for (const HostKey& key : ssh.host_keys)
    if (key.algorithm.find("rsa") != std::string::npos && key.bits > 0 &&
        key.bits < allowed.rsa_bits)
      out.fails("key-too-small", fmt::format("host key {} of {} bits; at least {} expected",
                                             key.algorithm, key.bits, allowed.rsa_bits));
}

Held hold(const Endpoint& endpoint, const policy::Policy& policy, Part part) {
  Held out{.policy = policy.id, .part = "tls", .outcome = {}, .dimensions = {}, .deviations = {}};
  Deviations found;
  if (endpoint.ssh || endpoint.target.place.preamble == "ssh") {
    out.part = "ssh";
    if (endpoint.ssh) {
      hold_ssh(*endpoint.ssh, policy.ssh, found);
    } else {
      found.held("ssh_kex");
      found.not_known("no SSH server answers: " + endpoint.why);
    }
  } else {
    const bool opportunistic = is_opportunistic(endpoint.target.place, part);
    if (opportunistic) out.part = "tls.opportunistic";
    const auto& own = policy.opportunistic;
    hold_tls(endpoint, opportunistic && own ? *own : policy.tls, found);
  }
  std::move(found).conclude(out);
  return out;
}

std::optional<Part> part_named(std::string_view name) {
  if (name == "mandatory") return Part::mandatory;
  if (name == "opportunistic") return Part::opportunistic;
  return std::nullopt;
}

std::string_view name(Compliance compliance) {
  static constexpr std::array<std::string_view, 3> kNames{"complies", "not known", "fails"};
  return kNames.at(static_cast<std::size_t>(compliance));
}

}  // namespace tlspolicy::scan
