// SPDX-License-Identifier: Apache-2.0
// Common ground of the verbs that change the host; see change.hpp.
#include "cli/change.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/dpkg.hpp"
#include "report/history.hpp"

namespace tlspolicy::cli {
namespace {

constexpr std::chrono::milliseconds kLockWait{1'000};
constexpr std::chrono::seconds kDpkgWait{120};

bool is_stuck(const apply::Outcome& outcome) {
  return std::ranges::any_of(outcome.services, [](const apply::ServiceOutcome& one) {
    return one.fate == apply::Fate::stuck;
  });
}

}  // namespace

Session::Session(Context& context, std::unique_ptr<host::Lock> lock)
    : lock_(std::move(lock)),
      journal_(std::make_unique<journal::Journal>(context.host, kGenerations)),
      tools_(new apply::Tools{context.host, context.prove,
                              [&context](const std::string& service, const std::string& text) {
                                context.note(service.empty() ? text : service + ": " + text);
                              }}) {}

Result<Session> Session::open(Context& context) {
  if (context.host.is_live() && !context.host.is_root())
    return fail("not-root", "changing this host needs root", {}, "run it with sudo");
  if (auto made = context.host.make_folder(host::folder_of(kLock), 0755); !made)
    return tl::make_unexpected(made.error());
  auto lock = context.host.lock(kLock, kLockWait);
  if (!lock) return tl::make_unexpected(lock.error());
  if (context.host.is_live())
    if (auto done = wait_for_dpkg(context, kDpkgWait); !done)
      return tl::make_unexpected(done.error());
  return Session(context, *std::move(lock));
}

Result<void> recover_first(Session& session, Context& context, bool may_wait) {
  const auto open = session.journal().open_one();
  if (!open) return tl::make_unexpected(open.error());
  const auto waiting = session.journal().waiting();
  if (!waiting) return tl::make_unexpected(waiting.error());
  if (!*open && !*waiting) return {};
  if (*waiting && !apply::is_due(context.host, **waiting))
    return may_wait ? Result<void>() : tl::make_unexpected(report::waits(**waiting));
  context.note(
      *open ? fmt::format("the change of generation {} was never finished: taking it back", **open)
            : fmt::format("generation {} was not confirmed: taking it back", (*waiting)->number));
  const auto recovered = apply::recover(session.tools(), session.journal());
  if (!recovered) return tl::make_unexpected(recovered.error());
  if (*recovered && is_stuck(**recovered))
    return fail("recovery-stuck",
                "an unfinished change was taken back, but a service does not serve", kGenerations,
                "`tlspolicy recover` shows which; start it, then try again");
  return {};
}

std::vector<prove::Verdict> pre_proof(Context& context, const std::vector<prove::Target>& targets) {
  if (!context.host.is_live() || targets.empty()) return {};
  context.progress(
      fmt::format("looking at what {} accept{} now",
                  targets.size() == 1 ? "1 endpoint" : fmt::format("{} endpoints", targets.size()),
                  targets.size() == 1 ? "s" : ""));
  return context.prove(targets);
}

tl::expected<std::vector<apply::Weakening>, Failure> agreed_weakenings(
    const Request& request, Context& context, const std::vector<prove::Target>& after) {
  if (after.empty()) return {};
  std::vector<prove::Now> now(after.size());  // under another root nothing answers
  if (context.host.is_live()) {
    context.progress("measuring whether anything would get weaker");
    now = context.measure(apply::weakening_questions(after));
  }
  auto found = apply::weakenings(after, now);
  if (found.empty() || request.weaker) return found;

  std::string listed = "this makes endpoints weaker than they are now:";
  std::vector<Error> errors;
  for (const auto& one : apply::gathered(found)) {
    listed += "\n" + report::wrapped(context.style, "  ", one.endpoint + ": " + one.text);
    listed.pop_back();
    errors.push_back({"weaker", one.text, one.endpoint, {}});
  }
  if (context.typed_yes && context.typed_yes(listed)) return found;
  errors.push_back({"needs-weaker",
                    "nothing was changed: this is weaker than what is accepted now",
                    {},
                    "add --weaker if that is meant"});
  return failed(kHostRefused, std::move(errors));
}

void leave_commands_out(apply::Change& change) {
  for (auto& service : change.services) {
    service.steps.clear();
    service.after.clear();
    service.before.clear();
    service.serving_before.clear();
    service.running = false;
  }
}

}  // namespace tlspolicy::cli
