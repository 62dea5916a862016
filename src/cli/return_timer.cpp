// SPDX-License-Identifier: Apache-2.0
// What waits for a confirmation that may never come; see confirm.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/confirm.hpp"

namespace tlspolicy::cli {
namespace {

bool runs_systemd(host::Host& machine) {  // sd_booted(3)
  const auto state = machine.read("/run/systemd/system");
  return state && state->kind == base::FileState::Kind::folder;
}

Result<void> by_systemd(host::Host& machine, const std::string& executable, int generation,
                        std::chrono::seconds time) {
  // A run that finds the lock taken is worth another try.
  const auto finished =
      machine.run({{"systemd-run", "--quiet", "--collect",
                    fmt::format("--unit=tlspolicy-return-{}", generation),
                    fmt::format("--on-active={}s", time.count()), "--timer-property=AccuracySec=1s",
                    "--property=Restart=on-failure", "--property=RestartSec=10s",
                    "--property=StartLimitIntervalSec=300", "--property=StartLimitBurst=5",
                    executable, "recover"},
                   {},
                   {}});
  if (finished.status == 0) return {};
  return fail("no-timer", finished.err.empty() ? "systemd-run failed" : finished.err,
              "systemd-run");
}

[[noreturn]] void wait_and_recover(const std::string& executable, std::chrono::seconds time) {
  setsid();
  if (fork() != 0) _exit(0);  // nobody's child, so that nobody has to wait for it
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
  closefrom(3);  // the lock among them
  for (auto left = static_cast<unsigned>(time.count()) + 1; left > 0;) left = sleep(left);
  execl(executable.c_str(), "tlspolicy", "recover", static_cast<char*>(nullptr));
  _exit(1);
}

Result<void> by_a_process(const std::string& executable, std::chrono::seconds time) {
  const pid_t child = fork();
  if (child < 0) return fail("no-timer", std::strerror(errno), "fork");
  if (child == 0) wait_and_recover(executable, time);
  waitpid(child, nullptr, 0);
  return {};
}

}  // namespace

Result<void> start_return_timer(host::Host& machine, const std::string& executable, int generation,
                                std::chrono::seconds time) {
  return runs_systemd(machine) ? by_systemd(machine, executable, generation, time)
                               : by_a_process(executable, time);
}

}  // namespace tlspolicy::cli
