// SPDX-License-Identifier: Apache-2.0
// A message of nobody's to nobody, from Postfix's queue to a listener of ours on loopback; see
// outbound.hpp.
//
// The message itself says where it goes, so no setting and no table is touched, and it never leaves
// the machine.  Before it is whole a process stands ready that takes it out of the queue again,
// also when we are killed.  Only once it was delivered to us it need not: its id may be another
// one's then (postsuper(1), "queue ID reuse").
#include "cli/outbound.hpp"

#include <fmt/format.h>

#include <functional>
#include <optional>

#include "base/text.hpp"
#include "base/visible.hpp"
#include "host/afterwards.hpp"
#include "probe/queue.hpp"
#include "service/effective.hpp"

namespace tlspolicy::cli {
namespace {
using std::chrono::milliseconds;

constexpr milliseconds kQueued{3'000};     // until the queue has it
constexpr milliseconds kDelivered{5'000};  // until it was brought to us

std::string word(const prove::Client& client, const std::string& name) {
  const auto found = client.with.find(name);
  return found == client.with.end() ? "" : found->second;
}

probe::Caught nobody(const Error& error) {
  const auto where = error.where.empty() ? "" : fmt::format(" ({})", error.where);
  return {.offer = {}, .id = "client-not-asked", .why = error.what + where};
}

// A row that meets our own listener too ("static:secure", "/./ encrypt") has settings of its own
// for it, so that what came would be no evidence for the rest (postmap(1), -q).
std::optional<std::string> met_by(host::Host& host, const prove::Client& client,
                                  const std::string& destination) {
  for (const auto& table : service::listed_tables(word(client, "tables"))) {
    host::Command ask;
    ask.argv = {"postmap", "-c", word(client, "config"), "-q", destination, table};
    const auto said = host.run(ask);
    if (said.status == 0 && !base::trim(said.out).empty())
      return fmt::format("{}: {}", table, base::visible_line(base::trim(said.out)));
  }
  return std::nullopt;
}

probe::Caught from_queue(host::Host& host, const prove::Client& client,
                         const std::string& preamble) {
  if (const auto elsewhere = word(client, "fallback"); !elsewhere.empty())
    return nobody({"", "what did not get to us would leave this machine", elsewhere, ""});
  const auto folder = word(client, "queue");
  const auto owner = probe::queue_owner(folder);
  if (!owner) return nobody(owner.error());
  auto catcher = probe::Catcher::open();
  if (!catcher) return nobody(catcher.error());
  const auto destination = fmt::format("[127.0.0.1]:{}", catcher->port());
  if (const auto row = met_by(host, client, destination))
    return nobody(
        {"", "a row for every destination meets ours too, and decides instead", *row, ""});
  std::optional<host::Afterwards> removal;
  const auto remove_later = [&](const std::string& id) -> Result<void> {
    auto made = host::Afterwards::will_run({"postsuper", "-c", word(client, "config"), "-d", id});
    if (!made) return tl::make_unexpected(made.error());
    removal.emplace(*std::move(made));
    return {};
  };
  const auto next_hop = fmt::format("{}:{}", word(client, "transport"), destination);
  if (const auto put = probe::put_in_queue(folder, next_hop, remove_later, kQueued); !put)
    return nobody(put.error());
  auto caught = catcher->wait(preamble, *owner, kDelivered);
  if (caught.taken && removal) removal->call_off();
  return caught;
}

struct Way {
  std::string_view name;
  probe::Caught (*go)(host::Host&, const prove::Client&, const std::string& preamble);
};
constexpr Way kWays[] = {{"postfix-queue", from_queue}};
}  // namespace

probe::Caught make_come(host::Host& host, const prove::Client& client,
                        const std::string& preamble) {
  for (const auto& way : kWays)
    if (way.name == client.way) return way.go(host, client, preamble);
  return nobody({"", fmt::format("this release knows no way \"{}\"", client.way), "", ""});
}

}  // namespace tlspolicy::cli
