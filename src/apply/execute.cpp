// SPDX-License-Identifier: Apache-2.0
// A change carried out: every service written, checked, reloaded, proven, and kept or taken back
// alone; then the settings; then the end, which is the only commit.
#include <algorithm>

#include "apply/run.hpp"

namespace tlspolicy::apply {
namespace {

using journal::Journal;

// Files back, said so in the journal, and the service awake on them.
ServiceOutcome take_back(Run& run, const Part& part, Error why, bool was_taken_up) {
  run.say(part, "rolling back: " + why.what);
  ServiceOutcome result{part.service.name, Fate::rolled_back, std::move(why), {}};
  const auto restored = restore_part(run, part);
  if (restored.error) {
    run.mixed = true;
    run.warnings.push_back(*restored.error);
  } else if (auto noted = run.journal.back(run.number, part.service.name); !noted) {
    run.journal_error = noted.error();
  }
  auto woken = wake(run, part, restored.theirs || restored.error, was_taken_up);
  result.fate = restored.error ? Fate::stuck : woken.fate;
  result.verdicts = std::move(woken.verdicts);
  if (woken.error) run.warnings.push_back(*woken.error);
  if (result.fate == Fate::rolled_back) run.say(part, "rolled back");
  return result;
}

// Nothing was exchanged: only what lies beside the files has to go.
ServiceOutcome give_up(Run& run, const Part& part, const Error& why) {
  const auto restored = restore_untouched(run, part);
  if (restored.error) {
    run.mixed = true;
    run.warnings.push_back(*restored.error);
  }
  return {part.service.name, Fate::rolled_back, why, {}};
}

ServiceOutcome bring(Run& run, const Part& part) {
  const auto written = write_part(run, part);
  if (written.error && !written.touched) return give_up(run, part, *written.error);
  if (written.error) return take_back(run, part, *written.error, false);
  run.say(part, "written");

  if (auto error = check(run, part)) return take_back(run, part, *error, false);
  if (!part.checks.empty()) run.say(part, "checked");
  if (!is_live(run, part)) return {part.service.name, Fate::kept, std::nullopt, {}};

  const How how = how_to_take_up(part);
  if (auto error = take_up(run, part, how)) return take_back(run, part, *error, true);
  auto seen = settle(run, part, part.after, how);
  if (auto error = judge(part, seen)) return take_back(run, part, *error, true);
  // A client that did not come, or an endpoint that was dead before us, is no reason to roll back.
  if (!part.after.empty())
    run.say(part, all_comply(seen.verdicts) ? "proven" : "serves, not all of it proven");
  return {part.service.name, Fate::kept, std::nullopt, std::move(seen.verdicts)};
}

ServiceOutcome* outcome_of(Outcome& out, const Part& part) {
  const auto found = std::ranges::find(out.services, part.service.name, &ServiceOutcome::service);
  return found == out.services.end() ? nullptr : &*found;
}

bool is_kept(Outcome& out, const Part& part) {
  const auto* outcome = outcome_of(out, part);
  return outcome != nullptr && outcome->fate == Fate::kept;
}

// The last one that was kept first.
void take_back_all(Run& run, const std::vector<Part>& parts, const Error& why, Outcome& out) {
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    if (is_kept(out, *part)) *outcome_of(out, *part) = take_back(run, *part, why, true);
}

bool any(const Outcome& out, Fate fate) {
  return std::ranges::find(out.services, fate, &ServiceOutcome::fate) != out.services.end();
}

bool all_kept(const Outcome& out) {
  return std::ranges::all_of(out.services, [](const auto& s) { return s.fate == Fate::kept; });
}

Error because_of(const ServiceOutcome& failed) {
  return {"atomic", "taken back because " + failed.service + " failed", "", ""};
}

void bring_all(Run& run, const std::vector<Part>& services, const Options& options, Outcome& out) {
  for (const auto& part : services) {
    out.services.push_back(bring(run, part));
    const auto& last = out.services.back();
    if (last.fate == Fate::kept || !options.atomic) continue;
    take_back_all(run, services, because_of(last), out);
    return;
  }
}

// The selected value follows what the services do; if it cannot be written, nothing may have
// changed either.
void write_settings(Run& run, const std::vector<Part>& services, const Part& settings,
                    Outcome& out) {
  if (settings.members.empty() || (!out.services.empty() && !any(out, Fate::kept))) return;
  const auto written = write_part(run, settings);
  out.settings_written = !written.error;
  if (!written.error) return;
  run.warnings.push_back(*written.error);
  const auto restored =
      written.touched ? restore_part(run, settings) : restore_untouched(run, settings);
  run.mixed |= restored.error.has_value();
  take_back_all(run, services, *written.error, out);
}

const char* word_for(const Outcome& out) {
  if (all_kept(out)) return out.services.empty() && !out.settings_written ? "rolled back" : "kept";
  return any(out, Fate::kept) ? "partly" : "rolled back";
}

Error still_open(const Run& run) {
  return {"open-generation", "this change could not be brought to its end",
          std::to_string(run.number), "tlspolicy recover"};
}

// What cannot be written down (a full disk) or put back takes all back; that needs no room.
void end_all_back(Run& run, const std::vector<Part>& services, const Part& settings,
                  const Error& why, Outcome& out) {
  run.warnings.push_back(why);
  out.confirm_until = 0;
  if (out.settings_written) run.mixed |= restore_part(run, settings).error.has_value();
  out.settings_written = false;
  take_back_all(run, services, why, out);
  out.open = run.mixed || !run.journal.end(run.number, "rolled back");
  if (out.open) run.warnings.push_back(still_open(run));
}

// Counted from the end, so that reloads and proofs do not use it up.
std::uint32_t confirm_until(Run& run, const Options& options, const Outcome& out) {
  if (options.confirm.count() == 0 || !any(out, Fate::kept)) return 0;
  const auto until = run.tools.host.now() + options.confirm;
  return static_cast<std::uint32_t>(std::chrono::system_clock::to_time_t(until));
}

void finish(Run& run, const std::vector<Part>& services, const Part& settings,
            const Options& options, Outcome& out) {
  for (const auto& part : services)
    if (is_kept(out, part)) warn_of_edits(run, part);

  std::optional<Error> trouble = run.journal_error;
  if (run.mixed) trouble = still_open(run);
  out.confirm_until = confirm_until(run, options, out);
  if (!trouble)
    if (auto ended = run.journal.end(run.number, word_for(out), out.confirm_until); !ended)
      trouble = ended.error();
  if (trouble) end_all_back(run, services, settings, *trouble, out);
  if (out.open) return;

  for (const auto& part : services) {
    sweep_part(run, part);
    if (is_kept(out, part)) drop_folders(run, part);
  }
  sweep_part(run, settings);
  if (out.settings_written) drop_folders(run, settings);
}

Result<Outcome> carry_out(Tools& tools, Journal& journal, const journal::Generation& generation,
                          const Options& options) {
  auto parts = parts_of(generation);
  if (!parts) return tl::make_unexpected(parts.error());
  const Part settings = std::move(parts->back());
  parts->pop_back();
  const auto number = journal.begin(generation);
  if (!number) return tl::make_unexpected(number.error());

  Outcome out;
  out.generation = *number;
  Run run{tools, journal, *number};
  bring_all(run, *parts, options, out);
  write_settings(run, *parts, settings, out);
  finish(run, *parts, settings, options, out);
  out.warnings = std::move(run.warnings);
  if (parts->empty() && !out.settings_written && !out.warnings.empty())
    return tl::make_unexpected(out.warnings.front());
  return out;
}

}  // namespace

Result<Outcome> execute(Tools& tools, Journal& journal, const Change& change,
                        const Options& options) {
  const auto open = journal.open_one();
  if (!open) return tl::make_unexpected(open.error());
  if (*open)
    return fail("open-generation", "an earlier change was never brought to its end",
                std::to_string(**open), "tlspolicy recover");
  const auto generation = generation_of(tools.host, change);
  if (!generation) return tl::make_unexpected(generation.error());

  Outcome out;
  if (!generation->members.empty() || !generation->services.empty()) {
    auto carried = carry_out(tools, journal, *generation, options);
    if (!carried) return carried;
    out = std::move(*carried);
  }
  out.warnings.insert(out.warnings.end(), change.warnings.begin(), change.warnings.end());
  for (const auto& service : change.services)
    if (std::ranges::find(out.services, service.service, &ServiceOutcome::service) ==
        out.services.end())
      out.services.push_back({service.service, Fate::unchanged, std::nullopt, {}});
  return out;
}

}  // namespace tlspolicy::apply
