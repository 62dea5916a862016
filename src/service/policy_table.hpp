// SPDX-License-Identifier: Apache-2.0
// Lookup tables with settings for single peers (Postfix's smtp_tls_policy_maps, postconf(5)), as
// far as they are text.  Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/manifest.hpp"

namespace tlspolicy::service {

struct TableEntry {
  int line = 0;
  std::string peer;                               // "example.org", ".example.org", "/pattern/"
  std::string level;                              // in lower case
  std::map<std::string, std::string> attributes;  // {"protocols": "TLSv1"}
};

// "hash:/etc/postfix/tls_policy" -> the file of text behind it; nullopt: none that we can read.
std::optional<std::string> text_file_of(std::string_view table);

// "inline:{ {a.example = may ciphers=high}, … }" and "static:secure" hold their entries themselves:
// as such a text; nullopt: no table of these types.
std::optional<std::string> text_within(std::string_view table);

// Logical lines: one that begins with a blank belongs to the line before it.  An entry without one
// of these levels has its whole line as `peer`, and no level; if and endif are none
// (pcre_table(5)).
std::vector<TableEntry> table_entries(std::string_view text,
                                      const std::vector<std::string>& levels);

struct NamedFiles {
  int line = 0;
  std::string name;
  std::vector<std::string> files;
};
// Of a table whose values are lists of files (postconf(5), tls_server_sni_maps).
std::vector<NamedFiles> named_files(std::string_view text);

}  // namespace tlspolicy::service
