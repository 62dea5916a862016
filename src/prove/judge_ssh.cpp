// SPDX-License-Identifier: Apache-2.0
// Judging an SSH endpoint: everything that its KEXINIT offers must be expected, and something that
// is expected must be there (RFC 4253 7.1); user-key algorithms by server-sig-algs (RFC 8308 3.1).
//
// RequiredRSASize, and what Match blocks say, show on no wire before a user logs in: there the word
// of `sshd -T -C` counts, for one connection outside of all blocks and one for each block.
#include <fmt/format.h>

#include <array>

#include "prove/findings.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using Names = std::vector<std::string>;

// Signals that stand among the key exchanges (RFC 8308 2.1; OpenSSH PROTOCOL 1.9, 1.10).
constexpr std::array<std::string_view, 6> kSignals{
    "ext-info-s",   "ext-info-c",  "kex-strict-s-v00@openssh.com", "kex-strict-c-v00@openssh.com",
    "kex-strict-s", "kex-strict-c"};

struct Row {
  Dimension dimension;
  std::string_view id;    // of a finding that fails
  std::string_view word;  // "key exchange"
};
constexpr Row kKex{Dimension::ssh_kex, "ssh-kex-outside", "key exchange"};
constexpr Row kCiphers{Dimension::ssh_ciphers, "ssh-cipher-outside", "cipher"};
constexpr Row kMacs{Dimension::ssh_macs, "ssh-mac-outside", "MAC"};
constexpr Row kHostKeys{Dimension::ssh_host_keys, "ssh-host-key-outside", "host key algorithm"};
constexpr Row kPublicKeys{Dimension::ssh_public_keys, "ssh-public-key-outside",
                          "user key algorithm"};

void judge_list(const Row& row, const Names& allowed, const Names& offered, Findings& out) {
  if (allowed.empty()) return;
  const Names real = only(offered, [](const std::string& item) {
    return std::ranges::find(kSignals, item) == kSignals.end();
  });
  const Names outside = without(real, allowed);
  for (const std::string& item : outside)
    out.fails(row.dimension, std::string(row.id), fmt::format("offers the {} {}", row.word, item));
  if (outside.size() == real.size())
    out.fails(row.dimension, "nothing-works", fmt::format("offers no expected {}", row.word));
  else if (outside.empty())
    out.complies(row.dimension, "ssh-offer-inside",
                 fmt::format("{} of {} expected: {}", real.size(), allowed.size(), row.word));
}

void judge_offer(const SshExpectation& e, const wire::SshOffer& offer, Findings& out) {
  judge_list(kKex, e.kex, offer.kex, out);
  judge_list(kHostKeys, e.host_keys, offer.host_keys, out);
  judge_list(kCiphers, e.ciphers, with(offer.ciphers_to_client, offer.ciphers_to_server), out);
  judge_list(kMacs, e.macs, with(offer.macs_to_client, offer.macs_to_server), out);
}

void judge_public_keys(const SshExpectation& e, const Evidence& evidence, Findings& out) {
  if (e.public_keys.empty()) return;
  if (!evidence.ssh_sig_algs || evidence.ssh_sig_algs->empty())
    return out.not_proven(Dimension::ssh_public_keys, "ssh-public-keys-unseen",
                          "user key algorithms were not seen on the wire");
  judge_list(kPublicKeys, e.public_keys, *evidence.ssh_sig_algs, out);
}

void judge_effective(const SshExpectation& e, const std::string& about, const SshEffective& said,
                     bool whole, Findings& out) {
  if (said.nobody)
    return out.complies(Dimension::ssh_public_keys, "ssh-block-of-nobody",
                        about + ": no user is there for whom it holds");
  if (!whole && !e.public_keys.empty()) {
    const Names outside = without(said.public_keys, e.public_keys);
    for (const std::string& item : outside)
      out.fails(kPublicKeys.dimension, std::string(kPublicKeys.id),
                fmt::format("{}: takes the {} {}", about, kPublicKeys.word, item));
    if (said.public_keys.empty())
      out.not_proven(kPublicKeys.dimension, "ssh-settings-unseen",
                     about + ": sshd does not say which user keys it takes");
    else if (outside.empty())
      out.complies(
          kPublicKeys.dimension, "ssh-settings-inside",
          fmt::format("{}: {} user key algorithms, all expected", about, said.public_keys.size()));
  }
  if (e.rsa_bits <= 0 || !said.rsa_bits) return;  // before OpenSSH 9.1 there is no such setting
  const auto text = fmt::format("{}: RSA keys from {} bits on", about, *said.rsa_bits);
  if (*said.rsa_bits < e.rsa_bits)
    out.fails(Dimension::ssh_sizes, "ssh-rsa-size",
              fmt::format("{}; at least {} expected", text, e.rsa_bits));
  else
    out.complies(Dimension::ssh_sizes, "ssh-settings-inside", text);
}

void judge_settings(const SshExpectation& e, const Evidence& evidence, Findings& out) {
  if (e.public_keys.empty() && e.rsa_bits <= 0) return;
  const auto judge = [&](const std::string& about, const std::string& connection, bool whole) {
    const auto said = evidence.ssh_effective.find(connection);
    if (said == evidence.ssh_effective.end())
      return out.not_proven(Dimension::ssh_sizes, "ssh-settings-unseen",
                            about + ": `sshd -T -C` could not be asked what holds there");
    judge_effective(e, about, said->second, whole, out);
  };
  if (e.rsa_bits > 0) judge("sshd's settings", "", true);
  for (const SshBlock& block : e.blocks) {
    if (!block.connection.empty()) {
      judge(block.text, block.connection, false);
    } else {
      out.not_proven(Dimension::ssh_public_keys, "ssh-block-unmet",
                     block.text + ": no connection was found for which it holds");
    }
  }
}

void not_an_offer(const wire::SshAnswer& answer, Findings& out) {
  const auto say = [&](std::string id, const std::string& why) {
    out.not_proven(Dimension::ssh_kex, std::move(id), "no SSH server answers: " + why);
  };
  if (const auto* closed = std::get_if<wire::Closed>(&answer))
    return closed->reset ? say("reset", "a reset") : say("closed", "a close before its offer");
  if (std::holds_alternative<wire::Silent>(answer)) return say("silent", "silence");
  if (const auto* gone = std::get_if<wire::Unreachable>(&answer))
    return say("unreachable", "no connection (" + gone->why + ")");
  if (const auto* nonsense = std::get_if<wire::Nonsense>(&answer))
    return say("nonsense", nonsense->why);
}
}  // namespace

void judge_ssh(const SshExpectation& e, const Evidence& evidence, Findings& out, Verdict& verdict) {
  const wire::SshAnswer answer = evidence.ssh.value_or(wire::SshAnswer(wire::Silent{}));
  const auto* offer = std::get_if<wire::SshOffer>(&answer);
  if (!offer) return not_an_offer(answer, out);
  verdict.serves = true;
  verdict.seen.ssh = *offer;
  if (evidence.ssh_sig_algs) verdict.seen.server_sig_algs = *evidence.ssh_sig_algs;
  if (e == SshExpectation{})
    return out.complies(Dimension::ssh_kex, "serves", "serves; nothing else is expected of it");
  judge_offer(e, *offer, out);
  judge_public_keys(e, evidence, out);
  judge_settings(e, evidence, out);
}

}  // namespace tlspolicy::prove
