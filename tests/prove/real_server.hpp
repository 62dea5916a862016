// SPDX-License-Identifier: Apache-2.0
// Servers that we did not write, on a free loopback port: the oracles of the proof.  Each runs in
// a temporary folder of its own, is waited for by connecting, and ended by its process id.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probe/probe.hpp"

namespace tlspolicy::prove {

using Command = std::vector<std::string>;

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string program(const std::string& name);  // its path, sbin included; "" where it is missing
bool run_to_end(const Command&);               // true: exit status 0

class RealServer {
 public:
  // `command` is made for a free port; the server has to listen within ten seconds.
  explicit RealServer(const std::function<Command(std::uint16_t port)>& command);
  ~RealServer();
  RealServer(const RealServer&) = delete;
  RealServer& operator=(const RealServer&) = delete;
  bool up() const { return up_; }
  probe::Place place(std::string preamble = {}) const;

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  bool up_ = false;
};

// A key and a self-signed certificate: "rsa:2048", "rsa:1024", "ec:P-256".
struct Certificate {
  TemporaryFolder folder;
  std::string key, chain;
  explicit Certificate(const std::string& kind, const std::string& hash = "sha256");
  wire::Bytes der() const;
};

// openssl s_server with these further words.
Command s_server(const Certificate&, std::uint16_t port, const Command& words);

// A server of a few lines: what each connection gets, in turn; the last one is repeated.
class MadeUpServer {
 public:
  enum class Manner { silent, reset, close, garbage, wrong_suite };
  explicit MadeUpServer(Manner);
  ~MadeUpServer();
  MadeUpServer(const MadeUpServer&) = delete;
  MadeUpServer& operator=(const MadeUpServer&) = delete;
  probe::Place place() const;
  int connections() const;

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

// Passes connections on to another place and counts them: an account that is not our own.
class CountingRelay {
 public:
  explicit CountingRelay(const probe::Place& to);
  ~CountingRelay();
  CountingRelay(const CountingRelay&) = delete;
  CountingRelay& operator=(const CountingRelay&) = delete;
  probe::Place place() const;
  int connections() const;

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace tlspolicy::prove
