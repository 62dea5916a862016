// SPDX-License-Identifier: Apache-2.0
// Endpoints out of lists of ports and addresses in the dump: exim's daemon; see endpoints.hpp.
//
// Exim specification, "Starting the daemon" and "List construction": "<;" at the start changes the
// separator, a doubled one is the character itself; an address may carry a port of its own, as
// "192.0.2.1.26" or "[192.0.2.1]:26".
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/text.hpp"
#include "service/endpoint_parts.hpp"

namespace tlspolicy::service {
namespace {
using Dump = std::multimap<std::string, std::string>;

std::string value(const Dump& dump, const std::string& key) {
  const auto found = dump.find(key);
  return found == dump.end() ? "" : found->second;
}

std::vector<std::string> items(std::string text) {
  char separator = ':';
  text = base::trim(text);
  if (text.size() >= 2 && text[0] == '<' &&
      std::ispunct(static_cast<unsigned char>(text[1])) != 0) {
    separator = text[1];
    text.erase(0, 2);
  }
  std::vector<std::string> out;
  std::string item;
  const auto end = [&] {
    if (auto word = std::string(base::trim(item)); !word.empty()) out.push_back(std::move(word));
    item.clear();
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool doubled = text[at] == separator && at + 1 < text.size() && text[at + 1] == separator;
    if (text[at] == separator && !doubled) {
      end();
      continue;
    }
    item += text[at];
    if (doubled) ++at;
  }
  end();
  return out;
}

std::vector<int> ports(const EndpointRow& row, const std::string& key, const Dump& dump,
                       std::vector<std::string>& notes) {
  std::vector<int> out;
  for (const auto& item : items(value(dump, key))) {
    const int port = port_of(row, item);
    if (port == 0)
      notes.push_back(fmt::format("{}: \"{}\" is no port that is known", key, item));
    else
      out.push_back(port);
  }
  return out;
}

struct Interface {
  std::string address;
  int port = 0;  // 0: all of the list's
};

Interface interface_of(const std::string& item) {
  Interface out{item, 0};
  std::string port;
  if (item.starts_with('[')) {
    const auto close = item.find(']');
    out.address = item.substr(1, close == std::string::npos ? close : close - 1);
    if (close != std::string::npos && item.substr(close + 1).starts_with(':'))
      port = item.substr(close + 2);
  } else if (const auto dots = std::ranges::count(item, '.');
             dots == 4 || (dots == 1 && item.find(':') != std::string::npos)) {
    out.address = item.substr(0, item.rfind('.'));
    port = item.substr(item.rfind('.') + 1);
  }
  std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (out.address == "::0") out.address = "::";
  return out;
}

bool has(const auto& list, const auto& item) { return std::ranges::find(list, item) != list.end(); }
}  // namespace

void from_lists(const Manifest& manifest, const EndpointRow& row, const Dump& dump,
                std::vector<std::string>& notes, std::vector<Endpoint>& out) {
  const auto listening = ports(row, row.listen_ports, dump, notes);
  const auto implicit = ports(row, row.implicit_ports, dump, notes);
  const bool refused = std::ranges::any_of(row.refuses, [&](const auto& one) {
    return dump.contains(one.first) && value(dump, one.first) == one.second;
  });
  std::vector<std::string> certificates;
  for (const auto& key : row.certificates)
    for (auto& path : items(value(dump, key)))
      if (path.starts_with('/') && path.find('$') == std::string::npos)
        certificates.push_back(std::move(path));
  std::vector<Interface> interfaces;
  for (const auto& item : items(value(dump, row.interfaces)))
    interfaces.push_back(interface_of(item));
  for (const auto& interface : interfaces)
    for (const int port : interface.port ? std::vector{interface.port} : listening) {
      Endpoint endpoint;
      endpoint.address = interface.address;
      endpoint.port = port;
      endpoint.certificates = certificates;
      if (!has(implicit, port)) endpoint.preamble = row.preamble;
      if (!endpoint.preamble.empty() && refused) {
        auto note = fmt::format("port {} speaks no TLS", port);  // once, whatever the addresses
        if (!has(notes, note)) notes.push_back(std::move(note));
        continue;
      }
      if (has(row.opportunistic, std::to_string(port))) endpoint.role = "opportunistic";
      add_endpoint(manifest, std::move(endpoint), out);
    }
}

}  // namespace tlspolicy::service
