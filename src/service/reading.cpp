// SPDX-License-Identifier: Apache-2.0
// Understands values that stand in a service's own configuration, so that the planner can tell a
// stricter override from a weaker one; see facts.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "dialect/openssl.hpp"
#include "service/effective.hpp"
#include "service/facts.hpp"

namespace tlspolicy::service {
namespace {
using crypto::Protocol;
using Names = std::vector<std::string>;

// "all -SSLv3", "+TLSv1.2 TLSv1.3": mod_ssl's SSLProtocol.  A word without sign replaces all before
// it, as mod_ssl does it.
std::optional<Names> apache_protocols(std::string_view value) {
  Names out;
  for (const auto& word : base::words(value)) {
    const char sign = word.front();
    const bool bare = sign != '+' && sign != '-';
    const std::string name = bare ? word : word.substr(1);
    Names meant;
    for (const Protocol protocol : crypto::all_protocols()) {
      const bool in_all =
          protocol >= Protocol::tls10;  // SSLv3 left "all" in 2.4.17 builds of today
      if ((base::iequals(name, "all") && in_all) ||
          base::iequals(name, dialect::openssl::protocol(protocol)))
        meant.emplace_back(crypto::name(protocol));
    }
    if (meant.empty()) return std::nullopt;
    if (bare) out.clear();
    for (const auto& one : meant) {
      std::erase(out, one);
      if (sign != '-') out.push_back(one);
    }
  }
  return out;
}

std::optional<Names> bounded(std::string_view value, bool is_minimum) {
  std::optional<Protocol> bound;
  for (const Protocol protocol : crypto::all_protocols())
    if (base::iequals(base::trim(value), dialect::openssl::protocol(protocol))) bound = protocol;
  if (!bound) return std::nullopt;
  Names out;
  for (const Protocol protocol : crypto::all_protocols())
    if (is_minimum ? protocol >= *bound : protocol <= *bound)
      out.emplace_back(crypto::name(protocol));
  return out;
}

// postconf(5), smtpd_tls_mandatory_protocols: ">=TLSv1.2", "!SSLv3", "TLSv1.2"; where versions are
// named without "!", those alone are on.
std::optional<Names> postfix_protocols(std::string_view value) {
  Protocol min = Protocol::ssl2, max = Protocol::tls13;
  std::vector<Protocol> named, forbidden;
  for (const auto& word : listed(value)) {
    for (const auto& one : base::split(word, ':')) {
      const auto start = one.find_first_not_of("<>=!");
      if (start == std::string::npos) return std::nullopt;
      const std::string sign = one.substr(0, start);
      std::optional<Protocol> protocol;
      for (const Protocol candidate : crypto::all_protocols())
        if (base::iequals(one.substr(start), dialect::openssl::protocol(candidate)))
          protocol = candidate;
      if (!protocol) return std::nullopt;
      if (sign == ">=") {
        min = *protocol;
      } else if (sign == "<=") {
        max = *protocol;
      } else if (sign == "!") {
        forbidden.push_back(*protocol);
      } else if (sign.empty()) {
        named.push_back(*protocol);
      } else {
        return std::nullopt;
      }
    }
  }
  Names out;
  for (const Protocol protocol : crypto::all_protocols()) {
    const bool is_named = named.empty() || std::ranges::find(named, protocol) != named.end();
    if (protocol >= min && protocol <= max && is_named &&
        std::ranges::find(forbidden, protocol) == forbidden.end())
      out.emplace_back(crypto::name(protocol));
  }
  // No OpenSSL since 1.1.0 has SSLv2, and Postfix never switches it on by itself.
  std::erase(out, std::string(crypto::name(Protocol::ssl2)));
  return out;
}

std::optional<Names> ssh_list(std::string_view value) {
  if (value.empty() || std::string_view("+-^").find(value.front()) != std::string_view::npos)
    return std::nullopt;  // relative to the program's defaults: not known from the text alone
  Names out = base::split(value, ',');
  for (const auto& name : out)
    if (name.find_first_of("*?") != std::string::npos) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::string> override_value(const Manifest& manifest, const Override& row,
                                          const config::Source& source,
                                          const std::vector<config::Source>& settings,
                                          const std::multimap<std::string, std::string>& defaults) {
  auto value = value_of(row.key, source.setting.key, source.setting.args);
  if (!value || !config::syntax_named(manifest.syntax)->references) return value;
  const auto& scopes = source.setting.scopes;
  return Effective(settings, defaults).resolve(*value, scopes.empty() ? nullptr : &scopes.back());
}

std::string library_question(std::string_view reads, std::string_view value) {
  if (reads.starts_with("gnutls-priority:"))
    return fmt::format("priority-{} {}", reads.substr(reads.find(':') + 1), value);
  if (reads == "openssl-suites") return fmt::format("suites {}", value);
  if (reads == "openssl-ciphersuites") return fmt::format("ciphersuites {}", value);
  if (reads == "openssl-groups") return fmt::format("groups {}", value);
  if (reads == "openssl-schemes") return fmt::format("schemes {}", value);
  // Postfix takes colons between words as well (tls_misc.c, CIPHER_SEPS).
  const auto words = listed(base::replace_all(std::string(value), ":", " "));
  if (reads == "postfix-groups") return fmt::format("groups {}", base::join(words, ":"));
  if (reads == "openssl-excluded") {  // what is left when these are taken away
    std::string out = "suites ALL:COMPLEMENTOFALL";
    for (const auto& word : words) out += ":!" + word;
    return out + ":@SECLEVEL=0";
  }
  return {};
}

std::optional<Names> read_value(std::string_view reads, std::string_view value,
                                const Capability& can) {
  if (const auto question = library_question(reads, value); !question.empty()) {
    const auto found = can.readings.find(question);
    if (found == can.readings.end()) return std::nullopt;
    return found->second;
  }
  if (reads == "apache-protocols") return apache_protocols(value);
  if (reads == "postfix-protocols") return postfix_protocols(value);
  if (reads == "yes-no")
    return Names{base::iequals(base::trim(value), "yes") ? "server" : "client"};
  if (reads == "min-protocol") return bounded(value, true);
  if (reads == "max-protocol") return bounded(value, false);
  if (reads == "ssh-list") return ssh_list(base::trim(value));
  if (reads == "on-off") {
    const auto word = base::lower(base::trim(value));
    return Names{word == "on" || word == "yes" || word == "server" ? "server" : "client"};
  }
  if (reads == "dh-file") {  // discover looked into the file
    const auto found = can.readings.find(fmt::format("{} {}", reads, value));
    return found == can.readings.end() ? std::nullopt : std::optional(found->second);
  }
  if (reads == "size") return Names{std::string(base::trim(value))};
  return std::nullopt;  // opaque
}

}  // namespace tlspolicy::service
