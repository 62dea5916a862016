// SPDX-License-Identifier: Apache-2.0
// Generations: numbered, complete, undoable changes of the host, each an append-only file under
// /var/lib/tlspolicy/generations.  Knows bytes, commands and proof targets; no manifest, no plan.
// The file format is docs/journal-format.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "host/host.hpp"

namespace tlspolicy::journal {

struct Service {  // what recovery and undo must know about one service
  std::string name;
  bool running = true;              // it ran before the change; false: never start it
  bool restart = false;             // a setting needs a restart to come alive
  std::vector<std::string> served;  // ids of the endpoints that were up before the change
  bool operator==(const Service&) const = default;
};

struct Member {         // one path that changes
  std::string service;  // "" for the settings file: always the last member
  host::Path path;
  host::FileState before, after;
  bool operator==(const Member&) const = default;
};

struct Step {  // a command of a service, as recovery will run it again
  enum class Kind { check, reload, restart, active };  // active: status 0 while the service runs
  std::string service;
  Kind kind = Kind::check;
  std::vector<std::string> argv;
  int limit_s = 30;
  bool operator==(const Step&) const = default;
};

struct Target {  // what a service is to be proven against, as prove's JSON
  std::string service;
  bool after = true;  // false: against the state before (for roll-back)
  std::string json;
  bool operator==(const Target&) const = default;
};

struct Generation {
  int number = 0;
  std::string boot_id, created;                 // RFC 3339, UTC
  std::string verb;                             // "set", "undo 3"
  std::string selected_before, selected_after;  // "" is upstream
  std::vector<Service> services;                // in the order in which they are changed
  std::vector<Member> members;
  std::vector<Step> steps;
  std::vector<Target> targets;

  // How far it came; filled by load().
  std::vector<std::string> touched;      // services, in the order in which they were written
  std::vector<std::string> backed;       // services that were put back
  std::optional<std::string> outcome;    // of the `end` record: "kept", "partly", "rolled back",
                                         // "recovered"; nullopt: still open
  std::uint32_t confirm_until = 0;       // Unix seconds of the `end`: then it goes back by itself,
                                         // unless it is confirmed before; 0: it stays
  std::optional<std::string> confirmed;  // "confirmed", or "returned": it went back
};

// It was kept, but goes back by itself unless somebody confirms it.
bool waits_for_confirm(const Generation&);

// The generation that an undo took back, by its verb ("undo 3").
std::optional<int> undoes(const Generation&);

class Journal {
 public:
  Journal(host::Host& host, host::Path folder);  // ".../generations"; made on first write

  Result<std::vector<int>> numbers();     // ascending
  Result<Generation> load(int number);    // a torn tail ends it where the last whole record ends
  Result<std::optional<int>> open_one();  // the generation without `end`; it is the newest or none

  // Writes header, services, members, steps and targets; durable before it returns.  Gives the
  // number.  Refused ("open-generation") while one is open.
  Result<int> begin(const Generation&);
  Result<void> touch(int number, const std::string& service);
  Result<void> back(int number, const std::string& service);
  Result<void> end(int number, const std::string& outcome, std::uint32_t confirm_until = 0);
  Result<void> confirm(int number, const std::string& how);  // behind the end

  // The newest change, where it waits for its confirmation.
  Result<std::optional<Generation>> waiting();

  Result<void> sweep();  // removes what a begin() that was killed left

 private:
  Result<void> add(int number, const std::string& record);
  host::Path path_of(int number) const;

  host::Host& host_;
  host::Path folder_;
};

}  // namespace tlspolicy::journal
