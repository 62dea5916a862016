// SPDX-License-Identifier: Apache-2.0
// Names that tables give certificates of their own (Postfix's tls_server_sni_maps), as endpoints
// beside the one that answers to no name; see endpoints.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "service/endpoint_parts.hpp"
#include "service/policy_table.hpp"

namespace tlspolicy::service {
namespace {

// What would make "complies" say too much: certificates that nobody looked at.
void warn(std::vector<Error>& warnings, const std::string& table, const std::string& what) {
  Error error{"names-unread", what, table, "look at these certificates by hand"};
  if (std::ranges::find(warnings, error) == warnings.end()) warnings.push_back(std::move(error));
}

void add_names(const Manifest& manifest, const Endpoint& endpoint, const std::string& table,
               const std::map<std::string, std::string>& tables, std::vector<Error>& warnings,
               std::vector<Endpoint>& out) {
  const auto text = tables.find(table);
  if (text == tables.end())
    return warn(warnings, table,
                "the names in it and their certificates are not looked at: it is no text to read");
  for (const auto& entry : named_files(text->second)) {
    const bool is_name = !entry.name.starts_with('.') &&
                         entry.name.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyz"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == std::string::npos;
    const bool are_files = std::ranges::all_of(
        entry.files, [](const std::string& one) { return one.starts_with('/'); });
    if (!is_name || !are_files) {
      warn(warnings, table,
           fmt::format("\"{}\" stands for no single name with files: its certificates are not "
                       "looked at",
                       entry.name));
      continue;
    }
    Endpoint named = endpoint;
    named.id.clear();
    named.sni = entry.name;
    named.certificates = entry.files;
    named.keys.clear();
    add_endpoint(manifest, std::move(named), out);
  }
}

}  // namespace

void add_names_of_tables(const Manifest& manifest, const std::map<std::string, std::string>& tables,
                         std::vector<Endpoint>& endpoints, std::vector<Error>& warnings) {
  const auto before = endpoints;
  for (const auto& endpoint : before)
    if (endpoint.client.empty())
      for (const auto& table : endpoint.tables)
        add_names(manifest, endpoint, table, tables, warnings, endpoints);
}

}  // namespace tlspolicy::service
