// SPDX-License-Identifier: Apache-2.0
// The planner: a pure function of (catalogue, settings, what was found on the host, a date) to
// whole new file contents, ordered commands, shortfalls, and what each endpoint will accept.
//
// Running it on a host that already follows the date gives a plan without changes; anything else is
// drift.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policy/policy.hpp"
#include "policy/settings.hpp"
#include "service/host_state.hpp"

namespace tlspolicy::plan {

struct FileChange {
  std::string path;
  base::FileState before, after;
  bool packaged = false;  // a dpkg conffile or ucf's: edited, it holds the package back
};

struct Step {
  std::string kind;  // "check" | "reload" | "restart" | "active"
  std::vector<std::string> argv;
  int limit_s = 30;
  std::string meaning = {};  // what it asks, where the command line alone does not tell
  std::string text() const;  // for people: the command line
};

struct Shortfall {       // selected and effective differ
  std::string endpoint;  // "": the whole service
  std::string dimension;
  std::vector<std::string> names;  // what is missing, or outside
  std::string reason, remedy;
};

struct Predicted {
  std::vector<std::string> names;  // neutral names, in order; or one number
  bool enforced = false;           // false: observed (R3)
};

struct EndpointPlan {
  service::Endpoint endpoint;
  std::map<std::string, Predicted> dimensions;
  // The policy's own names of dimensions that it is not kept to, where it does or may do more.
  std::map<std::string, std::vector<std::string>> of_policy{};
  int rsa_bits = 0, ec_bits = 0, dh_bits = 0;  // the policy's floors; 0: none
};

struct ServicePlan {
  std::string service, title, version, library;
  std::string library_name = "OpenSSL";  // whose version `library` is; "GnuTLS"
  std::string policy, why;  // effective: a date or ""; why it differs from the selected
  std::string clients;      // who connects, where neither port nor preamble tells: "mail"
  bool running = false;
  std::vector<FileChange> files;
  std::vector<Step> steps;
  bool restart = false;
  std::vector<EndpointPlan> endpoints;
  std::vector<Shortfall> shortfalls;
  std::vector<std::string> notes;   // stricter overrides that stay, lines that were set aside, …
  std::vector<Error> refusals;      // certificates that do not fit: `set` does not go on (R9)
  std::vector<Error> warnings;      // self-signed, soon expired, …
  std::vector<Error> beyond_proof;  // those of them that no hello of a client shows
  std::vector<std::string> keys_below;  // users' SSH keys that would no longer log in
  std::optional<Error> skipped;         // broken before us, or it cannot follow at all
};

// The id of warnings about certificates of names that no endpoint stands for.
inline constexpr std::string_view kNamesUnread = "names-unread";

struct Plan {
  std::string policy;  // what was asked for
  std::vector<ServicePlan> services;
  bool changes() const;  // does any service's file change?
};

struct World {  // what does not change from host to host
  policy::Catalogue catalogue;
  std::map<std::string, service::Manifest> manifests;
  std::string preflight;  // path of the tlspolicy-preflight program
  std::string today;      // YYYY-MM-DD
};

// `selected` is a date of the catalogue or "" (upstream).  `only`: these services; empty: all.
Result<Plan> make_plan(const World&, const policy::Settings&, const service::HostState&,
                       const std::string& selected, const std::set<std::string>& only = {});

}  // namespace tlspolicy::plan
