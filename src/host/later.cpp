// SPDX-License-Identifier: Apache-2.0
// A process that waits; see later.hpp.
#include "host/later.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "host/exec.hpp"
#include "host/system_error.hpp"

namespace tlspolicy::host {
namespace {

[[noreturn]] void sleep_and_become(char* const* argv, std::chrono::seconds time) {
  setsid();
  if (fork() != 0) _exit(0);  // nobody's child, so that nobody has to wait for it
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
  closefrom(3);
  for (auto left = static_cast<unsigned>(time.count()) + 1; left > 0;) left = sleep(left);
  execv(argv[0], argv);
  _exit(127);
}

}  // namespace

Result<void> run_later(const std::vector<std::string>& argv, std::chrono::seconds time) {
  std::vector<std::string> words = argv;  // execv(3) takes them as its own
  const auto argp = pointers(words);
  const pid_t child = fork();
  if (child < 0) return system_error(errno, "start", argv.front());
  if (child == 0) sleep_and_become(argp.data(), time);
  waitpid(child, nullptr, 0);
  return {};
}

}  // namespace tlspolicy::host
