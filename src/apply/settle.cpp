// SPDX-License-Identifier: Apache-2.0
// Check, reload, prove: what the service's own programs say, and then what the wire shows.
#include <fmt/format.h>

#include <algorithm>

#include "apply/run.hpp"
#include "base/text.hpp"

namespace tlspolicy::apply {
namespace {

using journal::Step;
using prove::Target, prove::Verdict;
using std::chrono::milliseconds;

// A reload is asynchronous: the old processes may answer for a moment after the command has
// returned, and a service that dies of its new settings (Apache does, after a reload that said 0)
// may take a moment to die.
constexpr milliseconds kSettle{10'000};   // something serves, but does not comply yet
constexpr milliseconds kSilent{4'000};    // nothing serves
constexpr milliseconds kDead{1'000};      // its own tool says that it does not run, after a reload
constexpr milliseconds kStarting{5'000};  // the same, after a restart
constexpr milliseconds kSteady{1'000};    // it complies: does it stay up?
constexpr milliseconds kFirstPause{200};  // then doubled
constexpr std::size_t kNativeLines = 6;   // of a program's own words in a message

host::Finished run_step(host::Host& host, const Step& step) {
  return host.run({step.argv, {}, {}, std::chrono::seconds(step.limit_s)});
}

// What the program said, as far as people want to read it.
std::string native_words(const host::Finished& finished, const Step& step) {
  if (finished.timed_out) return fmt::format("it took longer than {} s", step.limit_s);
  std::vector<std::string> words;
  for (const auto& text : {finished.err, finished.out})
    for (const auto& line : base::lines(text))
      if (!base::trim(line).empty() && words.size() < kNativeLines)
        words.emplace_back(base::trim(line));
  return words.empty() ? fmt::format("exit status {}", finished.status) : base::join(words, "\n");
}

std::optional<Error> demand(Run& run, const Step& step, std::string_view id) {
  const auto finished = run_step(run.tools.host, step);
  if (finished.status == 0 && !finished.timed_out) return std::nullopt;
  return Error{std::string(id), native_words(finished, step), base::join(step.argv, " "), ""};
}

bool complies(const Verdict& verdict) { return verdict.outcome == prove::Outcome::complies; }

// All targets at first, then only those that do not comply yet: every look costs connections.
void look(Run& run, const std::vector<Target>& targets, std::vector<Verdict>& verdicts) {
  if (targets.empty()) return;
  if (verdicts.empty()) {
    verdicts = run.tools.prove(targets);
    return;
  }
  std::vector<Target> open;
  for (const auto& verdict : verdicts)
    if (!complies(verdict)) open.push_back(verdict.target);
  for (auto& answer : run.tools.prove(open)) {
    const auto old = std::ranges::find(verdicts, answer.target, &Verdict::target);
    if (old != verdicts.end()) *old = std::move(answer);
  }
}

}  // namespace

bool all_comply(const std::vector<Verdict>& verdicts) {
  return std::ranges::all_of(verdicts, complies);
}

std::optional<Error> check(Run& run, const Part& part) {
  for (const auto& step : part.checks)
    if (auto error = demand(run, step, "check-failed")) return error;
  return std::nullopt;
}

bool is_active(host::Host& host, const Part& part) {
  return !part.active || run_step(host, *part.active).status == 0;
}

bool is_live(const Run& run, const Part& part) {
  return part.service.running && run.tools.host.is_live();
}

How how_to_take_up(const Part& part) {
  return part.service.restart || !part.reload ? How::restart : How::reload;
}

std::optional<Error> take_up(Run& run, const Part& part, How how) {
  const auto& wanted = how == How::restart ? part.restart : part.reload;
  const auto& step = wanted ? wanted : part.reload;
  if (!step) return std::nullopt;
  const bool restart = step->kind == Step::Kind::restart;
  if (auto error = demand(run, *step, restart ? "restart-failed" : "reload-failed")) return error;
  run.say(part, restart ? "restarted" : "reloaded");
  return std::nullopt;
}

Settled settle(Run& run, const Part& part, const std::vector<Target>& targets, How how) {
  auto& host = run.tools.host;
  const auto dead_for = how == How::restart ? kStarting : kDead;
  Settled seen;
  const auto start = host.now();
  auto alive = start, serving = start;
  for (milliseconds pause = kFirstPause;; pause *= 2) {
    seen.active = is_active(host, part);
    if (seen.active) look(run, targets, seen.verdicts);
    if (seen.active && all_comply(seen.verdicts)) break;

    const auto now = host.now();
    if (seen.active) alive = now;
    if (seen.active && std::ranges::any_of(seen.verdicts, &Verdict::serves)) serving = now;
    if (now - alive >= dead_for || now - serving >= kSilent || now - start >= kSettle) return seen;
    host.pause(seen.active ? pause : kFirstPause);
  }
  host.pause(kSteady);
  seen.active = is_active(host, part);
  if (!part.active && !targets.empty()) seen.verdicts = run.tools.prove(targets);
  return seen;
}

std::optional<Error> judge(const Part& part, const Settled& seen) {
  const std::string& service = part.service.name;
  if (!seen.active)
    return Error{"not-active", "it does not stay up with the new settings", service,
                 "its own log says why"};
  for (const auto& verdict : seen.verdicts) {
    if (complies(verdict)) continue;
    const bool served = std::ranges::find(part.service.served, verdict.target.endpoint) !=
                        part.service.served.end();
    if (!served && !verdict.serves) continue;
    const std::string why = verdict.findings.empty() ? "" : ": " + verdict.findings.front().text;
    return verdict.serves
               ? Error{"proof-failed", "the proof failed" + why, verdict.target.endpoint, ""}
               : Error{"not-serving", "it no longer answers with the new settings" + why,
                       verdict.target.endpoint, ""};
  }
  return std::nullopt;
}

}  // namespace tlspolicy::apply
