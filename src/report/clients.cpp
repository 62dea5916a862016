// SPDX-License-Identifier: Apache-2.0
// Clients that a policy loses; see clients.hpp.
#include "report/clients.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace tlspolicy::report {
namespace {
using forecast::Lost;

std::string at(const std::vector<std::string>& endpoints) {
  constexpr std::size_t kShown = 3;
  if (endpoints.empty()) return "";
  const auto shown = std::min(endpoints.size(), kShown);
  const auto more = endpoints.size() - shown;
  return fmt::format(
      "{}{}: ", base::join({endpoints.begin(), endpoints.begin() + static_cast<long>(shown)}, ", "),
      more == 0 ? "" : fmt::format(" and {} more", more));
}

std::string reason_of(const Lost& lost) {
  return at(lost.endpoints) + lost.loss.why +
         (lost.plaintext ? "; its mail goes in plaintext" : "");
}

// Those that are cut off, and those whose mail merely goes in plaintext.
std::pair<std::set<const forecast::Client*>, std::set<const forecast::Client*>> clients_in(
    const std::vector<Lost>& lost) {
  std::set<const forecast::Client*> out, plain;
  for (const auto& one : lost)
    if (!one.plaintext) out.insert(one.client);
  for (const auto& one : lost)
    if (!out.contains(one.client)) plain.insert(one.client);
  return {std::move(out), std::move(plain)};
}
}  // namespace

int cut_off(const std::vector<Lost>& lost) {
  return static_cast<int>(clients_in(lost).first.size());
}

std::string counted(const std::vector<Lost>& lost, std::size_t known) {
  const auto [out, plain] = clients_in(lost);
  const auto more =
      plain.empty() ? "" : fmt::format(", mail of {} more goes in plaintext", plain.size());
  return fmt::format("{} of {} known{}", out.size(), known, more);
}

std::string lost_text(const std::vector<Lost>& lost, const Style& style, int indent) {
  // One row for a client and a reason, in the order in which they come.
  std::vector<std::pair<const Lost*, std::vector<std::string>>> rows;
  for (const auto& one : lost) {
    const auto same = std::ranges::find_if(rows, [&](const auto& row) {
      return row.first->client == one.client && row.first->loss == one.loss &&
             row.first->plaintext == one.plaintext && row.first->endpoints == one.endpoints;
    });
    if (same == rows.end())
      rows.push_back({&one, {std::string(name(one.use))}});
    else
      same->second.emplace_back(name(one.use));
  }
  Table table;
  for (const auto& [one, uses] : rows)
    table.row({one->client->title, Cell(base::join(uses, " "), Tone::faint),
               Cell(reason_of(*one), one->plaintext ? Tone::warning : Tone::plain)});
  return table.text(style, indent);
}

Json json_of(const std::vector<Lost>& lost) {
  Json out = Json::array();
  for (const auto& one : lost)
    out.push_back({{"id", one.client->id},
                   {"title", one.client->title},
                   {"use", name(one.use)},
                   {"result", one.plaintext ? "plaintext" : "lost"},
                   {"reason", one.loss.id},
                   {"why", one.loss.why},
                   {"endpoints", names(one.endpoints)},
                   {"sni", one.client->sni},
                   {"evidence", one.client->recorded ? "recorded" : "documented"}});
  return out;
}

}  // namespace tlspolicy::report
