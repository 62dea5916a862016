// SPDX-License-Identifier: Apache-2.0
// Text and JSON of a plan; see plan.hpp.
#include "report/plan.hpp"

#include <fmt/format.h>

#include "base/diff.hpp"
#include "base/text.hpp"
#include "base/visible.hpp"
#include "report/clients.hpp"
#include "report/json.hpp"
#include "report/services.hpp"
#include "report/table.hpp"

namespace tlspolicy::report {
namespace {

std::optional<std::string> text_of(const base::FileState& state) {
  if (state.kind == base::FileState::Kind::absent) return std::nullopt;
  return state.content;
}

std::string diff_of(const plan::FileChange& file) {
  return base::unified_diff(file.path, text_of(file.before), text_of(file.after));
}

std::string coloured(const std::string& diff, const Style& style) {
  std::string out;
  for (const auto& line : base::lines(diff)) {
    const bool header = line.starts_with("---") || line.starts_with("+++");
    const Tone tone = header                  ? Tone::title
                      : line.starts_with('+') ? Tone::good
                      : line.starts_with('-') ? Tone::bad
                      : line.starts_with('@') ? Tone::faint
                                              : Tone::plain;
    out += paint(style, tone, base::visible_line(line)) + "\n";
  }
  return out;
}

std::string files_text(const plan::ServicePlan& plan, const Style& style) {
  if (plan.files.empty() && !plan.skipped) return "  files     nothing changes\n";
  std::string out;
  for (const auto& file : plan.files) {
    out += fmt::format("  {:<9} {}\n", change_of(file), file.path);
    if (file.packaged) out += wrapped(style, std::string(14, ' '), kPackaged);
  }
  return out;
}

std::string commands_text(const plan::ServicePlan& plan, const Style& style) {
  if (plan.files.empty()) return "";
  std::string out;
  for (const auto& step : plan.steps) {
    if (step.kind == (plan.restart ? "reload" : "restart") || step.kind == "active") continue;
    out += wrapped(style, fmt::format("  {:<9} ", step.kind), step.text());
  }
  return out;
}

std::string endpoints_text(const plan::ServicePlan& plan, const Style& style) {
  if (plan.skipped) return "";
  std::string out;
  for (const auto& one : plan.endpoints) {
    out += fmt::format("  endpoint  {}\n", one.endpoint.id);
    out += style.verbose && !one.dimensions.empty()
               ? effective_text(one.dimensions, style, 14)
               : wrapped(style, std::string(14, ' '), effective_line(one.dimensions));
  }
  return out;
}

std::string keys_text(const plan::ServicePlan& plan, const Style& style) {
  std::string out;
  for (const auto& key : plan.keys_below)
    out += wrapped(style, "  SSH key   ", key + " would no longer log in");
  return out;
}

std::string service_text(const plan::ServicePlan& plan, const Style& style) {
  std::string out = paint(style, Tone::title, plan.service) + "  " + heading(plan) + "\n";
  if (plan.skipped) {
    out += errors_text("SKIPPED", Tone::bad, {*plan.skipped}, style);
    return out + notes_text(plan.notes, style);
  }
  out += wrapped(style, "  follows   ",
                 shown_policy(plan.policy) + (plan.why.empty() ? "" : " (" + plan.why + ")"));
  out += files_text(plan, style) + commands_text(plan, style);
  out += errors_text("REFUSED", Tone::bad, plan.refusals, style);
  out += keys_text(plan, style);
  out += shortfalls_text(plan.shortfalls, style);
  out += endpoints_text(plan, style);
  out += errors_text("warning", Tone::warning, plan.warnings, style);
  out += notes_text(plan.notes, style);
  for (const auto& file : plan.files) out += "\n" + coloured(diff_of(file), style);
  return out;
}

std::string clients_text(const Planned& planned, const Style& style) {
  const auto& clients = planned.clients;
  if (clients.known == 0) return "";
  std::string out;
  if (!clients.lost.empty())
    out +=
        "\n" +
        paint(style, Tone::title,
              clients.compared ? "Clients that would be cut off" : "Clients that it leaves out") +
        fmt::format(" ({}{})\n", counted(clients.lost, clients.known),
                    clients.compared ? "" : "; which of them connect now is not known") +
        lost_text(clients.lost, style, 2);
  if (!clients.gained.empty())
    out += "\n" + paint(style, Tone::title, "Clients that would connect again") +
           ", and why they do not now\n" + lost_text(clients.gained, style, 2);
  return out;
}

bool is_changed(const plan::FileChange& file) { return !(file.before == file.after); }

std::string settings_text(const plan::FileChange& file, const Style& style) {
  if (!is_changed(file)) return "";
  return "\n" + paint(style, Tone::title, "Settings of tlspolicy") + "\n\n" +
         coloured(diff_of(file), style);
}

Json file_json(const plan::FileChange& file) {
  return {{"path", file.path},
          {"change", change_of(file)},
          {"packaged", file.packaged},
          {"diff", diff_of(file)}};
}

Json dimensions_json(const std::map<std::string, plan::Predicted>& dimensions) {
  Json out = Json::array();
  for (const auto& [dimension, value] : dimensions)
    out.push_back(
        {{"dimension", dimension}, {"enforced", value.enforced}, {"names", names(value.names)}});
  return out;
}

Json service_json(const plan::ServicePlan& plan) {
  Json out{{"service", plan.service},
           {"title", plan.title},
           {"version", plan.version},
           {"library", plan.library},
           {"effective", shown_policy(plan.policy)},
           {"why", plan.why},
           {"running", plan.running},
           {"files", Json::array()},
           {"restart", plan.restart},
           {"commands", Json::array()},
           {"endpoints", Json::array()},
           {"shortfalls", json_of(plan.shortfalls)},
           {"refusals", json_of(plan.refusals)},
           {"warnings", json_of(plan.warnings)},
           {"keys_below", texts(plan.keys_below)},
           {"notes", texts(plan.notes)},
           {"skipped", json_of(plan.skipped)}};
  for (const auto& file : plan.files) out["files"].push_back(file_json(file));
  for (const auto& step : plan.steps)
    out["commands"].push_back(
        {{"kind", step.kind}, {"command", step.text()}, {"limit_seconds", step.limit_s}});
  for (const auto& one : plan.endpoints)
    out["endpoints"].push_back({{"id", one.endpoint.id},
                                {"address", one.endpoint.address},
                                {"port", one.endpoint.port},
                                {"sni", one.endpoint.sni},
                                {"preamble", one.endpoint.preamble},
                                {"dimensions", dimensions_json(one.dimensions)}});
  return out;
}

}  // namespace

std::string plan_text(const Planned& planned, const Style& style) {
  const auto& plan = planned.plan;
  std::string out =
      fmt::format("{}: {} -> {}\n", plan.changes() ? "Would change" : "Nothing to change",
                  shown_policy(planned.selected), shown_policy(plan.policy));
  if (plan.services.empty()) out += "No service that tlspolicy knows is installed here.\n";
  for (const auto& service : plan.services) out += "\n" + service_text(service, style);
  out += settings_text(planned.settings, style) + clients_text(planned, style);
  if (plan.changes())
    out += "\n" + wrapped(style, "",
                          "set measures first what every endpoint accepts now; where this would be "
                          "weaker it asks for --weaker");
  return out;
}

std::string plan_json(const Planned& planned) {
  Json out = root("plan");
  out["selected"] = shown_policy(planned.selected);
  out["policy"] = shown_policy(planned.plan.policy);
  out["changes"] = planned.plan.changes();
  out["settings"] = is_changed(planned.settings) ? file_json(planned.settings) : Json();
  out["services"] = Json::array();
  for (const auto& service : planned.plan.services)
    out["services"].push_back(service_json(service));
  const auto& clients = planned.clients;
  out["clients"] = {{"known", clients.known},
                    {"compared", clients.compared},
                    {"lost", json_of(clients.lost)},
                    {"gained", json_of(clients.gained)}};
  return printed(out);
}

}  // namespace tlspolicy::report
