// SPDX-License-Identifier: Apache-2.0
// Judging an SSH endpoint: everything that its KEXINIT offers must be expected, and something that
// is expected must be there (RFC 4253 7.1); user-key algorithms by server-sig-algs (RFC 8308 3.1).
//
// The size of an RSA host key and RequiredRSASize do not show in KEXINIT: `ssh_sizes` is settled
// by `sshd -T`, not here.
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
}

}  // namespace tlspolicy::prove
