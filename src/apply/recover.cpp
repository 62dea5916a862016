// SPDX-License-Identifier: Apache-2.0
// The way back after a crash: a generation without an end goes back whole, in reverse, by what the
// files are and not by what the journal says was done; so it may be killed itself, at any point.
#include <algorithm>

#include "apply/run.hpp"

namespace tlspolicy::apply {
namespace {

using journal::Generation, journal::Journal;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// After a reboot the init system starts what ran before; we start nothing.  Without one, a service
// that ran and does not run now was killed by our change.
bool is_ours_to_wake(Run& run, const Generation& g, const Part& part) {
  if (!is_live(run, part)) return false;
  return g.boot_id == run.tools.host.boot_id() || is_active(run.tools.host, part);
}

// What was never touched has only a file of ours beside it; the path itself is not looked at.
Restored restore(Run& run, const Generation& g, const Part& part) {
  return contains(g.touched, part.service.name) ? restore_part(run, part)
                                                : restore_untouched(run, part);
}

Result<void> note(Run& run, const Generation& g, const Part& part) {
  if (!contains(g.touched, part.service.name) || contains(g.backed, part.service.name)) return {};
  return run.journal.back(run.number, part.service.name);
}

ServiceOutcome wake_again(Run& run, const Generation& g, const Part& part) {
  const std::string& name = part.service.name;
  if (!contains(g.touched, name)) return {name, Fate::unchanged, std::nullopt, {}};
  run.say(part, "files are as before");
  Woken woken;
  if (is_ours_to_wake(run, g, part)) woken = wake(run, part, true, true);
  return {name, woken.fate, woken.error, std::move(woken.verdicts)};
}

// The first error is told at the end: until then, all that can go back does.
Result<Outcome> take_back(Run& run, const Generation& g, const std::vector<Part>& parts) {
  Outcome out;
  out.generation = g.number;
  std::optional<Error> error;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const auto restored = restore(run, g, *part);
    const auto noted = restored.error ? Result<void>() : note(run, g, *part);
    if (!error && restored.error) error = restored.error;
    if (!error && !noted) error = noted.error();
  }
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    if (!part->service.name.empty()) out.services.push_back(wake_again(run, g, *part));
  if (error) return tl::make_unexpected(*error);
  if (auto ended = run.journal.end(run.number, "recovered"); !ended)
    return tl::make_unexpected(ended.error());
  out.warnings = std::move(run.warnings);
  return out;
}

// A run that was killed between its end and its last unlink left the swapped-out versions.
Result<std::optional<Outcome>> sweep_newest(Tools& tools, Journal& journal) {
  const auto numbers = journal.numbers();
  if (!numbers) return tl::make_unexpected(numbers.error());
  if (numbers->empty()) return std::nullopt;
  const auto generation = journal.load(numbers->back());
  if (!generation) return tl::make_unexpected(generation.error());
  const auto parts = parts_of(*generation);
  if (!parts) return tl::make_unexpected(parts.error());

  Run run{tools, journal, generation->number};
  const bool any_kept = generation->outcome == "kept" || generation->outcome == "partly";
  for (const auto& part : *parts) {
    sweep_part(run, part);
    if (any_kept && !contains(generation->backed, part.service.name)) drop_folders(run, part);
  }
  if (run.warnings.empty()) return std::nullopt;
  Outcome out;
  out.generation = generation->number;
  out.warnings = std::move(run.warnings);
  return out;
}

Result<std::optional<Outcome>> take_back_unfinished(Tools& tools, Journal& journal) {
  const auto open = journal.open_one();
  if (!open) return tl::make_unexpected(open.error());
  if (!*open) return sweep_newest(tools, journal);
  const auto generation = journal.load(**open);
  if (!generation) return tl::make_unexpected(generation.error());
  const auto parts = parts_of(*generation);
  if (!parts) return tl::make_unexpected(parts.error());

  Run run{tools, journal, generation->number};
  auto out = take_back(run, *generation, *parts);
  if (!out) return tl::make_unexpected(out.error());
  return std::optional(std::move(*out));
}

}  // namespace

bool is_due(host::Host& host, const Generation& waiting) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(host.now().time_since_epoch());
  return now.count() >= waiting.confirm_until || host.boot_id() != waiting.boot_id;
}

Result<Outcome> take_back_waiting(Tools& tools, Journal& journal, const Generation& waiting) {
  std::vector<ServiceOutcome> left_out;
  const auto change = undo_of(tools.host, journal, waiting.number, &left_out);
  if (!change) return tl::make_unexpected(change.error());
  if (change->services.empty() && !left_out.empty())
    return tl::make_unexpected(*left_out.front().error);
  auto out = execute(tools, journal, *change, {});
  if (!out) return out;
  std::ranges::move(left_out, std::back_inserter(out->services));
  if (auto noted = note_returned(journal, waiting, *out); !noted)
    return tl::make_unexpected(noted.error());
  return out;
}

Result<void> note_returned(Journal& journal, const Generation& waiting, const Outcome& out) {
  const bool whole = std::ranges::all_of(out.services, [](const ServiceOutcome& one) {
    return one.fate == Fate::kept || one.fate == Fate::unchanged;
  });
  return whole && !out.open ? journal.confirm(waiting.number, "returned") : Result<void>();
}

Result<std::optional<Outcome>> recover(Tools& tools, Journal& journal) {
  if (auto done = journal.sweep(); !done) return tl::make_unexpected(done.error());
  auto unfinished = take_back_unfinished(tools, journal);
  if (!unfinished) return unfinished;
  const auto waiting = journal.waiting();
  if (!waiting) return tl::make_unexpected(waiting.error());
  if (!*waiting || !is_due(tools.host, **waiting)) return unfinished;

  // What was unfinished may have been its way back.
  auto out = take_back_waiting(tools, journal, **waiting);
  if (!out) return tl::make_unexpected(out.error());
  out->unconfirmed = true;
  if (*unfinished) std::ranges::move((*unfinished)->warnings, std::back_inserter(out->warnings));
  return std::optional(*std::move(out));
}

}  // namespace tlspolicy::apply
