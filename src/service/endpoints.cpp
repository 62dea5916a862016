// SPDX-License-Identifier: Apache-2.0
// Endpoints out of a service's configuration; see endpoints.hpp.
#include "service/endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "service/endpoint_parts.hpp"
#include "service/listeners.hpp"
#include "service/match_blocks.hpp"

namespace tlspolicy::service {
namespace {
using config::Scope, config::Source;

constexpr std::string_view kAnyAddress = "0.0.0.0", kAnyIpv6 = "::";

struct Listen {
  std::string address = std::string(kAnyAddress);
  int port = 0;
};

bool is_any(std::string_view address) { return address == kAnyAddress || address == kAnyIpv6; }

// "443", "*:443", "_default_:443", "192.0.2.1:443", "[2001:db8::1]:443".
std::optional<Listen> parse_listen(std::string_view text) {
  Listen out;
  std::string_view port = text;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || !text.substr(close + 1).starts_with(':'))
      return std::nullopt;
    out.address = text.substr(1, close - 1);
    port = text.substr(close + 2);
  } else if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    out.address = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (out.address.empty() || out.address == "*" || out.address == "_default_")
    out.address = kAnyAddress;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  if (out.port < 1 || out.port > 65535) return std::nullopt;
  return out;
}

// ServerName [scheme://]name[:port], as Apache takes it.
std::string host_in(std::string_view name) {
  constexpr std::string_view kBehindScheme = "://";
  if (const auto at = name.find(kBehindScheme); at != std::string_view::npos)
    name.remove_prefix(at + kBehindScheme.size());
  return std::string(name.substr(0, name.find(':')));
}

const Scope* scope_of(const Source& source, const std::string& kind) {
  for (const auto& scope : source.setting.scopes)
    if (base::iequals(scope.kind, kind)) return &scope;
  return nullptr;
}

// The scopes of one kind in the order in which the program reads them, each once.
std::vector<Scope> scopes(const std::vector<Source>& settings, const std::string& kind) {
  std::vector<Scope> out;
  for (const auto& source : settings)
    if (const auto* scope = scope_of(source, kind))
      if (std::ranges::find(out, *scope) == out.end()) out.push_back(*scope);
  return out;
}

// Values of a key inside a scope; nullptr: at the top level (other scopes of that kind left out).
std::vector<std::string> values(const std::vector<Source>& settings, const std::string& key,
                                const std::string& kind, const Scope* scope) {
  std::vector<std::string> out;
  for (const auto& source : settings) {
    const auto* here = scope_of(source, kind);
    if (scope ? !here || *here != *scope : here != nullptr) continue;
    if (auto value = value_of(key, source.setting.key, source.setting.args))
      out.push_back(std::move(*value));
  }
  return out;
}

// A wildcard stands for all that the program listens on at that port.
std::vector<std::string> addresses(const Listen& scope, const std::vector<std::string>& listens) {
  if (!is_any(scope.address)) return {scope.address};
  std::vector<std::string> out;
  for (const auto& text : listens) {
    const auto words = base::words(text);
    const auto listen = words.empty() ? std::nullopt : parse_listen(words.front());
    if (!listen || listen->port != scope.port) continue;
    if (std::ranges::find(out, listen->address) == out.end()) out.push_back(listen->address);
  }
  return out;
}

std::string id_of(const Manifest& manifest, const Endpoint& endpoint) {
  const bool ipv6 = endpoint.address.find(':') != std::string::npos;
  const std::string at = is_any(endpoint.address) ? ""
                         : ipv6                   ? "[" + endpoint.address + "]:"
                                                  : endpoint.address + ":";
  return fmt::format("{}:{}{}{}", manifest.name, at, endpoint.port,
                     endpoint.sni.empty() ? "" : ":" + endpoint.sni);
}

void from_scopes(const Manifest& manifest, const EndpointRow& row,
                 const std::vector<Source>& settings, std::vector<std::string>& notes,
                 std::vector<Endpoint>& out) {
  const auto listens = values(settings, row.default_listen, row.scope, nullptr);
  for (const auto& scope : scopes(settings, row.scope)) {
    const auto pick = [&](const std::string& key) {
      auto found = values(settings, key, row.scope, &scope);
      return found.empty() ? values(settings, key, row.scope, nullptr) : found;
    };
    const auto enabled = pick(row.enabled_key);
    if (enabled.empty() || !base::iequals(enabled.back(), row.enabled_value)) continue;
    Endpoint endpoint;
    endpoint.preamble = row.preamble;
    endpoint.scope_kind = scope.kind;
    endpoint.scope_argument = scope.argument;
    endpoint.file = scope.file;
    endpoint.line = scope.line;
    for (const auto& key : row.certificates)
      for (auto& path : pick(key)) endpoint.certificates.push_back(std::move(path));
    for (const auto& key : row.names) {
      const auto names = base::words(base::join(values(settings, key, row.scope, &scope), " "));
      if (endpoint.sni.empty() && !names.empty() && names[0].find('*') == std::string::npos)
        endpoint.sni = host_in(names[0]);
    }
    for (const auto& word : base::words(scope.argument)) {
      const auto listen = parse_listen(word);
      const auto where = listen ? addresses(*listen, listens) : std::vector<std::string>{};
      if (where.empty())
        notes.push_back(fmt::format("{}:{}: \"{}\" is no address that {} listens on", scope.file,
                                    scope.line, word, manifest.title));
      for (const auto& address : where) {
        endpoint.address = address;
        endpoint.port = listen->port;
        add_endpoint(manifest, endpoint, out);
      }
    }
  }
}

// What is on at the top level serves every address that no scope covers.
void from_top_level(const Manifest& manifest, const EndpointRow& row,
                    const std::vector<Source>& settings, std::vector<Endpoint>& out) {
  const auto top = [&](const std::string& key) {
    return values(settings, key, row.scope, nullptr);
  };
  const auto enabled = top(row.enabled_key);
  if (enabled.empty() || !base::iequals(enabled.back(), row.enabled_value)) return;
  Endpoint endpoint;
  endpoint.preamble = row.preamble;
  for (const auto& key : row.certificates)
    for (auto& path : top(key)) endpoint.certificates.push_back(std::move(path));
  std::vector<int> covered;
  for (const auto& one : out) covered.push_back(one.port);
  for (const auto& text : top(row.default_listen)) {
    const auto words = base::words(text);
    const auto listen = words.empty() ? std::nullopt : parse_listen(words.front());
    if (!listen || std::ranges::find(covered, listen->port) != covered.end()) continue;
    endpoint.address = listen->address;
    endpoint.port = listen->port;
    add_endpoint(manifest, endpoint, out);
  }
}

void from_dump(const Manifest& manifest, const EndpointRow& row,
               const std::vector<Source>& settings,
               const std::multimap<std::string, std::string>& dump, std::vector<Endpoint>& out) {
  Endpoint endpoint;
  endpoint.preamble = row.preamble;
  if (!row.matches.empty()) {
    std::vector<std::string> keys;
    for (const auto& one : manifest.overrides) keys.push_back(one.key);
    endpoint.blocks = match_blocks(settings, row.matches, keys);
  }
  for (const auto& key : row.certificates) {
    const auto [first, last] = dump.equal_range(key);
    for (auto it = first; it != last; ++it) endpoint.certificates.push_back(it->second);
  }
  const auto [first, last] = dump.equal_range(row.listen);
  for (auto it = first; it != last; ++it) {
    const auto listen = parse_listen(it->second);
    if (!listen) continue;
    endpoint.address = listen->address;
    endpoint.port = listen->port;
    add_endpoint(manifest, endpoint, out);
  }
}

}  // namespace

int port_number(std::string_view text) {
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && out > 0 && out <= 65535 ? out : 0;
}

int port_of(const EndpointRow& row, const std::string& text) {
  const auto named = row.ports.find(text);
  return named != row.ports.end() ? named->second : port_number(text);
}

void add_endpoint(const Manifest& manifest, Endpoint endpoint, std::vector<Endpoint>& out) {
  if (endpoint.id.empty()) endpoint.id = id_of(manifest, endpoint);
  const auto known = std::ranges::find(out, endpoint.id, &Endpoint::id);
  if (known == out.end())
    out.push_back(std::move(endpoint));
  else if (known->address == kAnyIpv6 && endpoint.address == kAnyAddress)
    known->address = kAnyAddress;  // both wildcards are one endpoint, looked at over IPv4
}

std::vector<Endpoint> endpoints(const Manifest& manifest, const std::vector<Source>& settings,
                                const std::multimap<std::string, std::string>& dump,
                                std::vector<std::string>& notes) {
  std::vector<Endpoint> out;
  for (const auto& row : manifest.endpoints) {
    if (!row.client.empty()) {
      from_clients(manifest, row, settings, dump, notes, out);
    } else if (!row.rows.empty()) {
      from_rows(manifest, row, settings, dump, notes, out);
    } else if (!row.listen_ports.empty()) {
      from_lists(manifest, row, dump, notes, out);
    } else if (!row.listeners.empty()) {
      for (auto& endpoint : from_listeners(row, settings, dump, notes))
        add_endpoint(manifest, std::move(endpoint), out);
    } else if (row.scope.empty()) {
      from_dump(manifest, row, settings, dump, out);
    } else {
      from_scopes(manifest, row, settings, notes, out);
      from_top_level(manifest, row, settings, out);
    }
  }
  return out;
}

}  // namespace tlspolicy::service
