// SPDX-License-Identifier: Apache-2.0
// What is asked once a course is over: questions that need keys (whole handshakes by the library),
// and those about faults, behind a first flight.  A handful of connections.
#pragma once

#include <functional>

#include "probe/probe.hpp"
#include "scan/result.hpp"

namespace tlspolicy::scan {

class Finale {
 public:
  // Completes `endpoint`, which has to outlive it; `on_end` once, perhaps at once.
  Finale(probe::Enquiry& enquiry, Endpoint& endpoint, std::function<void()> on_end)
      : enquiry_(enquiry), endpoint_(endpoint), on_end_(std::move(on_end)) {}
  void start();
  bool any_done() const { return any_done_; }  // did a handshake come to its end?

 private:
  void shake(probe::Wish, std::function<void(const probe::Handshake&)> then);
  void shake_plainly(probe::Wish, const probe::Handshake& before,
                     std::function<void(const probe::Handshake&)> then);
  void poke(wire::Hello, wire::Poke, std::function<void(const wire::Reaction&)> then);
  void came();
  void ask_newest();
  void ask_other_kind(probe::Wish, const std::string& kind);
  void note_newest(const probe::Handshake&);
  void note_demand(const probe::Handshake&);
  void note_refused();
  void ask_protocols(const std::vector<std::string>& left);
  void ask_older(const Version&);
  void ask_faults(const Version&);

  probe::Enquiry& enquiry_;
  Endpoint& endpoint_;
  std::function<void()> on_end_;
  int awaited_ = 0;
  bool any_done_ = false;
  bool tickets_known_ = false;              // of TLS 1.3
  bool bears_status_ = true;                // wolfSSL behind lighttpd closes on status_request
  std::vector<probe::Handshake> not_done_;  // of TLS 1.3
};

}  // namespace tlspolicy::scan
