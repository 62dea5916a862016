// SPDX-License-Identifier: Apache-2.0
// Clients that a policy loses; see clients.hpp.
#include "report/clients.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace tlspolicy::report {
namespace {
using forecast::Lost;

std::string reason_of(const Lost& lost) {
  return lost.loss.why + (lost.plaintext ? "; its mail goes in plaintext" : "");
}
}  // namespace

int cut_off(const std::vector<Lost>& lost) {
  std::set<const forecast::Client*> out;
  for (const auto& one : lost)
    if (!one.plaintext) out.insert(one.client);
  return static_cast<int>(out.size());
}

std::string lost_text(const std::vector<Lost>& lost, const Style& style, int indent) {
  // One row for a client and a reason, in the order in which they come.
  std::vector<std::pair<const Lost*, std::vector<std::string>>> rows;
  for (const auto& one : lost) {
    const auto same = std::ranges::find_if(rows, [&](const auto& row) {
      return row.first->client == one.client && row.first->loss == one.loss &&
             row.first->plaintext == one.plaintext;
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
                   {"sni", one.client->sni},
                   {"evidence", one.client->recorded ? "recorded" : "documented"}});
  return out;
}

}  // namespace tlspolicy::report
