// SPDX-License-Identifier: Apache-2.0
// tlspolicy history: every change of this host that tlspolicy made.
#include "cli/generations.hpp"
#include "cli/verbs.hpp"

namespace tlspolicy::cli {

Answer run_history(const Request& request, Context& context) {
  journal::Journal journal(context.host, kGenerations);
  const auto history = load_history(journal);
  if (!history) return failed(history.error());
  return Reply{kDone, request.json ? report::history_json(*history)
                                   : report::history_text(*history, context.style)};
}

}  // namespace tlspolicy::cli
