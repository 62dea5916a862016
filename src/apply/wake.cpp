// SPDX-License-Identifier: Apache-2.0
// Rolled back means serving again with the old settings, proven: a service that died is started,
// one that keeps the new settings, or broke on them (slapd on GnuTLS after a rejected change), is
// restarted.
#include <fmt/format.h>

#include <algorithm>

#include "apply/run.hpp"

namespace tlspolicy::apply {
namespace {

using prove::Verdict;

bool served_before(const Part& part, const Verdict& verdict) {
  return std::ranges::find(part.service.served, verdict.target.endpoint) !=
         part.service.served.end();
}

bool serves(const Part& part, const Settled& seen) {
  return seen.active && std::ranges::all_of(seen.verdicts, [&](const Verdict& verdict) {
           return verdict.serves || !served_before(part, verdict);
         });
}

// Silence of a probe is no reason to cut connections; an answer of the new settings is.
bool keeps_the_new(const Part& part, const Settled& seen) {
  return std::ranges::any_of(seen.verdicts, [&](const Verdict& verdict) {
    return served_before(part, verdict) && verdict.outcome == prove::Outcome::fails;
  });
}

Error not_proven(const Part& part) {
  return {"old-not-proven", "it serves again, but not exactly as it was expected to before",
          part.service.name, fmt::format("tlspolicy check {}", part.service.name)};
}

// One attempt, and what it led to.
Settled try_to(Run& run, const Part& part, How how, Woken& woken) {
  auto error = take_up(run, part, how);
  if (error && !woken.error) woken.error = std::move(error);
  return settle(run, part, part.before, how);
}

}  // namespace

Woken wake(Run& run, const Part& part, bool check_first, bool was_taken_up) {
  Woken woken;
  if (!is_live(run, part)) return woken;
  // Somebody's edit may stand among our old files: a reload must not make it worse.
  if (check_first) woken.error = check(run, part);
  const bool sound = !woken.error;
  const How how = how_to_take_up(part);
  // Also when nothing was reloaded yet: somebody else (logrotate) may have done it in between.  But
  // a restart cuts connections.
  const bool wanted = sound && (was_taken_up || how == How::reload);

  Settled seen;
  if (is_active(run.tools.host, part))
    seen = wanted ? try_to(run, part, how, woken) : settle(run, part, part.before, how);
  if (!serves(part, seen) || (sound && keeps_the_new(part, seen))) {
    run.say(part, "does not serve as before: restarting");
    seen = try_to(run, part, How::restart, woken);
  }
  woken.fate = serves(part, seen) ? Fate::rolled_back : Fate::stuck;
  if (keeps_the_new(part, seen)) run.warnings.push_back(not_proven(part));
  run.say(part, woken.fate == Fate::stuck ? "stuck: it could not be shown to serve"
                                          : "serves with its old settings");
  woken.verdicts = std::move(seen.verdicts);
  return woken;
}

}  // namespace tlspolicy::apply
