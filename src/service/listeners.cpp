// SPDX-License-Identifier: Apache-2.0
// Endpoints out of a dump in which each listener is a block with a port: see [[endpoint]]
// `listeners` in docs/manifest-format.md.
#include "service/listeners.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "service/effective.hpp"
#include "service/endpoint_parts.hpp"

namespace tlspolicy::service {
namespace {
using Dump = std::multimap<std::string, std::string>;

std::string dumped(const Dump& dump, const std::string& key) {
  const auto found = dump.find(base::lower(key));
  return found == dump.end() ? "" : found->second;
}

// "imap pop3", or a block of the list's name with a "yes" for each of its words.
bool has_word(const Dump& dump, const std::string& key, const std::string& word) {
  const auto words = base::words(dumped(dump, key));
  return std::ranges::find(words, word) != words.end() || dumped(dump, key + "/" + word) == "yes";
}

bool is_enabled(const EndpointRow& row, const Dump& dump) {
  return std::ranges::all_of(
      row.wants, [&](const auto& one) { return has_word(dump, one.first, one.second); });
}

// Why it speaks no TLS: a key's value at the top level, or in the scope that holds here alone
// ("protocol pop3 { ssl = no }"), which wins; "": it does.
std::string refused_by(const EndpointRow& row, const Dump& dump) {
  const auto protocol = row.within.find("protocol");
  for (const auto& [key, no] : row.refuses) {
    const auto scope = protocol == row.within.end() ? "" : "protocol/" + protocol->second + "/";
    const bool own = !scope.empty() && dump.contains(scope + base::lower(key));
    if (dumped(dump, own ? scope + key : key) == no)
      return fmt::format("{} = {}{}", key, no,
                         own ? fmt::format(" in protocol {}", protocol->second) : "");
  }
  return {};
}

// "service/imap-login/inet_listener/imaps" for the pattern "service/imap-login/inet_listener/*".
std::set<std::string> blocks(const Dump& dump, std::string_view pattern, std::string_view port) {
  std::set<std::string> out;
  const auto prefix = pattern.substr(0, pattern.find('*'));
  const auto ending = fmt::format("/{}", port);
  for (const auto& [key, unused] : dump) {
    if (!key.starts_with(prefix) || !key.ends_with(ending)) continue;
    if (key.size() <= prefix.size() + ending.size()) continue;
    const auto block = key.substr(0, key.size() - ending.size());
    if (block.find('/', prefix.size()) == std::string::npos) out.insert(block);
  }
  return out;
}

std::vector<std::string> listed_addresses(std::string_view value) {
  std::vector<std::string> out;
  for (const auto& word : listed(value)) out.push_back(word == "*" ? "0.0.0.0" : word);
  return out;
}

struct Named {  // a scope that answers to names of its own
  std::string name;
  std::vector<std::string> certificates;
};

std::vector<Named> names_of(const EndpointRow& row, const std::vector<config::Source>& settings) {
  std::vector<Named> out{{"", {}}};
  for (const auto& source : settings)
    for (const auto& scope : source.setting.scopes) {
      if (row.names_scope.empty() || scope.kind != row.names_scope) continue;
      for (const auto& name : base::words(scope.argument)) {
        if (name.find('*') != std::string::npos) continue;
        auto known = std::ranges::find(out, name, &Named::name);
        if (known == out.end()) known = out.insert(out.end(), {name, {}});
        for (const auto& key : row.certificates)
          if (auto path = value_of(key, source.setting.key, source.setting.args))
            known->certificates.push_back(*path);
      }
    }
  return out;
}

std::vector<std::string> files(std::vector<std::string> values) {
  for (auto& one : values)
    if (one.starts_with('<')) one = base::trim(one.substr(1));  // Dovecot: what the file says
  std::erase(values, "");
  return values;
}

// The last value at the top level: doveconf hides where keys are.
std::string set_on_top(const std::vector<config::Source>& settings, const std::string& key) {
  std::string out;
  for (const auto& source : settings)
    if (source.setting.scopes.empty())
      if (auto value = value_of(key, source.setting.key, source.setting.args)) out = *value;
  return out;
}

std::vector<KeyFile> keys_of(const EndpointRow& row, const std::vector<config::Source>& settings,
                             const Dump& dump) {
  std::vector<KeyFile> out;
  for (std::size_t i = 0; i < row.keys.size() && i < row.certificates.size(); ++i) {
    const auto certificate = files({dumped(dump, row.certificates[i])});
    auto key = files({dumped(dump, row.keys[i])});
    if (key.empty() || !key.front().starts_with('/'))
      key = files({set_on_top(settings, row.keys[i])});
    if (!certificate.empty() && !key.empty() && key.front().starts_with('/'))
      out.push_back({certificate.front(), key.front(), row.keys[i]});
  }
  return out;
}

}  // namespace

void fill_in(Dump& dump, const Dump& defaults) {
  for (auto one = defaults.begin(); one != defaults.end(); one = defaults.upper_bound(one->first)) {
    if (!dumped(dump, one->first).empty()) continue;
    dump.erase(one->first);
    dump.insert(one, defaults.upper_bound(one->first));
  }
}

std::vector<Endpoint> from_listeners(const EndpointRow& row,
                                     const std::vector<config::Source>& settings, const Dump& dump,
                                     std::vector<std::string>& notes) {
  std::vector<Endpoint> out;
  if (!is_enabled(row, dump)) return out;
  const auto refusal = refused_by(row, dump);
  std::vector<std::string> certificates;
  for (const auto& key : row.certificates) certificates.push_back(dumped(dump, key));
  const auto names = names_of(row, settings);
  const auto keys = keys_of(row, settings, dump);
  for (const auto& block : blocks(dump, row.listeners, row.port)) {
    const auto of = [&](const std::string& key) { return dumped(dump, block + "/" + key); };
    Endpoint endpoint;
    endpoint.port = port_number(of(row.port));
    if (endpoint.port == 0) continue;
    if (!refusal.empty()) {
      notes.push_back(fmt::format("port {} speaks no TLS: {}", endpoint.port, refusal));
      continue;
    }
    if (!row.proxied.empty() && of(row.proxied) == "yes") {
      notes.push_back(fmt::format("port {}: a proxy stands before it ({}), so it is not proven",
                                  endpoint.port, row.proxied));
      continue;
    }
    const bool implicit = of(row.implicit) == "yes";
    if (!implicit && row.preamble.empty()) continue;  // no TLS there
    endpoint.preamble = implicit ? "" : row.preamble;
    std::vector<std::string> own;
    for (const auto& key : base::words(row.address))
      if (own.empty()) own = listed_addresses(of(key));
    if (own.empty()) own = listed_addresses(dumped(dump, row.default_listen));
    for (const auto& address : own)
      for (const auto& named : names) {
        endpoint.address = address;
        endpoint.sni = named.name;
        endpoint.certificates =
            files(named.certificates.empty() ? certificates : named.certificates);
        endpoint.keys = named.certificates.empty() ? keys : std::vector<KeyFile>{};
        const Vars vars{{"address", address}, {"name", named.name}};
        endpoint.within.clear();
        for (const auto& [kind, argument] : row.within)
          endpoint.within[kind] = expand(argument, vars).value_or("");
        out.push_back(endpoint);
      }
  }
  return out;
}

}  // namespace tlspolicy::service
