// SPDX-License-Identifier: Apache-2.0
// Reading client files; see client.hpp.
#include "forecast/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "policy/names.hpp"

namespace tlspolicy::forecast {
namespace {
using base::TomlTable;
using crypto::Protocol;

constexpr std::string_view kFormat = "docs/client-format.md lists the keys";

std::set<Use> read_uses(TomlTable& table) {
  std::set<Use> out;
  table.need("uses", std::string(kFormat));
  for (const auto& word : table.words("uses")) {
    bool known = false;
    for (const Use use : {Use::web, Use::mail, Use::mta})
      if (name(use) == word.text) known = out.insert(use).second;
    if (!known)
      table.wrong({"bad-value", fmt::format("\"{}\" is no use, or stands here twice", word.text),
                   word.where, "one of web, mail, mta"});
  }
  if (table.has("uses") && out.empty())
    table.wrong("uses", "\"uses\" is empty", "say what the client connects to");
  return out;
}

std::optional<std::string> bytes_of(std::string_view hex) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    const int high = digit(hex[at]), low = digit(hex[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

// A whole handshake record with a client hello in it: RFC 8446 5.1 and 4.
bool is_client_hello(const std::string& record) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(record[i]); };
  return record.size() > 9 && at(0) == 22 && at(1) == 3 && at(5) == 1 &&
         record.size() == 5U + (static_cast<std::size_t>(at(3)) << 8U) + at(4);
}

void read_evidence(TomlTable& table, Client& client) {
  const std::string evidence = table.need_string("evidence");
  client.recorded = evidence == "recorded";
  if (!evidence.empty() && !client.recorded && evidence != "documented")
    table.wrong("evidence", fmt::format("\"{}\" is no kind of evidence", evidence),
                "\"documented\" or \"recorded\"");
  if (client.recorded != table.has("hello"))
    table.wrong(client.recorded ? "evidence" : "hello",
                "\"hello\" belongs to a recorded client, and to no other",
                "give the record of its client hello in hex, or say evidence = \"documented\"");
  if (!table.has("hello")) return;
  const auto hello = bytes_of(table.string("hello"));
  if (!hello || !is_client_hello(*hello))
    table.wrong("hello", "\"hello\" is not one record with a client hello",
                "the whole TLS record in lower-case hex, from 1603 on");
  client.hello = hello.value_or("");
}

void check(TomlTable& table, const Client& client) {
  if (client.min_protocol > client.max_protocol)
    table.wrong("min_protocol", "min_protocol is newer than max_protocol", "exchange them");
  if (client.tls13_suites.empty() != (client.max_protocol < Protocol::tls13))
    table.wrong("max_protocol", "\"tls13_suites\" belongs to a client that speaks TLS 1.3",
                "list them, or remove them, as max_protocol says");
  if (client.suites.empty() && client.tls13_suites.empty())
    table.wrong("suites", "the client offers no suite", "list what it offers, in its order");
}
}  // namespace

std::string_view name(Use use) {
  switch (use) {
    case Use::web:
      return "web";
    case Use::mail:
      return "mail";
    case Use::mta:
      return "mta";
  }
  return "";
}

Result<Client> parse_client(std::string_view text, std::string_view file) {
  auto table = TomlTable::parse(text, file);
  if (!table) return tl::make_unexpected(table.error());
  Client client;
  client.id = table->need_string("id");
  const std::string base(file.substr(file.rfind('/') + 1));
  if (base != client.id + ".toml")
    table->wrong({"wrong-file-name",
                  fmt::format("client {} stands in a file called {}", client.id, base),
                  table->where("id"), fmt::format("rename the file to {}.toml", client.id)});
  client.title = table->need_string("title");
  client.uses = read_uses(*table);
  client.min_protocol = policy::read_protocol(*table, "min_protocol");
  client.max_protocol = policy::read_protocol(*table, "max_protocol");
  table->need("suites", std::string(kFormat));
  client.suites = policy::read_suites(*table, "suites", false);
  client.tls13_suites = policy::read_suites(*table, "tls13_suites", true);
  client.groups = policy::read_groups(*table, "groups");
  client.schemes = policy::read_schemes(*table, "schemes");
  client.dh_bits = table->integer("dh_bits");
  client.min_dh_bits = table->integer("min_dh_bits");
  client.sni = table->boolean("sni", true);
  read_evidence(*table, client);
  table->need("sources", std::string(kFormat));
  client.sources = table->strings("sources");
  if (table->has("sources") && client.sources.empty())
    table->wrong("sources", "\"sources\" is empty", "say where the client's offer is known from");
  check(*table, client);
  if (auto finished = table->finish(); !finished) return tl::make_unexpected(finished.error());
  return client;
}

Result<Clients> parse_clients(const std::map<std::string, std::string>& files) {
  Clients out;
  for (const auto& [file, text] : files) {
    auto client = parse_client(text, file);
    if (!client) return tl::make_unexpected(client.error());
    out.push_back(*std::move(client));
  }
  std::ranges::sort(out, {}, &Client::title);
  return out;
}

}  // namespace tlspolicy::forecast
