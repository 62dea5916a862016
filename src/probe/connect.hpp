// SPDX-License-Identifier: Apache-2.0
// Non-blocking sockets to numeric addresses: the only system calls of the project beside host's.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "probe/probe.hpp"
#include "wire/starttls.hpp"

namespace tlspolicy::probe {

using Clock = std::chrono::steady_clock;

// A file descriptor that is closed at the end of its life.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// What has to be said before TLS there; nullopt: nothing, or a preamble that is not known.
std::optional<wire::StartTls> preamble_to(const Place&);

// The address to ask: loopback where the service listens on all addresses.
std::string reachable_address(const std::string& address);

// A connection under way; writable once it stands or failed (connect_error).
Result<Socket> start_connect(const Place&);
std::string connect_error(int fd);    // "" where it stands; else the system's words
std::string system_words(int error);  // of an errno

// Milliseconds until then, at least 0, rounded up so that a loop does not spin.
int milliseconds_until(Clock::time_point);

}  // namespace tlspolicy::probe
