// SPDX-License-Identifier: Apache-2.0
// A process that outlives us by one command; see afterwards.hpp.
#include "host/afterwards.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "host/exec.hpp"
#include "host/system_error.hpp"

namespace tlspolicy::host {
namespace {

// Nothing but async-signal-safe calls from here on: it is a fork of a program with threads.
[[noreturn]] void wait_and_become(int pipe, const std::vector<std::string>& programs,
                                  char* const* argv, char* const* envp) {
  setsid();  // a signal to our group, or the end of our terminal, is not meant for it
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE}) signal(number, SIG_IGN);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; ++fd)
    if (fd != pipe) dup2(null, fd);
  dup2(pipe, 3);
  close_range(4, ~0U, 0);
  char off = 0;
  ssize_t count = 0;
  do {
    count = read(3, &off, 1);
  } while (count < 0 && errno == EINTR);
  if (count > 0) _exit(0);
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE}) signal(number, SIG_DFL);
  close(3);
  for (const auto& program : programs) execve(program.c_str(), argv, envp);
  _exit(127);
}

}  // namespace

Result<Afterwards> Afterwards::will_run(const std::vector<std::string>& argv) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_error(errno, "start", argv.front());
  std::vector<std::string> words = argv;  // execve(2) takes them as its own
  std::vector<std::string> variables{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"};
  const auto argp = pointers(words), envp = pointers(variables);
  const auto programs = candidates(argv.front());
  const pid_t child = fork();
  if (child == 0) {
    close(ends[1]);
    wait_and_become(ends[0], programs, argp.data(), envp.data());
  }
  close(ends[0]);
  if (child < 0) {
    close(ends[1]);
    return system_error(errno, "start", argv.front());
  }
  return Afterwards(ends[1], child);
}

void Afterwards::call_off() const {
  const char off = 1;
  if (pipe_ >= 0) [[maybe_unused]]
    const auto written = write(pipe_, &off, 1);
}

Afterwards::~Afterwards() {
  if (pipe_ >= 0) close(pipe_);
  while (child_ > 0 && waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace tlspolicy::host
