// SPDX-License-Identifier: Apache-2.0
// tlspolicy set: brings the host to a policy.  discover, plan, guard; apply/ does the rest.
#include <fmt/format.h>

#include <algorithm>

#include "cli/change.hpp"
#include "cli/confirm.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "report/changed.hpp"

namespace tlspolicy::cli {
namespace {

using report::Changed;

std::vector<report::Skipped> skipped_in(const plan::Plan& plan) {
  std::vector<report::Skipped> out;
  for (const auto& one : plan.services)
    if (one.skipped) out.push_back({one.service, *one.skipped});
  return out;
}

// Nothing could follow: then the selected value must not say that something does.
tl::expected<void, Failure> guard_skipped(const std::vector<report::Skipped>& skipped,
                                          const plan::Plan& plan) {
  if (skipped.empty() || skipped.size() < plan.services.size()) return {};
  std::vector<Error> errors;
  for (const auto& one : skipped) errors.push_back(one.error);
  return failed(kHostRefused, std::move(errors));
}

Reply reply(const Request& request, const Context& context, const Changed& changed) {
  return {report::status_of(changed), request.json ? report::changed_json(changed)
                                                   : report::changed_text(changed, context.style)};
}

// R9: every refusal at once, so that nobody has to come back for the next one.
tl::expected<void, Failure> guard_certificates(const plan::Plan& plan) {
  std::vector<Error> refusals;
  for (const auto& one : plan.services)
    refusals.insert(refusals.end(), one.refusals.begin(), one.refusals.end());
  if (refusals.empty()) return {};
  return failed(kHostRefused, std::move(refusals));
}

// The real lock-out: users whose keys would no longer be taken.
tl::expected<void, Failure> guard_ssh_keys(const Request& request, const Context& context,
                                           const plan::Plan& plan) {
  std::vector<Error> errors;
  std::string listed = "these SSH keys could no longer log in:";
  for (const auto& one : plan.services) {
    if (one.files.empty()) continue;
    for (const auto& key : one.keys_below) {
      errors.push_back({"ssh-key-below", key + " could no longer log in", {}, {}});
      listed += "\n  " + key;
    }
  }
  if (errors.empty() || request.lose_ssh_keys) return {};
  if (context.typed_yes && context.typed_yes(listed)) return {};
  errors.push_back({"needs-lose-ssh-keys",
                    "nothing was changed: users would be locked out",
                    {},
                    "let them install a bigger key first, or add --lose-ssh-keys"});
  return failed(kHostRefused, std::move(errors));
}

// Targets of the services whose files change; `running`: of those that run.
std::vector<prove::Target> targets(const plan::Plan& changing, const plan::Plan& which,
                                   bool running) {
  std::vector<prove::Target> out;
  for (const auto& one : which.services) {
    const auto same =
        std::ranges::find(changing.services, one.service, &plan::ServicePlan::service);
    if (same == changing.services.end() || same->files.empty() || (running && !same->running))
      continue;
    const auto more = apply::targets_of(one);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

void note_ended(const Context& context, const policy::Settings& before,
                const policy::Settings& after) {
  for (const auto& one : before.exemptions)
    if (std::ranges::find(after.exemptions, one) == after.exemptions.end())
      context.note(
          fmt::format("the exemption of {} ended: it was given until {}", one.target, one.until));
}

}  // namespace

Answer run_set(const Request& request, Context& context) {
  const auto catalogue = load_catalogue(context);
  if (!catalogue) return failed(catalogue.error());
  const auto policy = policy_id(request.policy, *catalogue);
  if (!policy) return failed(policy.error());
  if (request.confirm)
    if (const auto time = parse_time(*request.confirm); !time) return failed(time.error());
  auto session = Session::open(context);
  if (!session) return failed(session.error());
  if (auto clean = recover_first(*session, context); !clean) return failed(clean.error());

  const auto view = look(context, request.services);
  if (!view) return failed(view.error());
  const auto& selected = view->settings.settings.policy;
  const auto before = plan_for(*view, selected);
  if (!before) return failed(before.error());
  const auto goal = intended(*view, *policy);
  if (!goal) return failed(goal.error());
  const auto* after = &goal->plan;

  Changed changed{
      .verb = "set",
      .before = selected,
      .after = *policy,
      .nothing_to_do = !after->changes() && host::same(goal->file.before, goal->file.after),
      .only_some = !request.services.empty(),
      .live = context.host.is_live(),
      .outcome = {},
      .skipped = skipped_in(*after),
      .weakenings = {},
      .plan = *after};
  if (changed.nothing_to_do) return reply(request, context, changed);
  if (request.atomic && !changed.skipped.empty())
    return failed(
        {"atomic-skipped",
         changed.skipped.front().service +
             " would be left out: " + changed.skipped.front().error.what,
         changed.skipped.front().error.where,
         "nothing was changed; mend it, leave --atomic out, or name the others with --service"});
  if (auto one = guard_skipped(changed.skipped, *after); !one)
    return tl::make_unexpected(one.error());
  if (auto fit = guard_certificates(*after); !fit) return tl::make_unexpected(fit.error());
  if (auto kept = guard_ssh_keys(request, context, *after); !kept)
    return tl::make_unexpected(kept.error());
  auto weaker = agreed_weakenings(request, context, targets(*after, *after, false));
  if (!weaker) return tl::make_unexpected(weaker.error());
  changed.weakenings = *std::move(weaker);
  const auto seen = pre_proof(context, targets(*after, *before, true));

  const auto& file = goal->file;
  auto change =
      apply::change_of(*before, *after, seen, {"", file.path, file.before, file.after}, "set");
  if (!context.host.is_live()) leave_commands_out(change);
  const auto confirm = time_to_confirm(request, context, changes_ssh(change));
  if (!confirm) return tl::make_unexpected(confirm.error());
  if (auto armed = arm_beforehand(*session, context, *confirm); !armed)
    return failed(armed.error());
  auto outcome =
      apply::execute(session->tools(), session->journal(), change, {request.atomic, *confirm});
  if (!outcome) return failed(outcome.error());
  if (auto armed = arm(*session, context, *outcome, *confirm); !armed) return failed(armed.error());
  changed.outcome = *std::move(outcome);
  if (changed.outcome.settings_written)
    note_ended(context, view->settings.settings, goal->settings);
  return reply(request, context, changed);
}

}  // namespace tlspolicy::cli
