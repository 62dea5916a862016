// SPDX-License-Identifier: Apache-2.0
// Endpoints out of rows that listen: Postfix's master.cf; see endpoints.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "service/effective.hpp"
#include "service/endpoint_parts.hpp"

namespace tlspolicy::service {
namespace {
using config::Scope, config::Source;

// Numeric addresses stay, the names that every host has become numbers.
std::optional<std::string> numeric(std::string_view name, bool only_ipv6) {
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (name == "all" || name == "*" || name.empty()) return only_ipv6 ? "::" : "0.0.0.0";
  if (name == "localhost" || name == "loopback-only") return only_ipv6 ? "::1" : "127.0.0.1";
  if (name.find_first_not_of("0123456789.") == std::string_view::npos) return std::string(name);
  const bool is_ipv6 = name.find(':') != std::string_view::npos &&
                       name.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  if (is_ipv6) return std::string(name);
  return std::nullopt;
}

// What every row of the service shares while its endpoints are made.
class Rows {
 public:
  // `by`: the scope of row.by, where there is one.
  Rows(const Manifest& manifest, const EndpointRow& row, const Scope* by,
       const Effective& effective, std::vector<std::string>& notes, std::vector<Endpoint>& out)
      : manifest_(manifest), row_(row), by_(by), effective_(effective), notes_(notes), out_(out) {}

  void add(const Source& source) {
    const auto& fields = source.setting.args;  // name type … command
    const Scope& scope = source.setting.scopes.back();
    const auto cut = fields.front().rfind(':');
    const std::string name = cut == std::string::npos ? "" : fields.front().substr(0, cut);
    Endpoint endpoint;
    endpoint.port = port_of(row_, fields.front().substr(cut == std::string::npos ? 0 : cut + 1));
    if (endpoint.port == 0)
      return note(source, fmt::format("\"{}\": no port that is known", fields.front()));
    if (!is_meant(scope)) return;
    const Scope* tls = row_.by.empty() ? &scope : by_;
    if (!tls)
      return note(source,
                  fmt::format("{} speaks no TLS: there is no row {}", scope.argument, row_.by));
    if (!take_role(source, *tls, endpoint)) return;
    endpoint.scope_kind = tls->kind;
    endpoint.scope_argument = tls->argument;
    endpoint.file = tls->file;
    endpoint.line = tls->line;
    take_certificates(*tls, endpoint);
    endpoint.tables = listed_tables(value(row_.names_tables, *tls));
    const bool only_ipv6 = base::trim(value(row_.families, scope)) == "ipv6";
    const auto hosts = name.empty() ? value(row_.interfaces, scope) : name;
    for (const auto& host : listed(hosts)) {
      const auto address = numeric(host, only_ipv6);
      if (!address) {
        note(source, fmt::format("\"{}\" is not a numeric address: not looked at there", host));
        continue;
      }
      endpoint.address = *address;
      add_endpoint(manifest_, endpoint, out_);
    }
  }

 private:
  std::string value(std::string_view key, const Scope& scope) const {
    return effective_.value(key, &scope).value_or("");
  }

  bool is_meant(const Scope& scope) const {
    return std::ranges::all_of(row_.wants, [&](const auto& one) {
      const auto words = listed(value(one.first, scope));
      return std::ranges::find(words, one.second) != words.end();
    });
  }

  static std::vector<std::string> files(const std::string& value) {
    std::vector<std::string> out;
    for (const auto& word : listed(value))
      if (word.starts_with('/')) out.push_back(word);
    return out;
  }

  // Files of whole chains, keys and all, take the place of the others (postconf(5),
  // smtpd_tls_chain_files).
  void take_certificates(const Scope& scope, Endpoint& endpoint) const {
    endpoint.certificates = files(value(row_.chains, scope));
    if (!endpoint.certificates.empty()) return;
    for (std::size_t i = 0; i < row_.certificates.size(); ++i) {
      const auto certificates = files(value(row_.certificates[i], scope));
      endpoint.certificates.insert(endpoint.certificates.end(), certificates.begin(),
                                   certificates.end());
      if (i >= row_.keys.size() || certificates.empty()) continue;
      for (const auto& key : files(value(row_.keys[i], scope)))
        endpoint.keys.push_back({certificates.front(), key, row_.keys[i]});
    }
  }

  bool take_role(const Source& source, const Scope& scope, Endpoint& endpoint) {
    if (base::iequals(value(row_.implicit, scope), "yes")) return true;
    endpoint.preamble = row_.preamble;
    const auto level = value(row_.role_key, scope);
    const auto role = row_.roles.find(base::lower(level));
    if (role == row_.roles.end()) {
      note(source, fmt::format("{} speaks no TLS: {} is {}", source.setting.scopes.back().argument,
                               row_.role_key, level.empty() ? "not set" : "\"" + level + "\""));
      return false;
    }
    if (role->second == "opportunistic") endpoint.role = "opportunistic";
    return true;
  }

  void note(const Source& source, const std::string& text) {
    notes_.push_back(fmt::format("{}:{}: {}", source.file, source.setting.line, text));
  }

  const Manifest& manifest_;
  const EndpointRow& row_;
  const Scope* by_;
  const Effective& effective_;
  std::vector<std::string>& notes_;
  std::vector<Endpoint>& out_;
};
}  // namespace

void from_rows(const Manifest& manifest, const EndpointRow& row,
               const std::vector<Source>& settings,
               const std::multimap<std::string, std::string>& defaults,
               std::vector<std::string>& notes, std::vector<Endpoint>& out) {
  const Effective effective(settings, defaults);
  Rows rows(manifest, row, scope_called(settings, row.by), effective, notes, out);
  for (const auto& source : settings) {
    const auto& setting = source.setting;
    if (setting.key != row.rows || setting.scopes.empty() || setting.args.size() < 8) continue;
    const bool listens = setting.args[1] == "inet" &&
                         std::ranges::find(row.commands, setting.args[7]) != row.commands.end();
    if (listens) rows.add(source);
  }
}

}  // namespace tlspolicy::service
