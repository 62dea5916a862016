// SPDX-License-Identifier: Apache-2.0
// A client: what a program of the past or of today offers when it connects, as plain values.
// The file format is docs/client-format.md.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::forecast {

// web: https.  mail: people's mail programs, on IMAP, POP and submission.  mta: mail servers and
// what sends mail like them, on port 25, which go on in plaintext where TLS fails (RFC 7435).
enum class Use { web, mail, mta };
std::string_view name(Use);

struct Client {
  std::string id;     // "ie8-xp", also the file's name
  std::string title;  // "Internet Explorer 8, Windows XP"
  std::set<Use> uses;
  crypto::Protocol min_protocol{}, max_protocol{};
  crypto::Suites suites, tls13_suites;  // in the order of its hello
  crypto::Groups groups;                // empty: it names none
  crypto::Schemes schemes;              // empty: it names none, which means SHA-1 (RFC 5246)
  int dh_bits = 0;                      // the largest finite field that it takes; 0: any
  int min_dh_bits = 0;                  // the smallest one
  bool sni = true;                      // false: a server cannot tell for which name it comes
  bool recorded = false;                // else documented
  std::string hello;                    // of a recorded one: its record, as bytes
  std::vector<std::string> sources;
  bool operator==(const Client&) const = default;
};

// One client file (TOML), called <id>.toml.  Errors carry file:line:column and a remedy.
Result<Client> parse_client(std::string_view text, std::string_view file);

using Clients = std::vector<Client>;  // by title
// From files' names and texts; the first mistake in any of them.
Result<Clients> parse_clients(const std::map<std::string, std::string>& files);

}  // namespace tlspolicy::forecast
