// SPDX-License-Identifier: Apache-2.0
// tlspolicy explain: what stands behind the id of an error or a finding.
#include <fmt/format.h>

#include "base/nearest.hpp"
#include "cli/verbs.hpp"
#include "cli/world.hpp"

namespace tlspolicy::cli {

Answer run_explain(const Request& request, Context& context) {
  const auto messages = load_messages(context);
  if (!messages) return failed(messages.error());
  const auto found = messages->find(request.id);
  if (found == messages->end()) {
    std::vector<std::string> known;
    for (const auto& [id, message] : *messages) known.push_back(id);
    const auto near = base::nearest(request.id, known);
    return failed({"unknown-message",
                   fmt::format("there is no message \"{}\"", request.id),
                   {},
                   near ? fmt::format("did you mean {}?", *near)
                        : "ids stand in parentheses behind findings, and in --json as \"id\""});
  }
  return Reply{kDone, request.json ? report::explain_json(found->second)
                                   : report::explain_text(found->second, context.style)};
}

}  // namespace tlspolicy::cli
