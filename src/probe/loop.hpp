// SPDX-License-Identifier: Apache-2.0
// The loop that holds many conversations at once: one epoll, one deadline each, at most `per_host`
// connections to one address.  A connection counts until the peer has closed it too (or kLinger
// has passed), so that the peer never sees more of us than the limit.  Inside of src/probe.
#pragma once

#include <sys/epoll.h>

#include <algorithm>
#include <deque>
#include <list>
#include <map>
#include <vector>

#include "probe/connect.hpp"
#include "probe/conversation.hpp"
#include "probe/probe.hpp"

namespace tlspolicy::probe {

struct Enquiry::Loop {
  struct Job {
    Place place;
    std::unique_ptr<Conversation> conversation;
    std::string cannot;  // why it cannot even be asked
    Manner manner = Manner::usual;
  };

  struct Connection;
  // The questions for one address, and how many connections stand.  It is there while there are
  // any.
  struct Host {
    std::string address;
    std::deque<Job> waiting;
    int open = 0;
    bool in_line = false;  // stands in Loop::line
    bool alone = false;    // one at a time: it broke off one of several, or somebody knows better
    std::vector<Connection*> kept;  // answered, and not yet ended
  };
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

  explicit Loop(Limits given) : limits(given), epoll(epoll_create1(EPOLL_CLOEXEC)) {
    limits.per_host = std::max(limits.per_host, 1);
    limits.at_once = std::max(limits.at_once, 1);
  }

  // loop.cpp: whose turn it is, and when something is over.
  Host& host_of(const Place& place);
  void add(Job job);
  void run();
  bool may_start();
  void start_what_may();
  void start(Host& host);
  bool has_room(const Host& host) const;
  void line_up(Host& host);
  void forget_if_idle(Host& host);
  void end_overdue();
  void sweep();
  int patience() const;

  // loop_connection.cpp: one connection, from its beginning to its last word.
  void hold(Host& host, Job job, Socket socket);
  void wait_until(Connection& connection, Clock::time_point then);
  static void broken_off(const Connection& connection);
  void close(Connection& connection);
  void give_up(Connection& connection, std::string why);
  void on_event(Connection& connection, std::uint32_t events);
  void connected(Connection& connection);
  void read(Connection& connection);
  void write(Connection& connection) const;
  void settle_if_done(Connection& connection);
  void bid_farewell(Connection& connection);
  void let_go(Host& host);
  bool watch(Connection& connection, int operation = EPOLL_CTL_MOD) const;

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

}  // namespace tlspolicy::probe
