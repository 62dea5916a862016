// SPDX-License-Identifier: Apache-2.0
// tlspolicy list: the catalogue, and which of it is selected.
#include "cli/verbs.hpp"
#include "cli/world.hpp"
#include "report/list.hpp"

namespace tlspolicy::cli {

Answer run_list(const Request& request, Context& context) {
  const auto catalogue = load_catalogue(context);
  if (!catalogue) return failed(catalogue.error());
  const auto settings = load_settings(context);
  if (!settings) return failed(settings.error());
  auto clients = load_clients(context);
  if (!clients) return failed(clients.error());
  const report::Listing list{*catalogue, settings->settings.policy, *std::move(clients)};
  return Reply{kDone,
               request.json ? report::list_json(list) : report::list_text(list, context.style)};
}

}  // namespace tlspolicy::cli
