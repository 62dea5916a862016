// SPDX-License-Identifier: Apache-2.0
// See interrupted.hpp.
#include "host/interrupted.hpp"

#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace tlspolicy::host {
namespace {
std::string& last_words() {
  static std::string text;
  return text;
}

// Only what signal-safety(7) allows.  The usual disposition is back already (SA_RESETHAND), so what
// is raised ends the process once this returns.
extern "C" void speak(int number) {
  const std::string& text = last_words();
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  std::raise(number);
}
}  // namespace

void say_when_interrupted(const std::string& text) {
  last_words() = text;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) != 0 || now.sa_handler == SIG_IGN) continue;
    struct sigaction wanted {};
    wanted.sa_handler = speak;
    wanted.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(number, &wanted, nullptr);
  }
}

}  // namespace tlspolicy::host
