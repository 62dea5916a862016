// SPDX-License-Identifier: Apache-2.0
// What `scan` was asked for, understood and opened, before the first connection: afterwards it
// needs nothing of this machine but sockets and the resolver.
#pragma once

#include <optional>

#include "cli/request.hpp"
#include "cli/resume.hpp"
#include "cli/verbs.hpp"
#include "host/lines.hpp"
#include "report/form.hpp"

namespace tlspolicy::cli {

struct ScanSetup {
  std::vector<scan::Named> named;  // from the command line
  std::optional<host::Lines> lines;
  scan::Lookup lookup;
  std::optional<policy::Policy> policy;
  scan::Part part = scan::Part::by_role;
  int shard = 1, shards = 1;
  scan::Means means;
  std::string date;  // RFC 3339, now
  std::optional<Resume> resume;
  std::optional<host::OutFile> output;
  report::Format format{};
  std::unique_ptr<report::Form> form;
};
tl::expected<ScanSetup, Failure> scan_setup(const Request&, Context&);

}  // namespace tlspolicy::cli
