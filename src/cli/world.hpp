// SPDX-License-Identifier: Apache-2.0
// Loading what tlspolicy brings with it: policies, service manifests, messages; and what the
// administrator set.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "cli/context.hpp"
#include "cli/request.hpp"
#include "forecast/client.hpp"
#include "report/explain.hpp"

namespace tlspolicy::cli {

// The folder that --data names, or that belongs to the program file at `executable`: its prefix's
// share/tlspolicy, or data/ of the source tree in whose build folder it lies.
Result<std::string> data_folder(host::Host& machine, const std::string& named,
                                const std::string& executable);
// Beside the program, or in its prefix's libexec/tlspolicy; "" where there is none.
std::string preflight_program(host::Host& machine, const std::string& executable);

Result<policy::Catalogue> load_catalogue(Context&);
Result<plan::World> load_world(Context&);
Result<std::map<std::string, report::Message>> load_messages(Context&);

// Clients whose offers are known; a broken file is an error, a missing folder means none.
Result<forecast::Clients> load_clients(Context&);

struct SettingsFile {
  policy::Settings settings;
  std::string path;       // where the file really lies, should the name be a symlink
  base::FileState state;  // absent: upstream
};
Result<SettingsFile> load_settings(Context&);

// The policy that was typed; "" for `upstream`.  Unknown: an error with the nearest one.
Result<std::string> policy_id(const std::string& typed, const policy::Catalogue&);
// Every --service must be one that we know.
Result<void> known_services(const std::set<std::string>& asked, const plan::World&);

std::string today(host::Host&);  // YYYY-MM-DD, UTC

}  // namespace tlspolicy::cli
