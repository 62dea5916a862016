// SPDX-License-Identifier: Apache-2.0
// Reads lookup tables that endpoints name; see parts.hpp.
#include "discover/parts.hpp"
#include "service/policy_table.hpp"

namespace tlspolicy::discover {

void read_tables(host::Host& host, service::Instance& instance) {
  for (const auto& endpoint : instance.endpoints)
    for (const auto& table : endpoint.tables) {
      if (auto within = service::text_within(table)) {
        instance.tables[table] = *std::move(within);
        continue;
      }
      const auto file = service::text_file_of(table);
      const auto real = file ? host.real_path(*file) : Result<host::Path>(fail("", ""));
      const auto state = real ? host.read(*real) : Result<base::FileState>(fail("", ""));
      if (state && state->kind == base::FileState::Kind::file)
        instance.tables[table] = state->content;
    }
}

}  // namespace tlspolicy::discover
