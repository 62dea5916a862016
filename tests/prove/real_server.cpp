// SPDX-License-Identifier: Apache-2.0
// Starting, waiting for and ending real servers; a relay that counts connections.
#include "real_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

extern char** environ;

namespace tlspolicy::prove {
namespace {
using Clock = std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

struct Listener {
  int fd = -1;
  std::uint16_t port = 0;
};

Listener listen_somewhere() {
  Listener out{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 0};
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(out.fd, plain(address), size) != 0 || ::listen(out.fd, 64) != 0) std::abort();
  ::getsockname(out.fd, reinterpret_cast<sockaddr*>(&address), &size);
  out.port = ntohs(address.sin_port);
  return out;
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(fd, plain(address), sizeof(address)) == 0) return fd;
  ::close(fd);
  return -1;
}

// A port that was free a moment ago.
std::uint16_t free_port() {
  const Listener listener = listen_somewhere();
  ::close(listener.fd);
  return listener.port;
}

pid_t start(const Command& command) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  if (posix_spawnp(&pid, argv.front(), &files, nullptr, argv.data(), environ) != 0) pid = -1;
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

bool wait_until_it_listens(pid_t pid, std::uint16_t port) {
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (pid > 0 && Clock::now() < deadline) {
    if (const int fd = connect_to(port); fd >= 0) {
      ::close(fd);
      return true;
    }
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) return false;
    ::poll(nullptr, 0, 5);
  }
  return false;
}
}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "tlspolicy-prove-XXXXXX").string();
  if (!::mkdtemp(name.data())) std::abort();
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

std::string program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string folders = std::string(path ? path : "") + ":/usr/sbin:/usr/bin";
  for (std::size_t at = 0; at < folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    const std::string file = folders.substr(at, end - at) + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
    at = end + 1;
  }
  return {};
}

bool run_to_end(const Command& command) {
  const pid_t pid = start(command);
  int status = -1;
  return pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

RealServer::RealServer(const std::function<Command(std::uint16_t)>& command) : port_(free_port()) {
  pid_ = start(command(port_));
  up_ = wait_until_it_listens(pid_, port_);
}

RealServer::~RealServer() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

probe::Place RealServer::place(std::string preamble) const {
  return {"127.0.0.1", port_, "", std::move(preamble)};
}

Certificate::Certificate(const std::string& kind, const std::string& hash)
    : key(folder.file("key.pem")), chain(folder.file("chain.pem")) {
  Command command{"openssl",       "req",      "-x509",   "-nodes", "-days", "2",  "-subj",
                  "/CN=localhost", "-" + hash, "-keyout", key,      "-out",  chain};
  if (kind.starts_with("ec:"))
    command.insert(command.end(),
                   {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + kind.substr(3)});
  else
    command.insert(command.end(), {"-newkey", kind});
  if (!run_to_end(command)) std::abort();
}

wire::Bytes Certificate::der() const {
  const std::string file = folder.file("chain.der");
  if (!run_to_end({"openssl", "x509", "-in", chain, "-outform", "DER", "-out", file})) std::abort();
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Command s_server(const Certificate& certificate, std::uint16_t port, const Command& words) {
  Command out{"openssl", "s_server",      "-accept", "127.0.0.1:" + std::to_string(port),
              "-key",    certificate.key, "-cert",   certificate.chain,
              "-quiet",  "-www"};
  out.insert(out.end(), words.begin(), words.end());
  return out;
}

// Threads that accept until the listener is shut down.
struct MadeUpServer::Work {
  Listener listener = listen_somewhere();
  std::atomic<int> connections = 0;
  std::vector<int> kept;
  std::jthread thread;
};

namespace {
// Reads the hello, so that a close is a FIN and not a reset for unread bytes.
void read_hello(int fd) {
  std::array<char, 16384> bytes{};
  [[maybe_unused]] const auto size = ::recv(fd, bytes.data(), bytes.size(), 0);
}

void reset(int fd) {
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  ::close(fd);
}

void say(int fd, const std::vector<std::uint8_t>& bytes) {
  [[maybe_unused]] const auto size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

// A TLS 1.2 ServerHello that chooses TLS_NULL_WITH_NULL_NULL, which no hello of ours offers.
std::vector<std::uint8_t> server_hello_with_null() {
  std::vector<std::uint8_t> out{22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3};
  out.resize(out.size() + 32, 7);
  out.insert(out.end(), {0, 0, 0, 0});
  return out;
}
}  // namespace

MadeUpServer::MadeUpServer(Manner manner) : work_(std::make_unique<Work>()) {
  work_->thread = std::jthread([work = work_.get(), manner] {
    for (int fd; (fd = ::accept(work->listener.fd, nullptr, nullptr)) >= 0;) {
      ++work->connections;
      if (manner == Manner::silent) {
        work->kept.push_back(fd);
        continue;
      }
      read_hello(fd);
      if (manner == Manner::garbage) say(fd, {'h', 'e', 'l', 'l', 'o', '\r', '\n'});
      if (manner == Manner::wrong_suite) say(fd, server_hello_with_null());
      if (manner == Manner::reset)
        reset(fd);
      else
        ::close(fd);
    }
  });
}

MadeUpServer::~MadeUpServer() {
  ::shutdown(work_->listener.fd, SHUT_RDWR);
  work_->thread.join();
  ::close(work_->listener.fd);
  for (const int fd : work_->kept) ::close(fd);
}

probe::Place MadeUpServer::place() const { return {"127.0.0.1", work_->listener.port, "", ""}; }
int MadeUpServer::connections() const { return work_->connections; }

struct CountingRelay::Work {
  Listener listener = listen_somewhere();
  std::atomic<int> connections = 0;
  std::vector<std::jthread> passing;
  std::jthread thread;
};

namespace {
// Both ways until one side is done; each side's end is passed on.
void pass(int from, int to) {
  std::array<char, 16384> bytes{};
  std::array<pollfd, 2> both{pollfd{from, POLLIN, 0}, pollfd{to, POLLIN, 0}};
  for (bool open = true; open;) {
    ::poll(both.data(), both.size(), -1);
    for (std::size_t i = 0; i < both.size(); ++i) {
      if (both[i].revents == 0) continue;
      const auto size = ::recv(both[i].fd, bytes.data(), bytes.size(), 0);
      if (size > 0)
        ::send(both[1 - i].fd, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
      else
        open = false;
    }
  }
  ::close(from);
  ::close(to);
}
}  // namespace

CountingRelay::CountingRelay(const probe::Place& to) : work_(std::make_unique<Work>()) {
  work_->thread = std::jthread([work = work_.get(), to] {
    for (int fd; (fd = ::accept(work->listener.fd, nullptr, nullptr)) >= 0;) {
      ++work->connections;
      const int onward = connect_to(to.port);
      if (onward < 0)
        ::close(fd);
      else
        work->passing.emplace_back(pass, fd, onward);
    }
  });
}

CountingRelay::~CountingRelay() {
  ::shutdown(work_->listener.fd, SHUT_RDWR);
  work_->thread.join();
  ::close(work_->listener.fd);
}

probe::Place CountingRelay::place() const { return {"127.0.0.1", work_->listener.port, "", ""}; }
int CountingRelay::connections() const { return work_->connections; }

}  // namespace tlspolicy::prove
