// SPDX-License-Identifier: Apache-2.0
// Reading a policy file (docs/policy-format.md).  What cannot be meant is an error with its place:
// unknown keys and names, repetitions, a suite that no allowed protocol could ever negotiate.
#include <fmt/format.h>

#include <algorithm>

#include "policy/names.hpp"
#include "policy/policy.hpp"

namespace tlspolicy::policy {
namespace {
using base::TomlTable;
using crypto::Protocol;

void need(TomlTable& table, std::string_view key) {
  table.need(key, "docs/policy-format.md lists the keys");
}

// A section of [services.NAME] or [tls.opportunistic] says only what it changes; [tls] says all.
bool says(TomlTable& table, std::string_view key, bool whole) {
  if (whole) need(table, key);
  return table.has(key);
}

int read_bits(TomlTable& table, std::string_view key, int least) {
  const int bits = table.integer(key);
  if (bits < least || bits > 16384)
    table.wrong({"bad-value", fmt::format("\"{}\" must be from {} to 16384", key, least),
                 table.where(key), "give the smallest size that is allowed, in bits"});
  return bits;
}

Order read_order(TomlTable& table) {
  const std::string text = table.string("order");
  if (text != "server" && text != "client")
    table.wrong({"bad-value", "\"order\" must be \"server\" or \"client\"", table.where("order"),
                 "say whose preference decides up to TLS 1.2"});
  return text == "client" ? Order::client : Order::server;
}

bool any_usable(const crypto::Suites& suites, Protocol protocol) {
  return std::ranges::any_of(suites, [&](auto s) { return crypto::usable_in(s, protocol); });
}

void check_suites(TomlTable& table, const Tls& tls) {
  for (const Protocol protocol : crypto::all_protocols()) {
    if (protocol < tls.min_protocol || protocol > tls.max_protocol) continue;
    const bool last = protocol == Protocol::tls13;
    if (!any_usable(last ? tls.tls13_suites : tls.suites, protocol))
      table.wrong({"no-suite",
                   fmt::format("{} is allowed, but no suite in \"{}\" works there",
                               crypto::name(protocol), last ? "tls13_suites" : "suites"),
                   table.where(last ? "tls13_suites" : "suites"),
                   "add one, or change min_protocol or max_protocol"});
  }
  for (const auto* list : {&tls.suites, &tls.tls13_suites})
    for (const auto suite : *list)
      if (std::ranges::none_of(crypto::all_protocols(), [&](auto protocol) {
            return protocol >= tls.min_protocol && protocol <= tls.max_protocol &&
                   crypto::usable_in(suite, protocol);
          }))
        table.wrong({"useless-suite",
                     fmt::format("{} works in no protocol from {} to {}", crypto::name(suite),
                                 crypto::name(tls.min_protocol), crypto::name(tls.max_protocol)),
                     table.where(list == &tls.suites ? "suites" : "tls13_suites"), "remove it"});
}

void check(TomlTable& table, const Tls& tls) {
  if (tls.min_protocol > tls.max_protocol)
    table.wrong({"bad-value",
                 fmt::format("min_protocol {} is newer than max_protocol {}",
                             crypto::name(tls.min_protocol), crypto::name(tls.max_protocol)),
                 table.where("min_protocol"), "exchange them, or raise max_protocol"});
  else
    check_suites(table, tls);
  if (tls.groups.empty())
    table.wrong({"bad-value", "\"groups\" is empty", table.where("groups"), "name at least one"});
  if (tls.schemes.empty())
    table.wrong({"bad-value", "\"schemes\" is empty", table.where("schemes"), "name at least one"});
}

// `base`: the values of what the table does not say; `whole`: it has to say everything.
Tls read_tls(TomlTable& table, Tls tls, bool whole) {
  if (says(table, "min_protocol", whole)) tls.min_protocol = read_protocol(table, "min_protocol");
  if (says(table, "max_protocol", whole)) tls.max_protocol = read_protocol(table, "max_protocol");
  if (says(table, "suites", whole)) tls.suites = read_suites(table, "suites", false);
  if (says(table, "tls13_suites", whole))
    tls.tls13_suites = read_suites(table, "tls13_suites", true);
  if (says(table, "groups", whole)) tls.groups = read_groups(table, "groups");
  if (says(table, "schemes", whole)) tls.schemes = read_schemes(table, "schemes");
  if (says(table, "order", whole)) tls.order = read_order(table);
  if (says(table, "rsa_bits", whole)) tls.rsa_bits = read_bits(table, "rsa_bits", 512);
  if (says(table, "ec_bits", whole)) tls.ec_bits = read_bits(table, "ec_bits", 160);
  if (says(table, "dh_bits", whole)) tls.dh_bits = read_bits(table, "dh_bits", 512);
  tls.ec_certificates = table.boolean("ec_certificates", tls.ec_certificates);
  check(table, tls);
  return tls;
}

Ssh read_ssh_section(TomlTable& table) {
  using crypto::SshKind;
  for (const auto key : {"kex", "ciphers", "macs", "host_keys", "public_keys", "rsa_bits"})
    need(table, key);
  Ssh ssh{read_ssh(table, "kex", SshKind::kex),
          read_ssh(table, "ciphers", SshKind::cipher),
          read_ssh(table, "macs", SshKind::mac),
          read_ssh(table, "host_keys", SshKind::host_key),
          read_ssh(table, "public_keys", SshKind::host_key),
          0};
  ssh.rsa_bits = read_bits(table, "rsa_bits", 512);
  for (const auto& [key, list] : {std::pair{"kex", &ssh.kex},
                                  {"ciphers", &ssh.ciphers},
                                  {"macs", &ssh.macs},
                                  {"host_keys", &ssh.host_keys},
                                  {"public_keys", &ssh.public_keys}})
    if (list->empty())
      table.wrong({"bad-value", fmt::format("\"{}\" is empty", key), table.where(key),
                   "name at least one; sshd would not start"});
  return ssh;
}

void read_services(TomlTable& root, Policy& policy) {
  auto services = root.table("services");
  if (!services) return;
  for (const auto& name : services->keys()) {
    auto service = services->table(name);
    if (!service) continue;
    if (!is_service_name(name))
      services->wrong({"bad-value", fmt::format("\"{}\" cannot be a service's name", name),
                       services->where(name), "a-z, 0-9, \"-\" and \"_\""});
    need(*service, "tls");
    if (auto tls = service->table("tls")) policy.services[name] = read_tls(*tls, policy.tls, false);
  }
}

void read_head(TomlTable& root, Policy& policy, std::string_view file) {
  need(root, "id");
  policy.id = root.string("id");
  const std::string name(file.substr(file.rfind('/') + 1));
  if (!is_policy_id(policy.id))
    root.wrong({"bad-value", fmt::format("\"{}\" is not a date YYYYMMDD", policy.id),
                root.where("id"), "a policy is called by its date"});
  else if (name != policy.id + ".toml")
    root.wrong({"wrong-file-name",
                fmt::format("policy {} stands in a file called {}", policy.id, name),
                root.where("id"), fmt::format("rename the file to {}.toml", policy.id)});
  need(root, "title");
  policy.title = root.string("title");
  if (policy.title.empty() || policy.title.find('\n') != std::string::npos)
    root.wrong({"bad-value", "\"title\" must be one line", root.where("title"),
                "say in one line what the policy is for"});
  policy.preview = root.boolean("preview");
  policy.legacy = root.boolean("legacy");
  need(root, "sources");
  policy.sources = root.strings("sources");
  if (policy.sources.empty())
    root.wrong({"bad-value", "\"sources\" is empty", root.where("sources"),
                "say where the policy's values come from"});
}
}  // namespace

Result<Policy> parse_policy(std::string_view text, std::string_view file) {
  auto root = TomlTable::parse(text, file);
  if (!root) return tl::make_unexpected(root.error());
  Policy policy;
  read_head(*root, policy, file);
  for (const auto section : {"tls", "ssh"}) need(*root, section);
  if (auto tls = root->table("tls")) {
    auto opportunistic = tls->table("opportunistic");
    policy.tls = read_tls(*tls, {}, true);
    if (opportunistic) policy.opportunistic = read_tls(*opportunistic, policy.tls, false);
  }
  if (auto ssh = root->table("ssh")) policy.ssh = read_ssh_section(*ssh);
  read_services(*root, policy);
  if (auto finished = root->finish(); !finished) return tl::make_unexpected(finished.error());
  return policy;
}

}  // namespace tlspolicy::policy
