// SPDX-License-Identifier: Apache-2.0
// What only Apache httpd has: the configuration as the server itself understood it, which
// `apache2 -t -D DUMP_CONFIG` prints (mod_info).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/syntax.hpp"

namespace tlspolicy::config {

struct DumpSetting {
  Setting setting;   // spans and line are of the dump; Scope::line and file are real
  std::string file;  // where the server read it; "" where the dump does not say
  int line = 0;      // its *last* line there (Setting::last_line of that file); 0: not said
  bool operator==(const DumpSetting&) const = default;
};

// Includes, IfModule and IfDefine are resolved, variables replaced and directives that act while
// they are read (LoadModule, Define, ServerRoot) absent: that is how httpd prints it.
std::vector<DumpSetting> parse_apache_dump(std::string_view text);

}  // namespace tlspolicy::config
