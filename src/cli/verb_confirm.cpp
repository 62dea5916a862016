// SPDX-License-Identifier: Apache-2.0
// tlspolicy confirm: the change that waits for it stays.  Also after its time, as long as nothing
// has taken it back: whoever can run this was not locked out.
#include "cli/change.hpp"
#include "cli/verbs.hpp"
#include "report/history.hpp"

namespace tlspolicy::cli {

Answer run_confirm(const Request& request, Context& context) {
  auto session = Session::open(context);
  if (!session) return failed(session.error());
  const auto waiting = session->journal().waiting();
  if (!waiting) return failed(waiting.error());
  if (!*waiting)
    return failed({"nothing-to-confirm",
                   "no change waits for a confirmation",
                   {},
                   "`tlspolicy history` shows what was changed"});
  if (auto done = session->journal().confirm((*waiting)->number, "confirmed"); !done)
    return failed(done.error());
  return Reply{
      kDone, request.json ? report::confirmed_json(**waiting) : report::confirmed_text(**waiting)};
}

}  // namespace tlspolicy::cli
