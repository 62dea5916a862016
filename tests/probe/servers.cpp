// SPDX-License-Identifier: Apache-2.0
// Servers for the tests; see servers.hpp.
#include "probe/servers.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace tlspolicy::test {
namespace {

std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> resolve(const std::string& address,
                                                           std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* out = nullptr;
  getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &out);
  return {out, freeaddrinfo};
}

// A listening socket; the port is chosen by the system where it is 0.
int listen_on(const std::string& address, std::uint16_t port) {
  const auto at = resolve(address, port);
  const int fd = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, at->ai_addr, at->ai_addrlen) != 0 || ::listen(fd, 512) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  if (bound.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
}

bool something_listens(std::uint16_t port) {
  const auto at = resolve("127.0.0.1", port);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool out = ::connect(fd, at->ai_addr, at->ai_addrlen) == 0;
  ::close(fd);
  return out;
}

}  // namespace

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tlspolicy.XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}
TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::uint16_t free_port() {
  const int fd = listen_on("127.0.0.1", 0);
  const std::uint16_t out = port_of(fd);
  ::close(fd);
  return out;
}

std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe))
    out.append(buffer.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null").c_str()) == 0;
}

bool has_address(const std::string& address) {
  const int fd = listen_on(address, 0);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

ServerProcess::ServerProcess(std::vector<std::string> argv, std::uint16_t port) : port_(port) {
  std::vector<char*> words;
  for (auto& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (const int fd : {0, 1, 2})
    posix_spawn_file_actions_addopen(&files, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
  const int failed = posix_spawnp(&pid_, words[0], &files, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  EXPECT_EQ(failed, 0) << argv[0];
  if (failed == 0) wait_until_it_listens();
}

void ServerProcess::wait_until_it_listens() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!something_listens(port_)) {
    ASSERT_EQ(waitpid(pid_, nullptr, WNOHANG), 0) << "the server ended at once";
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the server never listened";
    usleep(2'000);
  }
}

ServerProcess::~ServerProcess() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Line::send(const wire::Bytes& bytes) const {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool Line::wait_for_bytes() const {
  std::array<std::uint8_t, 4096> buffer{};
  return ::recv(fd_, buffer.data(), buffer.size(), 0) > 0;
}

wire::Bytes Line::peek() const {
  wire::Bytes out(16384);
  const ssize_t count = ::recv(fd_, out.data(), out.size(), MSG_PEEK);
  out.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return out;
}

void Line::wait_for_close() const {
  while (wait_for_bytes()) continue;
}

bool Line::hear(const std::string& words) const {
  std::string heard(words.size(), '\0');
  for (std::size_t got = 0; got < heard.size();) {
    const ssize_t count = ::recv(fd_, heard.data() + got, heard.size() - got, 0);
    if (count <= 0) return false;
    got += static_cast<std::size_t>(count);
  }
  return heard == words;
}

void Line::pass_on_to(std::uint16_t port) const {
  const auto at = resolve("127.0.0.1", port);
  const int there = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::array<pollfd, 2> both{{{fd_, POLLIN, 0}, {there, POLLIN, 0}}};
  std::array<char, 16384> buffer{};
  bool open = ::connect(there, at->ai_addr, at->ai_addrlen) == 0;
  while (open && ::poll(both.data(), both.size(), -1) > 0)
    for (std::size_t i = 0; i < both.size() && open; ++i) {
      if (both[i].revents == 0) continue;
      const ssize_t count = ::recv(both[i].fd, buffer.data(), buffer.size(), 0);
      open = count > 0 && ::send(both[1 - i].fd, buffer.data(), static_cast<std::size_t>(count),
                                 MSG_NOSIGNAL) == count;
    }
  ::close(there);
}

void Line::reset() const {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

ScriptedServer::ScriptedServer(Script script, const std::string& address, std::uint16_t port)
    : script_(std::move(script)), listener_(listen_on(address, port)) {
  EXPECT_GE(listener_, 0) << address;
  port_ = port_of(listener_);
  acceptor_ = std::thread([this] { accept_all(); });
}

void ScriptedServer::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard hold(mutex_);
    ++accepted_;
    most_open_ = std::max(most_open_.load(), ++open_);
    sockets_.insert(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void ScriptedServer::serve(int fd) {
  Line line(fd);
  script_(line);
  const std::lock_guard hold(mutex_);
  sockets_.erase(fd);
  --open_;
  ::close(fd);
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard hold(mutex_);
    for (const int fd : sockets_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

}  // namespace tlspolicy::test
