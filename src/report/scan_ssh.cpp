// SPDX-License-Identifier: Apache-2.0
// What a scan of an SSH server found, as text.
#include <fmt/format.h>

#include "base/text.hpp"
#include "report/scan.hpp"

namespace tlspolicy::report {
namespace {
// Both directions nearly always have the same list.
std::string both_ways(const std::vector<std::string>& down, const std::vector<std::string>& up) {
  std::string out = base::join(down, " ");
  if (up != down) out += "; to the server: " + base::join(up, " ");
  return out;
}
}  // namespace

std::vector<std::pair<std::string, std::string>> ssh_lines(const scan::Ssh& ssh) {
  std::vector<std::pair<std::string, std::string>> out{{"banner", ssh.offer.banner}};
  for (const auto& key : ssh.host_keys) {
    const std::string bits = key.bits > 0 ? fmt::format("{} bits, ", key.bits) : "";
    out.emplace_back("host key", fmt::format("{}, {}SHA256:{}", key.algorithm, bits, key.sha256));
  }
  out.emplace_back("signs with", base::join(ssh.offer.host_keys, " "));
  out.emplace_back("exchanges", base::join(ssh.offer.kex, " "));
  out.emplace_back("ciphers", both_ways(ssh.offer.ciphers_to_client, ssh.offer.ciphers_to_server));
  out.emplace_back("MACs", both_ways(ssh.offer.macs_to_client, ssh.offer.macs_to_server));
  out.emplace_back("user keys", base::join(ssh.server_sig_algs, " "));
  std::vector<std::string> moduli;
  for (const int bits : ssh.moduli) moduli.push_back(fmt::format("{}", bits));
  if (!moduli.empty()) out.emplace_back("fields", base::join(moduli, " ") + " bits");
  return out;
}

}  // namespace tlspolicy::report
