// SPDX-License-Identifier: Apache-2.0
// tlspolicy recover: takes an unfinished change back whole.  Needs neither policies nor manifests,
// so that it works at boot and where those are broken.
#include "cli/change.hpp"
#include "cli/verbs.hpp"
#include "report/changed.hpp"

namespace tlspolicy::cli {

Answer run_recover(const Request& request, Context& context) {
  auto session = Session::open(context);
  if (!session) return failed(session.error());
  report::Changed changed{.verb = "recover",
                          .before = {},
                          .after = {},
                          .nothing_to_do = true,
                          .live = context.host.is_live(),
                          .outcome = {},
                          .skipped = {},
                          .weakenings = {},
                          .plan = {}};
  const auto open = session->journal().open_one();
  if (!open) return failed(open.error());
  auto generation = session->journal().waiting();
  if (generation && !*generation && *open) generation = session->journal().load(**open);
  if (!generation) return failed(generation.error());
  if (*generation) {
    changed.before = (*generation)->selected_after;
    changed.after = (*generation)->selected_before;
  }
  auto outcome = apply::recover(session->tools(), session->journal());
  if (!outcome) return failed(outcome.error());
  if (*outcome) {
    changed.nothing_to_do = false;
    changed.outcome = std::move(**outcome);
  }
  return Reply{report::status_of(changed), request.json
                                               ? report::changed_json(changed)
                                               : report::changed_text(changed, context.style)};
}

}  // namespace tlspolicy::cli
