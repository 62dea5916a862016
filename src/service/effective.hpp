// SPDX-License-Identifier: Apache-2.0
// What a setting is worth where values may name other settings ("$smtpd_tls_protocols",
// postconf(5)) and rows have settings of their own (-o in master.cf).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/flatten.hpp"

namespace tlspolicy::service {

// The items of a value that is a list, with commas or blanks in between (postconf(5)).
std::vector<std::string> listed(std::string_view value);

// The same, where "{ … }" is one item with all that is in it (DATABASE_README: inline, static).
std::vector<std::string> listed_tables(std::string_view value);

// The first scope with that argument in which something stands; nullptr: there is none.
const config::Scope* scope_called(const std::vector<config::Source>& settings,
                                  std::string_view argument);

class Effective {
 public:
  // `defaults`: the program's own values, keys in lower case.  Both must outlive this.
  Effective(const std::vector<config::Source>& settings,
            const std::multimap<std::string, std::string>& defaults)
      : settings_(settings), defaults_(defaults) {}

  // The last value inside `scope`, else at the top level, else the default; "" where there is none.
  // nullopt: it holds an expression that only the program can resolve.
  std::optional<std::string> value(std::string_view key, const config::Scope* scope) const;
  std::optional<std::string> resolve(std::string_view text, const config::Scope* scope) const;

 private:
  std::string raw(std::string_view key, const config::Scope* scope) const;
  std::optional<std::string> resolve(std::string_view text, const config::Scope* scope,
                                     int depth) const;

  const std::vector<config::Source>& settings_;
  const std::multimap<std::string, std::string>& defaults_;
};

}  // namespace tlspolicy::service
