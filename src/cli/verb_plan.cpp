// SPDX-License-Identifier: Apache-2.0
// tlspolicy plan: what `set` would do.  Changes nothing and needs no root to read.
#include "cli/cutoff.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "report/plan.hpp"

namespace tlspolicy::cli {

Answer run_plan(const Request& request, Context& context) {
  const auto catalogue = load_catalogue(context);
  if (!catalogue) return failed(catalogue.error());
  const auto policy = policy_id(request.policy, *catalogue);
  if (!policy) return failed(policy.error());
  const auto view = look(context, request.services);
  if (!view) return failed(view.error());
  const auto after = intended(*view, *policy);
  if (!after) return failed(after.error());
  const auto clients = load_clients(context);
  if (!clients) return failed(clients.error());
  const auto now = plan_for(*view, view->settings.settings.policy);
  if (!now) return failed(now.error());
  const report::Planned planned{view->settings.settings.policy, after->plan,
                                cutoff(*now, after->plan, *clients), after->file};
  return Reply{
      request.exit_code && after->plan.changes() ? kDiffers : kDone,
      request.json ? report::plan_json(planned) : report::plan_text(planned, context.style)};
}

}  // namespace tlspolicy::cli
