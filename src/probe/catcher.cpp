// SPDX-License-Identifier: Apache-2.0
// Waiting for a client; see catcher.hpp.  One connection at a time: whoever is made to come comes
// alone.
#include "probe/catcher.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "probe/caller.hpp"
#include "probe/connect.hpp"

namespace tlspolicy::probe {
namespace {

sockaddr_in loopback() {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

sockaddr* generic(sockaddr_in* address) { return reinterpret_cast<sockaddr*>(address); }

bool wait_for(int fd, short events, Clock::time_point until) {
  pollfd one{fd, events, 0};
  const int left = milliseconds_until(until);
  return left > 0 && ::poll(&one, 1, left) > 0;
}

// False: the client is gone, or the limit is reached.
bool send_all(int fd, const wire::Bytes& bytes, Clock::time_point until) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto sent = ::send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent > 0) {
      at += static_cast<std::size_t>(sent);
      continue;
    }
    const bool later = errno == EAGAIN || errno == EINTR;
    if (!later || !wait_for(fd, POLLOUT, until)) return false;
  }
  return true;
}

Caught converse(int fd, const std::string& preamble, Clock::time_point until) {
  Caller caller(preamble);
  std::array<std::uint8_t, 8192> buffer{};
  for (;;) {
    if (!send_all(fd, caller.to_send(), until) || caller.over()) break;
    if (!wait_for(fd, POLLIN, until)) break;
    const auto count = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (count > 0) {
      caller.feed(wire::View(buffer).first(static_cast<std::size_t>(count)));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      caller.on_close();
      break;
    }
  }
  return caller.caught();
}

std::optional<uid_t> owner_of(std::uint16_t port, std::uint16_t ours) {
  std::ifstream in("/proc/self/net/tcp");
  const std::string table((std::istreambuf_iterator<char>(in)), {});
  return owner_in(table, port, ours);
}

}  // namespace

// proc(5): "sl local_address rem_address st tx_queue rx_queue … uid"; addresses as the machine's
// own 32-bit number, ports as numbers, both hexadecimal.
std::optional<uid_t> owner_in(std::string_view table, std::uint16_t port, std::uint16_t ours) {
  const auto at = [](std::uint16_t one) {
    return fmt::format("{:08X}:{:04X}", loopback().sin_addr.s_addr, one);
  };
  constexpr std::size_t kUid = 7;
  for (const auto& line : base::lines(table)) {
    const auto words = base::words(line);
    if (words.size() <= kUid || words[1] != at(port) || words[2] != at(ours)) continue;
    uid_t out = 0;
    for (const char c : words[kUid]) {
      if (c < '0' || c > '9') return std::nullopt;
      out = out * 10 + static_cast<uid_t>(c - '0');
    }
    return out;
  }
  return std::nullopt;
}

Result<Catcher> Catcher::open() {
  const auto no = [] { return fail("no-socket", system_words(errno), "127.0.0.1"); };
  Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (listener.fd() < 0) return no();
  sockaddr_in address = loopback();
  socklen_t size = sizeof address;
  constexpr int kWaiting = 8;
  if (::bind(listener.fd(), generic(&address), sizeof address) != 0 ||
      ::listen(listener.fd(), kWaiting) != 0 ||
      ::getsockname(listener.fd(), generic(&address), &size) != 0)
    return no();
  return Catcher(std::move(listener), ntohs(address.sin_port));
}

Caught Catcher::wait(const std::string& preamble, uid_t client, std::chrono::milliseconds limit) {
  const auto until = Clock::now() + limit;
  while (wait_for(listener_.fd(), POLLIN, until)) {
    sockaddr_in from = loopback();
    socklen_t size = sizeof from;
    const Socket one(
        ::accept4(listener_.fd(), generic(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (one.fd() < 0 || owner_of(ntohs(from.sin_port), port_) != client) continue;  // a stranger
    return converse(one.fd(), preamble, until);
  }
  return {.offer = {}, .id = "client-silent", .why = "it did not come within the limit"};
}

}  // namespace tlspolicy::probe
