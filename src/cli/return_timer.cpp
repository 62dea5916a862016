// SPDX-License-Identifier: Apache-2.0
// What waits for a confirmation that may never come; see confirm.hpp.
#include <fmt/format.h>

#include "cli/confirm.hpp"
#include "host/later.hpp"

namespace tlspolicy::cli {
namespace {

bool runs_systemd(host::Host& machine) {  // sd_booted(3)
  const auto state = machine.read("/run/systemd/system");
  return state && state->kind == base::FileState::Kind::folder;
}

Result<void> by_systemd(host::Host& machine, const std::string& executable, const std::string& name,
                        std::chrono::seconds time) {
  host::Command command;
  command.argv = {"systemd-run", "--quiet", "--collect", "--unit=tlspolicy-" + name,
                  fmt::format("--on-active={}s", time.count()), "--timer-property=AccuracySec=1s",
                  // A run that finds the lock taken is worth another try.
                  "--property=Restart=on-failure", "--property=RestartSec=10s",
                  "--property=StartLimitIntervalSec=300", "--property=StartLimitBurst=5",
                  executable, "recover"};
  const auto finished = machine.run(command);
  if (finished.status == 0) return {};
  return fail("no-timer", finished.err.empty() ? "systemd-run failed" : finished.err,
              "systemd-run");
}

}  // namespace

Result<void> start_return_timer(host::Host& machine, const std::string& executable,
                                const std::string& name, std::chrono::seconds time) {
  return runs_systemd(machine) ? by_systemd(machine, executable, name, time)
                               : host::run_later({executable, "recover"}, time);
}

}  // namespace tlspolicy::cli
