// SPDX-License-Identifier: Apache-2.0
// One connection, from its beginning to its last word; see loop.hpp.
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <iterator>
#include <utility>

#include "probe/loop.hpp"

namespace tlspolicy::probe {
namespace {
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLinger{200};
constexpr std::size_t kLingerBytes = std::size_t{256} * 1024;
}  // namespace

void Enquiry::Loop::hold(Host& host, Job job, Socket socket) {
  Connection& connection = open.emplace_back();
  connection.job = std::move(job);
  connection.socket = std::move(socket);
  connection.host = &host;
  connection.self = std::prev(open.end());
  const bool greeted = connection.job.conversation->in_preamble();
  connection.deadline = deadlines.emplace(
      Clock::now() + limits.answer + (greeted ? limits.greeting : 0ms), &connection);
  ++host.open;
  if (watch(connection, EPOLL_CTL_ADD)) return;
  give_up(connection, "the system has no more room to watch connections");
}

void Enquiry::Loop::wait_until(Connection& connection, Clock::time_point then) {
  auto node = deadlines.extract(connection.deadline);
  node.key() = then;
  connection.deadline = deadlines.insert(std::move(node));
}

// How many connections one client may have is for the peer to say, and some say it so.
void Enquiry::Loop::broken_off(const Connection& connection) {
  Host& host = *connection.host;
  host.alone = host.alone || (host.open > 1 && !connection.job.conversation->done());
}

// Nothing more comes of it: it is freed with the next sweep.
void Enquiry::Loop::close(Connection& connection) {
  if (!std::exchange(connection.closed, true)) closed.push_back(&connection);
  std::erase(connection.host->kept, &connection);
}

// From now on it only waits until the peer has closed, too.
void Enquiry::Loop::bid_farewell(Connection& connection) {
  wait_until(connection, Clock::now() + kLinger);
  ::shutdown(connection.socket.fd(), SHUT_WR);
}

void Enquiry::Loop::let_go(Host& host) {
  for (Connection* one : std::exchange(host.kept, {})) bid_farewell(*one);
}

void Enquiry::Loop::give_up(Connection& connection, std::string why) {
  close(connection);
  connection.job.conversation->on_unreachable(std::move(why));
  settle_if_done(connection);
}

bool Enquiry::Loop::watch(Connection& connection, int operation) const {
  const bool connecting = connection.state == Connection::State::connecting;
  const std::uint32_t wanted = EPOLLIN | (connecting || !connection.out.empty() ? EPOLLOUT : 0U);
  if (connection.watched == wanted) return true;
  connection.watched = wanted;
  epoll_event event{};
  event.events = wanted;
  event.data.ptr = &connection;
  return epoll_ctl(epoll.fd(), operation, connection.socket.fd(), &event) == 0;
}

void Enquiry::Loop::on_event(Connection& connection, std::uint32_t events) {
  using State = Connection::State;
  if (connection.state == State::connecting) return connected(connection);
  if ((events & EPOLLOUT) != 0) write(connection);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(connection);
}

void Enquiry::Loop::connected(Connection& connection) {
  if (std::string why = connect_error(connection.socket.fd()); !why.empty()) {
    broken_off(connection);
    return give_up(connection, std::move(why));
  }
  connection.state = Connection::State::talking;
  write(connection);
}

// A failed write says nothing yet: what the peer sent before it broke off can still be read.
void Enquiry::Loop::write(Connection& connection) const {
  const wire::Bytes more = connection.job.conversation->to_send();
  auto& out = connection.out;
  out.insert(out.end(), more.begin(), more.end());
  const ssize_t sent = ::send(connection.socket.fd(), out.data(), out.size(), MSG_NOSIGNAL);
  if (sent >= 0) {
    out.erase(out.begin(), out.begin() + sent);
  } else if (errno != EAGAIN && errno != EINTR) {
    out.clear();
    broken_off(connection);
  }
  watch(connection);
}

void Enquiry::Loop::read(Connection& connection) {
  std::array<std::uint8_t, std::size_t{16} * 1024> buffer{};
  const ssize_t count = ::recv(connection.socket.fd(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    broken_off(connection);
    close(connection);
    connection.job.conversation->on_close(count < 0);
    return settle_if_done(connection);
  }
  if (connection.state == Connection::State::lingering) {
    connection.lingered += static_cast<std::size_t>(count);
    if (connection.lingered > kLingerBytes) close(connection);
    return;
  }
  const bool before_tls = connection.job.conversation->in_preamble();
  connection.job.conversation->feed({buffer.data(), static_cast<std::size_t>(count)});
  if (before_tls && !connection.job.conversation->in_preamble())
    wait_until(connection, Clock::now() + limits.answer);
  settle_if_done(connection);
  if (connection.state == Connection::State::talking) write(connection);
}

void Enquiry::Loop::settle_if_done(Connection& connection) {
  if (connection.state == Connection::State::lingering) return;
  if (!connection.job.conversation->done()) return;
  // A last word (of a whole handshake) goes out if the connection takes it at once.
  if (connection.state == Connection::State::talking && !connection.closed) write(connection);
  connection.state = Connection::State::lingering;
  connection.out.clear();
  const Manner manner = connection.job.manner;
  if (manner == Manner::kept && !connection.closed) {
    // No longer than that: some serve one after the other, and whoever is beside it only waits.
    wait_until(connection, Clock::now() + kLinger);
    connection.host->kept.push_back(&connection);
  } else {
    bid_farewell(connection);
  }
  if (manner == Manner::beside) let_go(*connection.host);
  watch(connection);
  connection.job.conversation->deliver();
}

}  // namespace tlspolicy::probe
