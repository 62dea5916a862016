// SPDX-License-Identifier: Apache-2.0
// Sockets for probes; see connect.hpp.  No name is ever looked up.
#include "probe/connect.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace tlspolicy::probe {
std::string system_words(int error) { return std::generic_category().message(error); }

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

std::string text(const Place& place) {
  const bool ip6 = place.address.find(':') != std::string::npos;
  std::string out = ip6 ? fmt::format("[{}]:{}", place.address, place.port)
                        : fmt::format("{}:{}", place.address, place.port);
  if (!place.sni.empty()) out += " (" + place.sni + ")";
  return out;
}

std::optional<wire::StartTls> preamble_to(const Place& place) {
  return wire::StartTls::begin(place.preamble, place.sni.empty() ? place.address : place.sni);
}

std::string reachable_address(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  if (address == "::" || address == "[::]") return "::1";
  return address;
}

Result<Socket> start_connect(const Place& place) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string address = reachable_address(place.address);
  if (getaddrinfo(address.c_str(), std::to_string(place.port).c_str(), &hints, &found) != 0)
    return fail("not-numeric", "\"" + address + "\" is not a numeric address", text(place));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> to(found, freeaddrinfo);

  Socket out(::socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (out.fd() < 0) return fail("no-socket", system_words(errno), text(place));
  const int on = 1;
  setsockopt(out.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(out.fd(), to->ai_addr, to->ai_addrlen) != 0 && errno != EINPROGRESS)
    return fail("unreachable", system_words(errno), text(place));
  return out;
}

std::string connect_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error == 0 ? std::string() : system_words(error);
}

int milliseconds_until(Clock::time_point then) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(then - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 3'600'000));
}

}  // namespace tlspolicy::probe
