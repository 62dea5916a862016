// SPDX-License-Identifier: Apache-2.0
// Writing a policy as canonical TOML: every value of every section, lists one name to a line.  The
// golden snapshots of released policies are made of this text.
#include <fmt/format.h>

#include "policy/policy.hpp"
#include "policy/toml_text.hpp"

namespace tlspolicy::policy {
namespace {
template <class List>
std::vector<std::string> names(const List& list) {
  std::vector<std::string> out;
  for (const auto& each : list) out.push_back(crypto::name(each));
  return out;
}

std::string print_tls(std::string_view section, const Tls& tls) {
  std::string out = fmt::format("\n[{}]\n", section);
  out += toml_line("min_protocol", crypto::name(tls.min_protocol));
  out += toml_line("max_protocol", crypto::name(tls.max_protocol));
  out += toml_list("suites", names(tls.suites));
  out += toml_list("tls13_suites", names(tls.tls13_suites));
  out += toml_list("groups", names(tls.groups));
  out += toml_list("schemes", names(tls.schemes));
  out += toml_line("order", tls.order == Order::server ? "server" : "client");
  out += fmt::format("rsa_bits = {}\nec_bits = {}\ndh_bits = {}\nec_certificates = {}\n",
                     tls.rsa_bits, tls.ec_bits, tls.dh_bits, tls.ec_certificates);
  return out;
}

std::string print_ssh(const Ssh& ssh) {
  return "\n[ssh]\n" + toml_list("kex", ssh.kex) + toml_list("ciphers", ssh.ciphers) +
         toml_list("macs", ssh.macs) + toml_list("host_keys", ssh.host_keys) +
         toml_list("public_keys", ssh.public_keys) + fmt::format("rsa_bits = {}\n", ssh.rsa_bits);
}
}  // namespace

std::string print_policy(const Policy& policy) {
  std::string out = toml_line("id", policy.id) + toml_line("title", policy.title);
  out += fmt::format("preview = {}\nlegacy = {}\n", policy.preview, policy.legacy);
  out += toml_list("sources", policy.sources);
  out += print_tls("tls", policy.tls);
  if (policy.opportunistic) out += print_tls("tls.opportunistic", *policy.opportunistic);
  out += print_ssh(policy.ssh);
  for (const auto& [name, tls] : policy.services)
    out += print_tls(fmt::format("services.{}.tls", name), tls);
  return out;
}

}  // namespace tlspolicy::policy
