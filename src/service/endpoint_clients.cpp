// SPDX-License-Identifier: Apache-2.0
// Clients of this host as endpoints: rows of master.cf that bring mail away; see endpoints.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "service/effective.hpp"
#include "service/endpoint_parts.hpp"

namespace tlspolicy::service {
namespace {
using config::Source;

// "postfix:outbound" is the row that has its command's name, "postfix:outbound:relay" another.
std::string id_of(const Manifest& manifest, const EndpointRow& row, const std::string& name,
                  const std::string& command) {
  return fmt::format("{}:{}{}", manifest.name, row.name, name == command ? "" : ":" + name);
}
}  // namespace

void from_clients(const Manifest& manifest, const EndpointRow& row,
                  const std::vector<Source>& settings,
                  const std::multimap<std::string, std::string>& defaults,
                  std::vector<std::string>& notes, std::vector<Endpoint>& out) {
  const Effective effective(settings, defaults);
  for (const auto& source : settings) {
    const auto& setting = source.setting;
    if (setting.key != row.rows || setting.scopes.empty() || setting.args.size() < 8) continue;
    const auto& name = setting.args[0];
    const auto& command = setting.args[7];
    if (setting.args[1] != "unix" || std::ranges::find(row.commands, command) == row.commands.end())
      continue;
    const auto& scope = setting.scopes.back();
    const auto value = [&](std::string_view key) {
      return effective.value(key, &scope).value_or("");
    };
    const auto level = value(row.role_key);
    const auto role = row.roles.find(base::lower(level));
    if (role == row.roles.end()) {
      notes.push_back(fmt::format("{}:{}: {} speaks no TLS: {} is {}", source.file, setting.line,
                                  scope.argument, row.role_key,
                                  level.empty() ? "not set" : "\"" + level + "\""));
      continue;
    }
    Endpoint endpoint;
    endpoint.id = id_of(manifest, row, name, command);
    endpoint.role = role->second;
    endpoint.preamble = base::iequals(value(row.implicit), "yes") ? "" : row.preamble;
    endpoint.scope_kind = scope.kind;
    endpoint.scope_argument = scope.argument;
    endpoint.file = scope.file;
    endpoint.line = scope.line;
    endpoint.client = row.client;
    for (const auto& [what, key] : row.reach) endpoint.reach[what] = value(key);
    endpoint.reach["transport"] = name;
    endpoint.tables = listed_tables(value(row.tables));
    if (!endpoint.tables.empty()) endpoint.reach["tables"] = base::join(endpoint.tables, " ");
    add_endpoint(manifest, std::move(endpoint), out);
  }
}

}  // namespace tlspolicy::service
