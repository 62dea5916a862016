// SPDX-License-Identifier: Apache-2.0
// Reading targets; see target.hpp.
#include "scan/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "probe/names.hpp"
#include "scan/misread.hpp"
#include "wire/starttls.hpp"

namespace tlspolicy::scan {
namespace {

struct Port {
  std::string_view protocol;
  std::uint16_t port;
};
// IANA's service names; for STARTTLS the port where it is spoken.
constexpr std::array kPorts{
    Port{"", 443},      Port{"smtp", 25},          Port{"lmtp", 24},       Port{"imap", 143},
    Port{"pop3", 110},  Port{"sieve", 4190},       Port{"ftp", 21},        Port{"ldap", 389},
    Port{"xmpp", 5222}, Port{"xmpp-server", 5269}, Port{"postgres", 5432}, Port{"mysql", 3306},
    Port{"nntp", 119},  Port{"irc", 6667},         Port{"ssh", 22},
};
// TLS at once, by the names of their URLs.
constexpr std::array kAtOnce{
    Port{"tls", 443},   Port{"https", 443}, Port{"smtps", 465},
    Port{"imaps", 993}, Port{"pop3s", 995}, Port{"ldaps", 636},
    Port{"ftps", 990},  Port{"nntps", 563}, Port{"ircs", 6697},
};

Error wrong(const std::string& text, const std::string& why) {
  return {
      "bad-scan-target",
      fmt::format("\"{}\" is no target: {}", text, why),
      {},
      "write HOST, HOST:PORT, [ADDRESS]:PORT or PROTOCOL://HOST, such as smtp://mail.example.org"};
}

Error wrong(const std::string& text, const Misread& found) {
  Error out = wrong(text, found.why);
  out.remedy = "write " + found.write;
  return out;
}

// inet_aton(3) takes 127.010.0.1 for 127.8.0.1, and 9 for 0.0.0.9: a host that nobody named.  What
// ends in a number is an address in four plain numbers, or none.
bool is_odd_address(const std::string& host) {
  const auto last = host.substr(host.rfind('.') + 1);
  const bool number = !last.empty() && (last.find_first_not_of("0123456789") == std::string::npos ||
                                        last.starts_with("0x") || last.starts_with("0X"));
  if (!number || host.find(':') != std::string::npos) return false;
  return !probe::is_ipv4(host);
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(".-_:%").find(c) != std::string_view::npos;
}
}  // namespace

Result<Named> parse_target(const std::string& text, const std::string& preamble) {
  Named out{.typed = text, .host = {}, .port = 0, .preamble = preamble};
  std::string_view rest = text, behind = text;
  const Port* at_once = kAtOnce.end();
  if (const auto end = rest.find("://"); end != std::string_view::npos) {
    const auto protocol = base::lower(rest.substr(0, end));
    at_once = std::ranges::find(kAtOnce, protocol, &Port::protocol);
    out.preamble = at_once == kAtOnce.end() ? protocol : "";
    rest.remove_prefix(end + 3);
    behind = rest;
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (at_once == kAtOnce.end() && protocol.empty())
      return tl::make_unexpected(wrong(text, "there is no protocol before \"://\""));
  }
  const auto* port = std::ranges::find(kPorts, out.preamble, &Port::protocol);
  if (port == kPorts.end())
    return tl::make_unexpected(wrong(text, fmt::format("\"{}\" is not spoken here", out.preamble)));
  out.port = at_once == kAtOnce.end() ? port->port : at_once->port;

  const auto protocol = std::string_view(text).substr(0, text.size() - behind.size());
  if (const auto found = misread(protocol, rest)) return tl::make_unexpected(wrong(text, *found));
  std::string_view number;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos)
      return tl::make_unexpected(wrong(text, "a \"]\" is missing"));
    out.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (!rest.empty() && rest.front() != ':')
      return tl::make_unexpected(wrong(text, "something stands behind the \"]\""));
    number = rest.empty() ? rest : rest.substr(1);
    if (!rest.empty() && number.empty()) number = "?";
  } else if (std::ranges::count(rest, ':') == 1) {
    out.host = rest.substr(0, rest.find(':'));
    number = rest.substr(rest.find(':') + 1);
    if (number.empty()) number = "?";
  } else {
    out.host = rest;  // several colons: an IPv6 address
  }
  if (!number.empty()) {
    const auto [end, error] = std::from_chars(number.begin(), number.end(), out.port);
    if (error != std::errc{} || end != number.end() || out.port == 0)
      return tl::make_unexpected(wrong(text, "a port is a number from 1 to 65535"));
  }
  if (out.host.empty() || out.host.size() > 255 ||
      !std::ranges::all_of(out.host, is_host_character))
    return tl::make_unexpected(wrong(text, "that cannot be a host"));
  if (is_odd_address(out.host))
    return tl::make_unexpected(wrong(text, "an IPv4 address is four numbers, 192.0.2.1"));
  return out;
}

Resolved resolve(const std::vector<Named>& names, const Lookup& lookup) {
  std::vector<std::string> hosts;
  for (const Named& one : names)
    hosts.push_back(lookup.instead.empty() ? one.host : lookup.instead);
  const auto found = probe::look_up(hosts);
  Resolved out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Named& named = names[i];
    const bool numeric = probe::is_numeric(named.host);
    if (numeric && !lookup.instead.empty() && named.host != lookup.instead) {
      out.errors.push_back(
          {"bad-scan-target",
           fmt::format("\"{}\" is an address, and not {}", named.host, lookup.instead), named.typed,
           "name the host that clients ask for there"});
      continue;
    }
    if (found[i].numeric.empty())
      out.errors.push_back({"unknown-host",
                            "no address for \"" + named.host + "\": " + found[i].error, named.typed,
                            "is the name right, and does this host's resolver work?"});
    const std::string sni = numeric ? "" : named.host;
    const auto& addresses = found[i].numeric;
    for (const auto& address : addresses) {
      out.targets.push_back({named.typed, {address, named.port, sni, named.preamble}});
      if (lookup.all) continue;
      out.targets.back().others.assign(addresses.begin() + 1, addresses.end());
      break;
    }
  }
  return out;
}

}  // namespace tlspolicy::scan
