// SPDX-License-Identifier: Apache-2.0
// Text and JSON of a change; see changed.hpp.
#include "report/changed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/history.hpp"
#include "report/json.hpp"
#include "report/services.hpp"
#include "report/verdicts.hpp"

namespace tlspolicy::report {
namespace {
using apply::Fate;

struct Words {
  std::string_view id, text;
  Tone tone;
};

constexpr std::string_view kOpen =
    "UNFINISHED: it could not be brought to its end; take it back: sudo tlspolicy recover\n";

Words words_of(Fate fate) {
  switch (fate) {
    case Fate::kept:
      return {"kept", "changed", Tone::good};
    case Fate::rolled_back:
      return {"rolled-back", "ROLLED BACK", Tone::bad};
    case Fate::unchanged:
      return {"unchanged", "unchanged", Tone::plain};
    case Fate::stuck:
      break;
  }
  return {"stuck", "STUCK: neither the new nor the old state could be shown to serve", Tone::bad};
}

const plan::ServicePlan* plan_of(const Changed& changed, const std::string& service) {
  const auto found = std::ranges::find(changed.plan.services, service, &plan::ServicePlan::service);
  return found == changed.plan.services.end() ? nullptr : &*found;
}

// recover keeps nothing: what it takes back is what it is for.
bool is_achieved(const Changed& changed, const apply::ServiceOutcome& one) {
  const bool unfinished = changed.verb == "recover" && !changed.outcome.unconfirmed;
  return one.fate == (unfinished ? Fate::rolled_back : Fate::kept);
}

std::string service_text(const Changed& changed, const apply::ServiceOutcome& one,
                         const Style& style) {
  const auto words = words_of(one.fate);
  const bool back = changed.verb != "set" && is_achieved(changed, one);
  std::string out = fmt::format(
      "{}  {}\n", paint(style, Tone::title, one.service),
      back ? paint(style, Tone::good, "taken back") : paint(style, words.tone, words.text));
  if (one.error) out += errors_text("because", Tone::bad, {*one.error}, style);
  if (const auto* plan = plan_of(changed, one.service)) {
    if (changed.live && !plan->running && one.fate == Fate::kept)
      out += wrapped(style, "  note      ",
                     "it does not run: nothing was reloaded, and nothing is proven; once it runs: "
                     "tlspolicy check " +
                         one.service);
    out += shortfalls_text(plan->shortfalls, style) + notes_text(plan->notes, style);
    out += errors_text("warning", Tone::warning, plan->warnings, style);
  }
  return out + verdicts_text(one.verdicts, style, 2);
}

std::string who_follows(const Changed& changed) {
  if (!changed.only_some) return "the host";
  std::vector<std::string> names;
  for (const auto& one : changed.plan.services) names.push_back(one.service);
  return base::join(names, ", ");
}

bool any_kept(const Changed& changed) {
  return changed.outcome.settings_written ||
         std::ranges::any_of(changed.outcome.services,
                             [](const auto& one) { return one.fate == Fate::kept; });
}

std::string head(const Changed& changed) {
  if (changed.verb == "recover")
    return changed.nothing_to_do         ? "nothing to recover: no change was left unfinished\n"
           : changed.outcome.unconfirmed ? "a change that nobody confirmed was taken back\n"
                                         : "an unfinished change was taken back\n";
  if (changed.nothing_to_do)
    return fmt::format("nothing to do: {} already follow{} {}\n", who_follows(changed),
                       changed.only_some && changed.plan.services.size() > 1 ? "" : "s",
                       shown_policy(changed.after));
  if (changed.before == changed.after)
    return fmt::format("{}, {}\n", shown_policy(changed.after),
                       any_kept(changed) ? "carried out again" : "tried again");
  return fmt::format("{} -> {}\n", shown_policy(changed.before), shown_policy(changed.after));
}

std::string last_line(const Changed& changed) {
  if (changed.outcome.generation == 0 || changed.verb == "recover") return "";
  const auto number = changed.outcome.generation;
  std::string out = fmt::format("generation {}", number);
  if (!any_kept(changed))
    return out +
           fmt::format(": nothing was kept; {} stays selected\n", shown_policy(changed.before));
  if (changed.outcome.confirm_until != 0)
    out += fmt::format(" goes back at {}, unless you run:\n  tlspolicy confirm\ngeneration {}",
                       shown_time(changed.outcome.confirm_until), number);
  return out + fmt::format("; the way back: tlspolicy undo {}\n", number);
}

Json services_json(const Changed& changed) {
  Json out = Json::array();
  for (const auto& one : changed.outcome.services) {
    const auto* plan = plan_of(changed, one.service);
    out.push_back({{"service", one.service},
                   {"fate", words_of(one.fate).id},
                   {"error", json_of(one.error)},
                   {"shortfalls", plan ? json_of(plan->shortfalls) : Json::array()},
                   {"warnings", plan ? json_of(plan->warnings) : Json::array()},
                   {"notes", plan ? texts(plan->notes) : Json::array()},
                   {"endpoints", json_of(one.verdicts)}});
  }
  return out;
}

}  // namespace

int status_of(const Changed& changed) {
  const auto& services = changed.outcome.services;
  const auto any = [&](auto is) { return std::ranges::any_of(services, is); };
  const bool achieved = any([&](const auto& one) { return is_achieved(changed, one); });
  const bool failed = any([&](const auto& one) {
    return !is_achieved(changed, one) && (one.fate != Fate::unchanged || one.error);
  });
  const bool mixed =
      changed.outcome.open || any([](const auto& one) { return one.fate == Fate::stuck; });
  if (!failed && !mixed && changed.skipped.empty()) return 0;
  return achieved || mixed || changed.nothing_to_do ? 4 : 3;
}

std::string changed_text(const Changed& changed, const Style& style) {
  std::string out = head(changed);
  for (const auto& one : changed.outcome.services) out += "\n" + service_text(changed, one, style);
  for (const auto& one : changed.skipped)
    out += "\n" + paint(style, Tone::title, one.service) + "\n" +
           errors_text("SKIPPED", Tone::bad, {one.error}, style);
  out += errors_text("warning", Tone::warning, changed.outcome.warnings, style);
  for (const auto& one : apply::gathered(changed.weakenings))
    out += wrapped(style, "  weaker    ", one.endpoint + ": " + one.text);
  if (changed.only_some && changed.outcome.settings_written && changed.before != changed.after)
    out += "\n" +
           wrapped(style, "note      ",
                   fmt::format(
                       "{0} is now what the whole host is to follow; what was left out shows as "
                       "drift until: tlspolicy set {0}",
                       shown_policy(changed.after)));
  if (!changed.live && !changed.nothing_to_do)
    out += "\nanother root than /: files were written; nothing was checked, reloaded or proven\n";
  const auto tail = changed.outcome.open ? std::string(kOpen) : last_line(changed);
  return tail.empty() ? out : out + "\n" + tail;
}

std::string changed_json(const Changed& changed) {
  Json out = root(changed.verb);
  out["before"] = shown_policy(changed.before);
  out["after"] = shown_policy(changed.after);
  out["nothing_to_do"] = changed.nothing_to_do;
  out["live"] = changed.live;
  out["generation"] = changed.outcome.generation;
  out["confirm_until"] =
      changed.outcome.confirm_until == 0 ? Json() : Json(changed.outcome.confirm_until);
  out["settings_written"] = changed.outcome.settings_written;
  out["unfinished"] = changed.outcome.open;
  out["services"] = services_json(changed);
  out["skipped"] = Json::array();
  for (const auto& one : changed.skipped)
    out["skipped"].push_back({{"service", one.service}, {"error", json_of(one.error)}});
  out["warnings"] = json_of(changed.outcome.warnings);
  out["weakenings"] = Json::array();
  for (const auto& one : changed.weakenings)
    out["weakenings"].push_back({{"endpoint", one.endpoint}, {"text", one.text}});
  return printed(out);
}

}  // namespace tlspolicy::report
