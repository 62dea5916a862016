// SPDX-License-Identifier: Apache-2.0
// Giving Postfix a message as its own smtpd(8) gives one to cleanup(8), over the socket
// public/cleanup: the only way that names the transport and the next hop in the message itself (a
// FILT record, what FILTER of access(5) makes), so that no table of the administrator's is asked
// and none is changed.  Pure: bytes in, bytes out.
//
// It is Postfix's internal protocol, which no document promises: it was tried with 3.7,
// and whatever is not understood ends it before the message is whole, which throws it away.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "wire/hello.hpp"

namespace tlspolicy::wire {

class QueueClient {
 public:
  // `next_hop`: "smtp:[127.0.0.1]:40123"; `now`: Unix seconds.
  QueueClient(std::string next_hop, long now) : next_hop_(std::move(next_hop)), now_(now) {}

  Bytes to_send();                // what stands to be written now; empty once it was given
  Result<void> feed(View bytes);  // an error: it will not take the message
  const std::string& id() const { return id_; }  // the queue's name for it, once it was told
  void go_on() { may_go_on_ = true; }  // the message may follow: its id was made safe somewhere
  bool done() const { return done_; }  // it is in the queue

 private:
  Bytes message() const;

  std::string next_hop_;
  long now_;
  Bytes seen_;
  std::string id_;
  bool may_go_on_ = false, sent_ = false, done_ = false;
};

// The recipient: a name that can never be anybody's (RFC 2606 2).
inline constexpr std::string_view kNobody = "tlspolicy-check@tlspolicy.invalid";

}  // namespace tlspolicy::wire
