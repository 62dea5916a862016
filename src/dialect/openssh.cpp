// SPDX-License-Identifier: Apache-2.0
// OpenSSH's dialect.  Names are neutral names already; what is to be known is from which version on
// and until which one an algorithm may stand in a list: one unknown name and sshd does not start.
#include "dialect/openssh.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::dialect::openssh {
namespace {
using crypto::SshKind;

struct Span {  // of versions, as {major, minor}; `until` is exclusive
  SshKind kind;
  std::string_view name;
  std::array<int, 2> since, until;
};
constexpr std::array kAlways{0, 0}, kNow{1000, 0};

// From the release notes of OpenSSH.  What is not here is in every version from 7.4 to 10: only
// algorithms that came, went, or were never OpenSSH's have a row.
constexpr Span kSpans[] = {
    {SshKind::kex, "mlkem768x25519-sha256", {9, 9}, kNow},
    {SshKind::kex, "mlkem768nistp256-sha256", {10, 5}, kNow},
    {SshKind::kex, "mlkem1024nistp384-sha384", kNow, kNow},
    {SshKind::kex, "sntrup761x25519-sha512", {9, 9}, kNow},
    {SshKind::kex, "sntrup761x25519-sha512@openssh.com", {8, 5}, kNow},
    {SshKind::kex, "sntrup4591761x25519-sha512@tinyssh.org", {8, 0}, {8, 5}},
    {SshKind::kex, "diffie-hellman-group18-sha512", {7, 3}, kNow},
    {SshKind::kex, "diffie-hellman-group16-sha512", {7, 3}, kNow},
    {SshKind::kex, "diffie-hellman-group14-sha256", {7, 3}, kNow},
    {SshKind::kex, "curve25519-sha256", {7, 4}, kNow},
    {SshKind::kex, "curve448-sha512", kNow, kNow},
    {SshKind::kex, "diffie-hellman-group17-sha512", kNow, kNow},
    {SshKind::kex, "diffie-hellman-group15-sha512", kNow, kNow},
    {SshKind::kex, "rsa2048-sha256", kNow, kNow},
    {SshKind::kex, "rsa1024-sha1", kNow, kNow},
    {SshKind::host_key, "sk-ssh-ed25519@openssh.com", {8, 2}, kNow},
    {SshKind::host_key, "sk-ssh-ed25519-cert-v01@openssh.com", {8, 2}, kNow},
    {SshKind::host_key, "sk-ecdsa-sha2-nistp256@openssh.com", {8, 2}, kNow},
    {SshKind::host_key, "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", {8, 2}, kNow},
    {SshKind::host_key, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", {8, 4}, kNow},
    {SshKind::host_key, "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", {10, 3}, kNow},
    {SshKind::host_key, "rsa-sha2-512", {7, 2}, kNow},
    {SshKind::host_key, "rsa-sha2-256", {7, 2}, kNow},
    {SshKind::host_key, "rsa-sha2-512-cert-v01@openssh.com", {7, 8}, kNow},
    {SshKind::host_key, "rsa-sha2-256-cert-v01@openssh.com", {7, 8}, kNow},
    {SshKind::host_key, "ssh-ed448", kNow, kNow},
    {SshKind::host_key, "ssh-xmss@openssh.com", kNow, kNow},
    {SshKind::host_key, "ssh-xmss-cert-v01@openssh.com", kNow, kNow},
    {SshKind::host_key, "ssh-dss", kAlways, {10, 0}},
    {SshKind::host_key, "ssh-dss-cert-v01@openssh.com", kAlways, {10, 0}},
    {SshKind::host_key, "ssh-rsa-cert-v00@openssh.com", kAlways, {7, 0}},
    {SshKind::host_key, "ssh-dss-cert-v00@openssh.com", kAlways, {7, 0}},
    {SshKind::cipher, "rijndael-cbc@lysator.liu.se", kAlways, {8, 5}},
    {SshKind::cipher, "blowfish-cbc", kAlways, {7, 6}},
    {SshKind::cipher, "cast128-cbc", kAlways, {7, 6}},
    {SshKind::cipher, "arcfour256", kAlways, {7, 6}},
    {SshKind::cipher, "arcfour128", kAlways, {7, 6}},
    {SshKind::cipher, "arcfour", kAlways, {7, 6}},
    {SshKind::cipher, "3des-ctr", kNow, kNow},
    {SshKind::cipher, "twofish256-ctr", kNow, kNow},
    {SshKind::cipher, "twofish128-ctr", kNow, kNow},
    {SshKind::cipher, "twofish256-cbc", kNow, kNow},
    {SshKind::cipher, "twofish128-cbc", kNow, kNow},
    {SshKind::cipher, "twofish-cbc", kNow, kNow},
    {SshKind::cipher, "none", kNow, kNow},
    {SshKind::mac, "hmac-ripemd160", kAlways, {7, 6}},
    {SshKind::mac, "hmac-ripemd160@openssh.com", kAlways, {7, 6}},
    {SshKind::mac, "hmac-ripemd160-etm@openssh.com", kAlways, {7, 6}},
    {SshKind::mac, "none", kNow, kNow},
};

SshKind kind_of(List list) {
  switch (list) {
    case List::kex:
      return SshKind::kex;
    case List::ciphers:
      return SshKind::cipher;
    case List::macs:
      return SshKind::mac;
    case List::host_keys:
      break;
  }
  return SshKind::host_key;
}

const std::vector<std::string>& known_to(const Program& program, List list) {
  switch (list) {
    case List::kex:
      return program.kex;
    case List::ciphers:
      return program.ciphers;
    case List::macs:
      return program.macs;
    case List::host_keys:
      break;
  }
  return program.host_keys;
}

bool in_version(SshKind kind, const std::string& name, const base::Version& version) {
  if (!crypto::find_ssh(kind, name)) return false;
  const auto span = std::ranges::find_if(
      kSpans, [&](const Span& row) { return row.kind == kind && row.name == name; });
  if (span == std::end(kSpans)) return true;
  const auto at = [&](std::size_t i) { return i < version.parts.size() ? version.parts[i] : 0; };
  const std::array now{at(0), at(1)};
  return now >= span->since && now < span->until;
}
}  // namespace

Words list(List list, const std::vector<std::string>& names, const Program& program) {
  const auto& known = known_to(program, list);
  Words out;
  for (const auto& name : names) {
    const bool sayable = known.empty() ? in_version(kind_of(list), name, program.version)
                                       : std::ranges::find(known, name) != known.end();
    (sayable ? out.said : out.unsayable).push_back(name);
  }
  out.text = base::join(out.said, ",");
  return out;
}

}  // namespace tlspolicy::dialect::openssh
