// SPDX-License-Identifier: Apache-2.0
// Text and JSON of the generations; see history.hpp.
#include "report/history.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/json.hpp"
#include "report/services.hpp"
#include "report/table.hpp"

namespace tlspolicy::report {
namespace {

std::vector<std::string> services_of(const journal::Generation& one) {
  std::vector<std::string> out;
  for (const auto& service : one.services) out.push_back(service.name);
  return out;
}

std::string outcome_of(const journal::Generation& one) {
  return one.outcome.value_or("unfinished");
}

std::string shown_outcome(const History& history, const journal::Generation& one) {
  const auto undone = history.undone_by.find(one.number);
  if (journal::waits_for_confirm(one)) return outcome_of(one) + ", not confirmed yet";
  if (undone == history.undone_by.end()) return outcome_of(one);
  return fmt::format("{}, undone by {}", outcome_of(one), undone->second);
}

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

Json item(const History& history, const journal::Generation& one) {
  const auto undone = history.undone_by.find(one.number);
  Json out{{"number", one.number},
           {"created", one.created},
           {"verb", one.verb},
           {"before", shown_policy(one.selected_before)},
           {"after", shown_policy(one.selected_after)},
           {"outcome", outcome_of(one)},
           {"undone_by", undone == history.undone_by.end() ? Json() : Json(undone->second)},
           {"waits_until", journal::waits_for_confirm(one) ? Json(one.confirm_until) : Json()},
           {"services", Json::array()}};
  for (const auto& service : services_of(one))
    out["services"].push_back({{"service", service},
                               {"touched", has(one.touched, service)},
                               {"put_back", has(one.backed, service)}});
  return out;
}

}  // namespace

std::string shown_time(std::uint32_t unix_seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(static_cast<std::time_t>(unix_seconds)));
}

Error waits(const journal::Generation& one) {
  return {"confirm-pending",
          fmt::format("generation {} goes back at {}, or at the next boot, unless it is confirmed",
                      one.number, shown_time(one.confirm_until)),
          {},
          "keep it: sudo tlspolicy confirm; take it back now: sudo tlspolicy undo"};
}

std::string confirmed_text(const journal::Generation& one) {
  return fmt::format("generation {} stays: {}\n\nthe way back: tlspolicy undo {}\n", one.number,
                     shown_policy(one.selected_after), one.number);
}

std::string confirmed_json(const journal::Generation& one) {
  Json out = root("confirm");
  out["generation"] = one.number;
  out["selected"] = shown_policy(one.selected_after);
  return printed(out);
}

std::string history_text(const History& history, const Style& style) {
  Table table({"NR", "TIME (UTC)", "VERB", "FROM", "TO", "SERVICES", "OUTCOME"});
  for (auto one = history.generations.rbegin(); one != history.generations.rend(); ++one)
    table.row({std::to_string(one->number), base::replace_all(one->created.substr(0, 19), "T", " "),
               one->verb, shown_policy(one->selected_before), shown_policy(one->selected_after),
               base::join(services_of(*one), " "), shown_outcome(history, *one)});
  std::string out =
      table.empty() ? "tlspolicy has changed nothing on this host yet\n" : table.text(style);
  return out + errors_text("damaged", Tone::bad, history.unreadable, style);
}

std::string history_json(const History& history) {
  Json out = root("history");
  out["generations"] = Json::array();
  for (const auto& one : history.generations) out["generations"].push_back(item(history, one));
  out["unreadable"] = json_of(history.unreadable);
  return printed(out);
}

}  // namespace tlspolicy::report
