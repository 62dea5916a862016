// SPDX-License-Identifier: Apache-2.0
// Text and JSON of the host's state; see status.hpp.
#include "report/status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/json.hpp"
#include "report/services.hpp"
#include "report/table.hpp"

namespace tlspolicy::report {
namespace {

bool is_newer(const Status& status) {
  return !status.newest.empty() && status.newest > status.selected;
}

// Its own check says so; else it is we who cannot do anything for it.
bool is_broken(const plan::ServicePlan& plan) { return plan.skipped->id == "broken-before"; }

Cell state_of(const plan::ServicePlan& plan) {
  if (plan.skipped) return {is_broken(plan) ? "broken" : "left out", Tone::bad};
  if (!plan.files.empty()) return {"drift", Tone::bad};
  if (!plan.refusals.empty()) return {"unfit key", Tone::bad};
  if (!plan.running) return {"not running", Tone::warning};
  if (!plan.shortfalls.empty())
    return {fmt::format("{} shortfall{}", plan.shortfalls.size(),
                        plan.shortfalls.size() == 1 ? "" : "s"),
            Tone::warning};
  return {"in order", Tone::good};
}

std::string details(const plan::ServicePlan& plan, const std::string& evidence,
                    const Style& style) {
  std::string out;
  if (plan.skipped)
    out += errors_text(is_broken(plan) ? "BROKEN" : "LEFT OUT", Tone::bad, {*plan.skipped}, style);
  if (!plan.why.empty())
    out += wrapped(style, "  held      ",
                   fmt::format("at {}: {}", shown_policy(plan.policy), plan.why));
  for (const auto& file : plan.files)
    out += paint(style, Tone::bad, "  drift     ") +
           fmt::format("{} ({})\n", file.path,
                       change_of(file) == "new file"  ? "missing"
                       : change_of(file) == "removed" ? "left over"
                                                      : "differs");
  out += errors_text("REFUSED", Tone::bad, plan.refusals, style);
  out += shortfalls_text(plan.shortfalls, style);
  out += errors_text("warning", Tone::warning, plan.warnings, style);
  out += notes_text(plan.notes, style);
  if (!evidence.empty()) out += wrapped(style, "  in log    ", evidence);
  return out.empty() ? out : "\n" + paint(style, Tone::title, plan.service) + "\n" + out;
}

const std::string& evidence_of(const Status& status, const plan::ServicePlan& plan) {
  static const std::string kNone;
  const auto found = status.evidence.find(plan.service);
  return found == status.evidence.end() ? kNone : found->second;
}

Json service_json(const plan::ServicePlan& plan, const std::string& evidence) {
  Json out{{"service", plan.service},
           {"title", plan.title},
           {"version", plan.version},
           {"library", plan.library},
           {"effective", shown_policy(plan.policy)},
           {"why", plan.why},
           {"running", plan.running},
           {"follows", plan.files.empty() && !plan.skipped},
           {"drift", Json::array()},
           {"shortfalls", json_of(plan.shortfalls)},
           {"refusals", json_of(plan.refusals)},
           {"warnings", json_of(plan.warnings)},
           {"notes", texts(plan.notes)},
           {"evidence", evidence.empty() ? Json() : Json(evidence)},
           {"skipped", json_of(plan.skipped)}};
  for (const auto& file : plan.files)
    out["drift"].push_back({{"path", file.path}, {"change", change_of(file)}});
  return out;
}

}  // namespace

bool is_settled(const Status& status) {
  const bool unfinished = status.pending.has_value();
  const bool expired = std::ranges::any_of(
      status.exemptions, [](const Error& one) { return one.id == "exemption-expired"; });
  const bool skipped = std::ranges::any_of(
      status.plan.services, [](const plan::ServicePlan& one) { return one.skipped.has_value(); });
  return !unfinished && !expired && !skipped && !status.plan.changes();
}

std::string status_text(const Status& status, const Style& style) {
  std::string out;
  if (status.pending) out += errors_text("PENDING", Tone::bad, {*status.pending}, style) + "\n";
  out += fmt::format("selected  {}\n", shown_policy(status.selected));
  if (is_newer(status))
    out +=
        wrapped(style, "newest    ",
                fmt::format("{0} (nothing changes by itself; what it would do: tlspolicy plan {0})",
                            status.newest));
  out += errors_text("exempt", Tone::warning, status.exemptions, style) + "\n";
  if (status.plan.services.empty())
    return out + "No service that tlspolicy knows is installed here.\n";

  Table table({"SERVICE", "FOLLOWS", "STATE", "PROGRAM"});
  for (const auto& service : status.plan.services)
    table.row({service.service, service.skipped ? "-" : shown_policy(service.policy),
               state_of(service), Cell(heading(service))});
  out += table.text(style);
  for (const auto& service : status.plan.services)
    out += details(service, evidence_of(status, service), style);
  return out;
}

std::string status_json(const Status& status) {
  Json out = root("status");
  out["selected"] = shown_policy(status.selected);
  out["newest"] = status.newest.empty() ? Json() : Json(status.newest);
  out["newer_available"] = is_newer(status);
  out["settled"] = is_settled(status);
  out["pending"] = json_of(status.pending);
  out["exemptions"] = json_of(status.exemptions);
  out["services"] = Json::array();
  for (const auto& service : status.plan.services)
    out["services"].push_back(service_json(service, evidence_of(status, service)));
  return printed(out);
}

}  // namespace tlspolicy::report
