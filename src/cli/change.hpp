// SPDX-License-Identifier: Apache-2.0
// What set, undo and recover have in common: root, the lock, an unfinished change taken back first,
// what endpoints accept now, and the consent that weakening needs (R11).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "apply/apply.hpp"
#include "apply/compose.hpp"
#include "cli/verbs.hpp"

namespace tlspolicy::cli {

class Session {  // holds the lock
 public:
  // Fails without root on a live host, and where another run holds the lock.
  static Result<Session> open(Context&);

  journal::Journal& journal() { return *journal_; }
  apply::Tools& tools() { return *tools_; }

 private:
  Session(Context&, std::unique_ptr<host::Lock>);
  std::unique_ptr<host::Lock> lock_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<apply::Tools> tools_;
};

// Takes an unfinished change back, or one that was not confirmed in time; says so, and fails where
// it could not be made to serve again.  One that still waits fails, unless this is its way back.
Result<void> recover_first(Session&, Context&, bool may_wait = false);

// Endpoints that serve now: what was dead before is not our regression.
std::vector<prove::Verdict> pre_proof(Context&, const std::vector<prove::Target>&);

// What would get weaker, measured; a Failure where nobody agreed to it.
tl::expected<std::vector<apply::Weakening>, Failure> agreed_weakenings(
    const Request&, Context&, const std::vector<prove::Target>& after);

// Under another root nothing runs: files alone are written.
void leave_commands_out(apply::Change&);

}  // namespace tlspolicy::cli
