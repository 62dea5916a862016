// SPDX-License-Identifier: Apache-2.0
// The loop that holds many conversations at once: one epoll, one deadline each, at most `per_host`
// connections to one address.  A connection counts until the peer has closed it too (or kLinger
// has passed), so that the peer never sees more of us than the limit.
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <list>
#include <map>
#include <vector>

#include "probe/connect.hpp"
#include "probe/conversation.hpp"
#include "probe/probe.hpp"

namespace tlspolicy::probe {
namespace {
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLinger{200};
constexpr std::chrono::milliseconds kBurst{20};
constexpr std::size_t kLingerBytes = std::size_t{256} * 1024;
constexpr std::size_t kLongestName = 255;  // RFC 1035 2.3.4

std::uint64_t fresh_seed() {
  std::uint64_t out = 0;
  if (getrandom(&out, sizeof out, 0) != sizeof out)
    out = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
  return out;
}

struct Job {
  Place place;
  std::unique_ptr<Conversation> conversation;
  std::string cannot;  // why it cannot even be asked
};

// The questions for one address, and how many connections stand.  It is there while there are any.
struct Host {
  std::string address;
  std::deque<Job> waiting;
  int open = 0;
  bool in_line = false;  // stands in Loop::line
};

struct Connection;
using Deadlines = std::multimap<Clock::time_point, Connection*>;  // the next one first

struct Connection {
  enum class State { connecting, talking, lingering } state = State::connecting;
  Job job;
  Host* host = nullptr;
  Socket socket;
  Deadlines::iterator deadline;
  std::list<Connection>::iterator self;
  wire::Bytes out;            // not yet written
  std::uint32_t watched = 0;  // events that epoll knows of
  std::size_t lingered = 0;
  bool closed = false;
};

}  // namespace

struct Enquiry::Loop {
  explicit Loop(Limits given) : limits(given), epoll(epoll_create1(EPOLL_CLOEXEC)) {
    limits.per_host = std::max(limits.per_host, 1);
    limits.at_once = std::max(limits.at_once, 1);
  }

  void add(Job job);
  void run();
  bool may_start();
  void start_what_may();
  void start(Host& host);
  void hold(Host& host, Job job, Socket socket);
  void wait_until(Connection& connection, Clock::time_point then);
  void close(Connection& connection);
  void give_up(Connection& connection, std::string why);
  void on_event(Connection& connection, std::uint32_t events);
  void connected(Connection& connection);
  void read(Connection& connection);
  void write(Connection& connection) const;
  void settle_if_done(Connection& connection);
  bool watch(Connection& connection, int operation = EPOLL_CTL_MOD) const;
  void end_overdue();
  void sweep();
  int patience() const;
  void line_up(Host& host);
  void forget_if_idle(Host& host);

  Limits limits;
  Socket epoll;
  std::map<std::string, Host> hosts;  // by the address that is really asked
  std::deque<Host*> line;             // hosts that may open one more, each once: round robin
  std::list<Connection> open;
  Deadlines deadlines;              // of each that is open
  std::vector<Connection*> closed;  // to be freed
  std::map<Place, int> made;
  std::function<bool()> news;                               // empty: nothing comes from outside
  Clock::time_point next_start = Clock::time_point::min();  // by the rate
  bool running = false;
};

void Enquiry::Loop::line_up(Host& host) {
  if (host.in_line || host.waiting.empty() || host.open >= limits.per_host) return;
  host.in_line = true;
  line.push_back(&host);
}

void Enquiry::Loop::add(Job job) {
  const std::string address = reachable_address(job.place.address);
  Host& host = hosts[address];
  host.address = address;
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
    start(host);
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

// Nothing more comes of it: it is freed with the next sweep.
void Enquiry::Loop::close(Connection& connection) {
  if (!std::exchange(connection.closed, true)) closed.push_back(&connection);
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
  if (std::string why = connect_error(connection.socket.fd()); !why.empty())
    return give_up(connection, std::move(why));
  connection.state = Connection::State::talking;
  write(connection);
}

// A failed write says nothing yet: what the peer sent before it broke off can still be read.
void Enquiry::Loop::write(Connection& connection) const {
  const wire::Bytes more = connection.job.conversation->to_send();
  auto& out = connection.out;
  out.insert(out.end(), more.begin(), more.end());
  const ssize_t sent = ::send(connection.socket.fd(), out.data(), out.size(), MSG_NOSIGNAL);
  if (sent >= 0)
    out.erase(out.begin(), out.begin() + sent);
  else if (errno != EAGAIN && errno != EINTR)
    out.clear();
  watch(connection);
}

void Enquiry::Loop::read(Connection& connection) {
  std::array<std::uint8_t, std::size_t{16} * 1024> buffer{};
  const ssize_t count = ::recv(connection.socket.fd(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
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
  wait_until(connection, Clock::now() + kLinger);
  connection.out.clear();
  ::shutdown(connection.socket.fd(), SHUT_WR);
  watch(connection);
  connection.job.conversation->deliver();
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

namespace {
std::string unknown_preamble(const Place& place, bool known) {
  if (place.preamble.empty() || known) return {};
  return "\"" + place.preamble + "\" is no preamble of TLS that is known";
}
}  // namespace

// Before anything of the library's is used: this host's openssl.cnf is not to have a say.
Enquiry::Enquiry(Limits limits) : loop_(std::make_unique<Loop>(limits)) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}
Enquiry::~Enquiry() = default;

void Enquiry::ask(const Place& place, wire::Hello hello, TlsThen then) {
  auto preamble = preamble_to(place);
  std::string cannot = unknown_preamble(place, preamble.has_value());
  if (cannot.empty() && place.sni.size() > kLongestName)
    cannot = "a server name of more than 255 characters";
  if (cannot.empty()) hello.sni = place.sni;
  loop_->add(
      {place,
       tls_conversation(std::move(preamble), std::move(hello), fresh_seed(), std::move(then)),
       cannot});
}

void Enquiry::poke(const Place& place, wire::Hello hello, wire::Poke poke, PokeThen then) {
  auto preamble = preamble_to(place);
  const std::string cannot = unknown_preamble(place, preamble.has_value());
  hello.sni = place.sni;
  loop_->add({place,
              poke_conversation(std::move(preamble), hello, poke, fresh_seed(), std::move(then)),
              cannot});
}

void Enquiry::ask_ssh(const Place& place, SshThen then) {
  loop_->add({place, ssh_conversation(std::move(then)), {}});
}

void Enquiry::shake_ssh(const Place& place, const SshWish& wish, SshShakeThen then) {
  loop_->add({place, ssh_exchange(wish, fresh_seed(), std::move(then)), {}});
}

void Enquiry::shake_hands(const Place& place, const Wish& wish, ShakeThen then) {
  auto preamble = preamble_to(place);
  auto conversation = handshake_conversation(preamble, place.sni, wish, std::move(then));
  if (conversation->done()) return conversation->deliver();
  loop_->add({place, std::move(conversation), unknown_preamble(place, preamble.has_value())});
}

void Enquiry::run() { loop_->run(); }

void Enquiry::run_with(int fd, std::function<bool()> news) {
  // Only what is new wakes the loop: what cannot be taken yet would keep it from sleeping.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;
  if (epoll_ctl(loop_->epoll.fd(), EPOLL_CTL_ADD, fd, &event) != 0) return run();
  loop_->news = std::move(news);
  run();
  epoll_ctl(loop_->epoll.fd(), EPOLL_CTL_DEL, fd, nullptr);
}

void Enquiry::forget(const Place& place) { loop_->made.erase(place); }

int Enquiry::connections(const Place& place) const {
  const auto found = loop_->made.find(place);
  return found == loop_->made.end() ? 0 : found->second;
}

}  // namespace tlspolicy::probe
