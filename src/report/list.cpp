// SPDX-License-Identifier: Apache-2.0
// Text and JSON of the catalogue; see list.hpp.
#include "report/list.hpp"

#include "base/text.hpp"
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

Json item(std::string id, std::string_view title, bool selected, bool newest, bool legacy,
          bool preview) {
  return {{"id", std::move(id)}, {"title", title},   {"selected", selected},
          {"newest", newest},    {"legacy", legacy}, {"preview", preview}};
}

}  // namespace

std::string list_text(const Listing& list, const Style& style) {
  Table table({"POLICY", "", "TITLE"});
  const bool none = list.selected.empty();
  table.row({Cell("upstream", none ? Tone::good : Tone::plain), none ? "selected" : "",
             std::string(kUpstreamTitle)});
  for (const auto& [id, policy] : list.catalogue)
    table.row({Cell(id, id == list.selected ? Tone::good : Tone::plain), flags(policy, list),
               policy.title});
  return table.text(style);
}

std::string list_json(const Listing& list) {
  Json out = root("list");
  out["selected"] = shown_policy(list.selected);
  const auto* newest = policy::newest(list.catalogue);
  out["newest"] = newest ? Json(newest->id) : Json();
  out["policies"] = Json::array();
  out["policies"].push_back(
      item("upstream", kUpstreamTitle, list.selected.empty(), false, false, false));
  for (const auto& [id, policy] : list.catalogue)
    out["policies"].push_back(item(id, policy.title, id == list.selected, &policy == newest,
                                   policy.legacy, policy.preview));
  return printed(out);
}

}  // namespace tlspolicy::report
