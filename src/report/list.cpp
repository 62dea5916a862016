// SPDX-License-Identifier: Apache-2.0
// Text and JSON of the catalogue; see list.hpp.
#include "report/list.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "report/clients.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace tlspolicy::report {
namespace {

constexpr std::string_view kUpstreamTitle = "every service as its package ships it";

std::string flags(const policy::Policy& policy, const Listing& list) {
  std::vector<std::string> out;
  if (policy.id == list.selected) out.emplace_back("selected");
  if (&policy == policy::newest(list.catalogue)) out.emplace_back("newest");
  if (policy.legacy) out.emplace_back("legacy");
  if (policy.preview) out.emplace_back("preview");
  return base::join(out, ", ");
}

std::string loses(const policy::Policy& policy, const forecast::Clients& clients) {
  if (clients.empty()) return "";
  return std::to_string(cut_off(forecast::lost_by(policy, clients)));
}

Json item(std::string id, std::string_view title, bool selected, bool newest, bool legacy,
          bool preview, Json clients) {
  return {{"id", std::move(id)},
          {"title", title},
          {"selected", selected},
          {"newest", newest},
          {"legacy", legacy},
          {"preview", preview},
          {"clients", std::move(clients)}};
}

}  // namespace

std::string list_text(const Listing& list, const Style& style) {
  Table table({"POLICY", "", "LOSES", "TITLE"});
  const bool none = list.selected.empty();
  table.row({Cell("upstream", none ? Tone::good : Tone::plain), none ? "selected" : "", "",
             std::string(kUpstreamTitle)});
  for (const auto& [id, policy] : list.catalogue)
    table.row({Cell(id, id == list.selected ? Tone::good : Tone::plain), flags(policy, list),
               loses(policy, list.clients), policy.title});
  if (list.clients.empty()) return table.text(style);
  return table.text(style) + "\n" +
         wrapped(style, "",
                 fmt::format("LOSES: how many of {} known web and mail clients, most of them old, "
                             "can no longer connect; `tlspolicy show DATE` names them.",
                             list.clients.size()));
}

std::string list_json(const Listing& list) {
  Json out = root("list");
  out["selected"] = shown_policy(list.selected);
  const auto* newest = policy::newest(list.catalogue);
  out["newest"] = newest ? Json(newest->id) : Json();
  out["clients_known"] = list.clients.size();
  out["policies"] = Json::array();
  out["policies"].push_back(
      item("upstream", kUpstreamTitle, list.selected.empty(), false, false, false, Json()));
  for (const auto& [id, policy] : list.catalogue)
    out["policies"].push_back(item(id, policy.title, id == list.selected, &policy == newest,
                                   policy.legacy, policy.preview,
                                   json_of(forecast::lost_by(policy, list.clients))));
  return printed(out);
}

}  // namespace tlspolicy::report
