// SPDX-License-Identifier: Apache-2.0
// Whose turn it is, and when something is over; see loop.hpp.
#include "probe/loop.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tlspolicy::probe {
namespace {
constexpr std::chrono::milliseconds kBurst{20};
}  // namespace

bool Enquiry::Loop::has_room(const Host& host) const {
  const Manner manner = host.waiting.empty() ? Manner::usual : host.waiting.front().manner;
  const bool alone = manner == Manner::apart || (host.alone && manner != Manner::beside);
  return host.open < (alone ? 1 : limits.per_host);
}

void Enquiry::Loop::line_up(Host& host) {
  if (host.in_line || host.waiting.empty() || !has_room(host)) return;
  host.in_line = true;
  line.push_back(&host);
}

Enquiry::Loop::Host& Enquiry::Loop::host_of(const Place& place) {
  const std::string address = reachable_address(place.address);
  Host& host = hosts[address];
  host.address = address;
  return host;
}

void Enquiry::Loop::add(Job job) {
  Host& host = host_of(job.place);
  if (job.manner == Manner::usual) let_go(host);
  host.waiting.push_back(std::move(job));
  line_up(host);
}

void Enquiry::Loop::run() {
  if (running) return;  // a callback that calls run() is already inside it
  running = true;
  std::array<epoll_event, 64> events{};
  for (start_what_may(); !open.empty() || !line.empty() || news; start_what_may()) {
    const int count =
        epoll_wait(epoll.fd(), events.data(), static_cast<int>(events.size()), patience());
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr)
        on_event(*static_cast<Connection*>(event.data.ptr), event.events);
      else if (news && !news())
        news = nullptr;
    }
    end_overdue();
    sweep();
  }
  running = false;
}

// Under a rate one connection starts in each slice of time.  What was not used is lost after
// kBurst, so that nobody gets a flood after a pause.
bool Enquiry::Loop::may_start() {
  if (line.empty() || open.size() >= static_cast<std::size_t>(limits.at_once)) return false;
  if (limits.rate <= 0) return true;
  const auto now = Clock::now();
  if (now < next_start) return false;
  const auto slice =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / limits.rate));
  next_start = std::max(next_start + slice, now - kBurst);
  return true;
}

void Enquiry::Loop::start_what_may() {
  while (may_start()) {
    Host& host = *line.front();
    line.pop_front();
    host.in_line = false;
    if (has_room(host)) start(host);  // else its place is kept until one of its own ends
  }
}

void Enquiry::Loop::start(Host& host) {
  Job job = std::move(host.waiting.front());
  host.waiting.pop_front();
  if (job.cannot.empty()) {
    ++made[job.place];
    auto socket = start_connect(job.place);
    if (socket) {
      hold(host, std::move(job), std::move(*socket));
      return line_up(host);
    }
    job.cannot = socket.error().what;
  }
  job.conversation->on_unreachable(job.cannot);
  job.conversation->deliver();
  line_up(host);
  forget_if_idle(host);
}

void Enquiry::Loop::forget_if_idle(Host& host) {
  if (host.open == 0 && host.waiting.empty() && !host.in_line)
    hosts.erase(std::string(host.address));
}

void Enquiry::Loop::end_overdue() {
  const auto now = Clock::now();
  std::vector<Connection*> overdue;
  for (const auto& [then, connection] : deadlines) {
    if (then > now) break;
    overdue.push_back(connection);
  }
  for (Connection* connection : overdue) {
    if (connection->closed) continue;
    if (connection->state == Connection::State::connecting) {
      give_up(*connection, "no connection until the limit");
      continue;
    }
    close(*connection);
    connection->job.conversation->on_timeout();
    settle_if_done(*connection);
  }
}

// Connections are freed here alone: no event of this round can still point to one.
void Enquiry::Loop::sweep() {
  for (const Connection* connection : std::exchange(closed, {})) {
    Host& host = *connection->host;
    deadlines.erase(connection->deadline);
    open.erase(connection->self);
    --host.open;
    line_up(host);
    forget_if_idle(host);
  }
}

int Enquiry::Loop::patience() const {
  if (!closed.empty()) return 0;
  auto first = deadlines.empty() ? Clock::time_point::max() : deadlines.begin()->first;
  const bool room = open.size() < static_cast<std::size_t>(limits.at_once);
  if (!line.empty() && room) first = std::min(first, next_start);  // it waits for the rate alone
  return first == Clock::time_point::max() ? -1 : milliseconds_until(first);
}

}  // namespace tlspolicy::probe
