// SPDX-License-Identifier: Apache-2.0
// From the chosen rows to whole new file contents: our drop-in, or our block in the service's own
// file where a drop-in would not win, and the overrides that have to be set aside.
#pragma once

#include <string>
#include <vector>

#include "plan/pristine.hpp"
#include "plan/rows.hpp"

namespace tlspolicy::plan {

// Reads the configuration as the service does, from these contents.
config::Flattened read_all(const service::Manifest&, const service::Instance&, const Texts&);

struct Composed {
  Texts files;
  std::vector<const Found*> set_aside;
  std::vector<config::Source> replaced;  // earlier values of the keys that we write
  std::vector<std::string> notes;
};

// Fails where our lines cannot be made to win: the service is skipped with that error.
Result<Composed> compose(const service::Manifest&, const service::Instance&, const Texts& pristine,
                         const std::vector<Row>&, const std::vector<Found>&,
                         const std::map<std::string, std::vector<std::string>>& wanted,
                         const std::string& policy);

}  // namespace tlspolicy::plan
