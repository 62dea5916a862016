// SPDX-License-Identifier: Apache-2.0
// Reading lists of neutral names strictly: unknown and repeated ones are errors at their place,
// with the name that was probably meant.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::policy {

// Each notes its first mistake in `table` and returns what it could read.
crypto::Suites read_suites(base::TomlTable& table, std::string_view key, bool tls13);
crypto::Groups read_groups(base::TomlTable& table, std::string_view key);
crypto::Schemes read_schemes(base::TomlTable& table, std::string_view key);
crypto::Protocol read_protocol(base::TomlTable& table, std::string_view key);
std::vector<std::string> read_ssh(base::TomlTable& table, std::string_view key, crypto::SshKind);

// "did you mean …?", or where the names stand; for any table of the crypto module.
std::string meant(std::string_view name, const std::vector<std::string>& known);

bool is_policy_id(std::string_view text);     // a date of the calendar, "20261101"
bool is_day(std::string_view text);           // the same written "2026-11-01"
bool is_service_name(std::string_view text);  // "httpd", "postfix-out": a-z, 0-9, "-", "_"

}  // namespace tlspolicy::policy
