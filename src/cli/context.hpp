// SPDX-License-Identifier: Apache-2.0
// What the verbs work with: the host, the data folder, the prober, the person in front of it.
// Everything that reaches outside is a member here, so that tests put their own in its place.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/host.hpp"
#include "plan/plan.hpp"
#include "prove/prove.hpp"
#include "report/style.hpp"
#include "scan/scan.hpp"
#include "scan/target.hpp"

namespace tlspolicy::cli {

using Manifests = std::map<std::string, service::Manifest>;

struct Context {
  host::Host& host;       // the one that is looked at and changed (--root)
  host::Host& machine;    // the one that we run on: our own data lies there
  std::string data;       // folder with policies/, services/, messages/
  std::string preflight;  // path of tlspolicy-preflight
  report::Style style = {};
  std::string version = {};  // of this program

  std::function<service::HostState(const Manifests&, const std::set<std::string>& only)> discover =
      {};
  std::function<std::vector<prove::Verdict>(const std::vector<prove::Target>&)> prove = {};
  std::function<std::vector<prove::Now>(const std::vector<prove::NowQuestion>&)> measure = {};
  std::function<scan::Resolved(const std::vector<scan::Named>&, const scan::Lookup&)> resolve = {};
  std::function<void(scan::Source&, const std::function<void(scan::Endpoint)>& done,
                     const scan::Means&)>
      scan = {};
  // Before strangers are talked to: gives up root, writing and starting programs.  Empty: as it is.
  std::function<Result<void>()> confine = {};
  // Where a long reply goes piece by piece; false: nobody takes it any more.
  std::function<bool(std::string_view)> write = {};
  // Called before that: takes away what would stand before it on the same terminal.
  std::function<void()> make_room = {};
  std::function<void(const std::string& line)> progress = {};  // being done now; never in a pipe
  std::function<void(const std::string& line)> note = {};      // done to the host; also in a pipe
  std::function<void(const std::string& line)> when_interrupted = {};  // a signal's last words
  std::function<bool(const std::string& question)> typed_yes = {};  // empty: nobody is there to ask
  std::function<bool()> inside_ssh = {};  // did whoever runs this come over SSH?
  // Has `tlspolicy recover` run then; the name ("return-3") tells one such from another.
  std::function<Result<void>(const std::string& name, std::chrono::seconds)> arm = {};
};

inline constexpr char kSettings[] = "/etc/tlspolicy/tlspolicy.toml";
inline constexpr char kGenerations[] = "/var/lib/tlspolicy/generations";
inline constexpr char kLock[] = "/var/lib/tlspolicy/lock";

}  // namespace tlspolicy::cli
