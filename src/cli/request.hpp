// SPDX-License-Identifier: Apache-2.0
// What the command line asked for, as plain data: main.cpp fills it in, the verbs read it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tlspolicy::cli {

struct Request {
  std::string verb;
  std::string policy;       // as typed; `upstream` is the word for the empty value
  bool has_policy = false;  // show and check may go without
  std::set<std::string> services;
  std::vector<std::string> targets;       // check: services or endpoints; empty: all.  scan: hosts
  int generation = 0;                     // undo; 0: the newest
  std::string id;                         // explain
  std::string assume;                     // show: "version=2.4.37,openssl=1.1.1"
  std::string starttls;                   // scan: protocol of targets that name none
  double timeout = 5;                     // scan: seconds for an answer
  int per_host = 2, retries = 1;          // scan
  bool all_addresses = false;             // scan
  std::optional<std::string> connect_to;  // scan: an address, wherever the names lead
  bool ssh_moduli = false;                // scan
  std::string part;                       // scan --policy: "", mandatory, opportunistic
  std::string targets_file;               // scan: more targets, a line each; "-": standard input
  std::string format = "text";            // scan
  bool clients = false;                   // scan: who connects, where the form leaves that out
  std::string output;                     // scan: a file; "": stdout
  std::string resume;                     // scan: a file with what is done
  std::string shard;                      // scan: "2/5"
  double rate = 0;                        // scan: new connections in a second; 0: no limit
  int at_once = 0;  // scan: connections in all; 0: by how many targets there are
  std::string root = "/", data;
  bool json = false, verbose = false;
  bool exit_code = false;                   // plan
  bool weaker = false;                      // set, undo
  bool atomic = false;                      // set
  bool lose_ssh_keys = false;               // set
  std::optional<std::string> confirm = {};  // set, undo: a time, as typed
  bool no_confirm = false;                  // set, undo
};

}  // namespace tlspolicy::cli
