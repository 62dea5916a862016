// SPDX-License-Identifier: Apache-2.0
// Running a command: no shell, a fixed PATH, a clean environment, a process group of its own, a
// time limit, and no descriptor of ours in its hands.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "host/exec.hpp"
#include "host/files.hpp"
#include "host/with_us.hpp"

namespace tlspolicy::host {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 8UL << 20;
constexpr milliseconds kLook{10};  // between looks at a child that keeps silent
// A daemon that the command started may keep its stdout open for ever: once the command itself
// has ended, what it wrote is in the pipe already.
constexpr milliseconds kDrain{200};
constexpr int kNotFound = 127, kNotRunnable = 126;  // as POSIX sh says it

struct Pipe {
  Fd read_end, write_end;
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return std::nullopt;
  Pipe out{Fd(ends[0]), Fd(ends[1])};
  fcntl(out.write_end.get(), F_SETFL, 0);  // the child's end blocks, as programs expect
  return out;
}

// A file in memory: no writer that could block, no SIGPIPE.
Fd input_file(const std::string& input) {
  if (input.empty()) return Fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Fd file(memfd_create("input", MFD_CLOEXEC));
  for (std::string_view rest = input; file && !rest.empty();) {
    const auto written = write(file.get(), rest.data(), rest.size());
    if (written < 0) return Fd();
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<std::string> environment(const Command& command) {
  std::map<std::string, std::string> values{
      {"PATH", std::string(kPath)}, {"LANG", "C.UTF-8"}, {"HOME", "/root"}};
  for (const auto& [name, value] : command.env) values[name] = value;
  std::vector<std::string> out;
  for (const auto& [name, value] : values) out.push_back(fmt::format("{}={}", name, value));
  return out;
}

struct Start {  // all that the child needs, so that it allocates nothing between fork and exec
  std::vector<std::string> programs, arguments, variables;
  std::vector<char*> argv, envp;
  const char* root;  // nullptr: "/"
  int in, out, err;
};

[[noreturn]] void become(const Start& start) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // where we are killed without a word
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal_number = 1; signal_number < NSIG; ++signal_number) signal(signal_number, SIG_DFL);
  if (dup2(start.in, 0) < 0 || dup2(start.out, 1) < 0 || dup2(start.err, 2) < 0)
    _exit(kNotRunnable);
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if ((start.root != nullptr && chroot(start.root) != 0) || chdir("/") != 0) _exit(kNotRunnable);
  int status = kNotFound;
  for (const auto& program : start.programs) {
    execve(program.c_str(), start.argv.data(), start.envp.data());
    if (errno != ENOENT && errno != ENOTDIR) status = kNotRunnable;
  }
  _exit(status);
}

// Takes what is there; false once the other end is closed.
bool drain(Fd& pipe, std::string& into) {
  std::array<char, 65536> piece;
  for (;;) {
    const auto length = read(pipe.get(), piece.data(), piece.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return true;
    if (length <= 0) {
      pipe = Fd();
      return false;
    }
    const auto room = kMostOutput - into.size();
    into.append(piece.data(), std::min(static_cast<std::size_t>(length), room));
  }
}

int exit_status(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

Finished watch(pid_t child, Pipe& out, Pipe& err, milliseconds limit) {
  Finished finished;
  auto until = Clock::now() + limit;
  bool ended = false;
  while (!ended || out.read_end || err.read_end) {
    std::array<pollfd, 2> ends{pollfd{out.read_end.get(), POLLIN, 0},
                               pollfd{err.read_end.get(), POLLIN, 0}};
    poll(ends.data(), ends.size(), static_cast<int>(kLook.count()));
    if (out.read_end) drain(out.read_end, finished.out);
    if (err.read_end) drain(err.read_end, finished.err);

    int wait_status = 0;
    if (!ended && waitpid(child, &wait_status, WNOHANG) == child) {
      ended = true;
      finished.status = exit_status(wait_status);
      until = Clock::now() + kDrain;
    }
    if (Clock::now() < until) continue;
    if (ended) break;
    finished.timed_out = true;
    kill(-child, SIGKILL);
    waitpid(child, &wait_status, 0);
    ended = true;
    finished.status = exit_status(wait_status);
    until = Clock::now() + kDrain;
  }
  return finished;
}

Finished not_started(const Command& command, std::string_view why) {
  return Finished{kNotRunnable, "", fmt::format("{}: {}", command.argv.front(), why), false};
}

}  // namespace

Finished run_command(const Root& root, const Command& command) {
  if (command.argv.empty()) return Finished{kNotFound, "", "no command", false};
  auto out = make_pipe();
  auto err = make_pipe();
  const Fd in = input_file(command.input);
  if (!out || !err || !in) return not_started(command, "no descriptors or memory left");

  Start start{candidates(command.argv.front()),
              command.argv,
              environment(command),
              {},
              {},
              root.folder() == "/" ? nullptr : root.folder().c_str(),
              in.get(),
              out->write_end.get(),
              err->write_end.get()};
  start.argv = pointers(start.arguments);
  start.envp = pointers(start.variables);
  const WithUs with_us;
  const pid_t child = fork();
  if (child == 0) become(start);
  if (child < 0) return not_started(command, "no process could be started");
  setpgid(child, child);  // here as well: the limit may come before the child ran
  WithUs::ends(child);
  out->write_end = Fd();
  err->write_end = Fd();

  Finished finished = watch(child, *out, *err, command.limit);
  if (finished.status == kNotFound && finished.err.empty())
    finished.err = fmt::format("{}: not found", command.argv.front());
  return finished;
}

}  // namespace tlspolicy::host
