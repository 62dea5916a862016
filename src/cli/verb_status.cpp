// SPDX-License-Identifier: Apache-2.0
// tlspolicy status: selected and effective, drift, shortfalls, warnings.  Changes nothing, asks
// nothing over the network, and needs no root for what may be read without.
#include <fmt/format.h>

#include "cli/evidence.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "journal/journal.hpp"
#include "report/history.hpp"
#include "report/status.hpp"
#include "service/further.hpp"

namespace tlspolicy::cli {
namespace {

std::optional<Error> pending(Context& context) {
  journal::Journal journal(context.host, kGenerations);
  auto open = journal.open_one();
  if (!open && !context.host.is_root()) return std::nullopt;  // root's alone: not for us to say
  if (!open) return open.error();
  if (*open) {  // whoever still works on it holds the lock
    const auto lock = context.host.lock(kLock, std::chrono::milliseconds{0});
    if (!lock && lock.error().id == "busy")
      return Error{"change-going-on",
                   fmt::format("generation {} is being carried out: {}", **open, lock.error().what),
                   kGenerations, "ask again when it is done"};
    open = journal.open_one();
    if (!open) return open.error();
  }
  if (*open)
    return Error{"pending-journal",
                 fmt::format("the change of generation {} was never finished", **open),
                 kGenerations, "take it back: sudo tlspolicy recover"};
  const auto waiting = journal.waiting();
  return waiting && *waiting ? std::optional(report::waits(**waiting)) : std::nullopt;
}

}  // namespace

Answer run_status(const Request& request, Context& context) {
  const auto view = look(context, request.services);
  if (!view) return failed(view.error());
  const auto& selected = view->settings.settings.policy;
  auto plan = plan_for(*view, selected);
  if (!plan) return failed(plan.error());
  const auto* newest = policy::newest(view->world.catalogue);
  report::Status status{selected, newest ? newest->id : "", pending(context),
                        exemption_warnings(*view), *std::move(plan)};
  for (const auto& service : status.plan.services)
    if (const auto manifest = view->world.manifests.find(service::plain_name(service.service));
        manifest != view->world.manifests.end())
      status.evidence[service.service] = latest_evidence(context.host, manifest->second.evidence);
  return Reply{
      report::is_settled(status) ? kDone : kDiffers,
      request.json ? report::status_json(status) : report::status_text(status, context.style)};
}

}  // namespace tlspolicy::cli
