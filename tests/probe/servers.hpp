// SPDX-License-Identifier: Apache-2.0
// Servers for the tests, on loopback: other people's programs as oracles, and a scripted one of our
// own that behaves as badly as we like.  All end with their object.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "wire/hello.hpp"

namespace tlspolicy::test {

constexpr std::chrono::seconds kPatience{20};  // for what takes milliseconds on an idle machine

// A folder that goes with its object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::uint16_t free_port();
// Standard output of a shell command, without its last newline; fails the test if that fails.
std::string output_of(const std::string& command);
bool has_program(const std::string& name);
bool has_address(const std::string& address);  // can something listen there?

// A program that is killed at the end; ready when something listens on the port.
class ServerProcess {
 public:
  ServerProcess(std::vector<std::string> argv, std::uint16_t port);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  void wait_until_it_listens();
  pid_t pid_ = -1;
  std::uint16_t port_;
};

// One connection as the script sees it; everything returns false once it is over.
class Line {
 public:
  explicit Line(int fd) : fd_(fd) {}
  bool send(const wire::Bytes&) const;
  bool wait_for_bytes() const;  // the client said something
  wire::Bytes peek() const;     // the same, and it can still be passed on
  void wait_for_close() const;  // reads until the client has closed
  void reset() const;           // what follows the script's end is a reset, not a close
  bool hear(const std::string& words) const;  // the client says just these
  void pass_on_to(std::uint16_t port) const;  // until either side closes

 private:
  int fd_;
};

// Accepts on a loopback address and runs the script in a thread for each connection.
class ScriptedServer {
 public:
  using Script = std::function<void(Line&)>;
  explicit ScriptedServer(Script script, const std::string& address = "127.0.0.1",
                          std::uint16_t port = 0);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  std::uint16_t port() const { return port_; }
  int at_most_open() const { return most_open_; }
  int accepted() const { return accepted_; }

 private:
  void accept_all();
  void serve(int fd);

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> open_ = 0, most_open_ = 0, accepted_ = 0;
  std::mutex mutex_;
  std::set<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace tlspolicy::test
