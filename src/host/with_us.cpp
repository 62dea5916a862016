// SPDX-License-Identifier: Apache-2.0
// The handler does only what signal-safety(7) allows; see with_us.hpp.
#include "host/with_us.hpp"

#include <signal.h>

#include <array>
#include <atomic>

namespace tlspolicy::host {
namespace {

constexpr std::array kSignals{SIGTERM, SIGINT, SIGHUP};
std::atomic<pid_t> running = 0;
static_assert(std::atomic<pid_t>::is_always_lock_free);

void end_both(int number) {
  if (const pid_t group = running; group > 0) kill(-group, SIGKILL);
  signal(number, SIG_DFL);
  raise(number);  // it is blocked here, and comes when we return
}

void exchange(void (*from)(int), void (*to)(int)) {
  for (const int number : kSignals) {
    struct sigaction now {};
    const bool is_from = sigaction(number, nullptr, &now) == 0 &&
                         (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == from;
    if (is_from) signal(number, to);
  }
}

}  // namespace

WithUs::WithUs() { exchange(SIG_DFL, end_both); }
WithUs::~WithUs() {
  exchange(end_both, SIG_DFL);
  running = 0;
}
void WithUs::ends(pid_t group) { running = group; }

}  // namespace tlspolicy::host
