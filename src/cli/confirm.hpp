// SPDX-License-Identifier: Apache-2.0
// The way back that needs nobody: a change that returns by itself unless it is confirmed, for those
// who may be cutting off the branch that they sit on.
#pragma once

#include <chrono>
#include <functional>

#include "cli/change.hpp"

namespace tlspolicy::cli {

// "30s", "5m", "1h"; at least ten seconds, at most a day.
Result<std::chrono::seconds> parse_time(std::string_view text);

// Is this run a descendant of an SSH server, or part of a login session that came over SSH?  The
// variables that sshd sets do not tell: sudo strips them.
bool inside_ssh_session(host::Host& machine);

// How long the change may stay unconfirmed; 0: for good.  Somebody who changes the SSH server from
// inside an SSH session has to say so: --confirm, --no-confirm, or the answer to a question.
tl::expected<std::chrono::seconds, Failure> time_to_confirm(const Request&, Context&,
                                                            bool changes_ssh);

// Does the change touch a service that people log in with?
bool changes_ssh(const apply::Change&);

// Starts what will run `tlspolicy recover` then: a timer of systemd's, or a detached process where
// systemd does not run.  `executable` is this program.
Result<void> start_return_timer(host::Host& machine, const std::string& executable,
                                const std::string& name, std::chrono::seconds);

// Before `execute`: should it be killed half way, nobody may be there to recover.
Result<void> arm_beforehand(Session&, Context&, std::chrono::seconds);
// After `execute`: where the timer cannot be started, the change is taken back at once.
Result<void> arm(Session&, Context&, const apply::Outcome&, std::chrono::seconds);

}  // namespace tlspolicy::cli
