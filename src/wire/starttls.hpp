// SPDX-License-Identifier: Apache-2.0
// What stands in front of TLS where a service begins in the clear (STARTTLS): what to say, what to
// expect, and what the server said instead.  Pure: bytes in, bytes out.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wire/hello.hpp"

namespace tlspolicy::wire {

// "smtp", "lmtp", "imap", "pop3", "sieve", "ftp", "ldap", "xmpp", "xmpp-server", "postgres",
// "mysql", "nntp", "irc"; in this order.
std::span<const std::string_view> preambles();

// One preamble under way.  The caller sends what `to_send` gives and feeds what comes, until TLS
// may begin or an answer says why it will not: Declined, or Nonsense.  Bounded: 16 KiB of it.
class StartTls {
 public:
  struct Step;  // say, then hear; starttls.cpp has the table

  // nullopt for a preamble that is not known.  `host` is whom the client believes to speak to.
  static std::optional<StartTls> begin(std::string_view preamble, std::string_view host);

  Bytes to_send();                         // what stands to be said now; empty once it was given
  bool started() const;                    // the next byte either way is TLS's
  std::optional<Answer> feed(View bytes);  // an answer: TLS will not begin
  Answer end() const;                      // the peer closed before it began
  Answer overdue() const;                  // the limit passed before it began

 private:
  StartTls(std::span<const Step> steps, std::string_view host);
  void go_on();

  std::span<const Step> rest_;  // the first is under way
  std::string host_;
  bool said_ = false;      // what the step says was given out
  Bytes seen_;             // not yet understood
  std::size_t taken_ = 0;  // bytes ever fed
};

}  // namespace tlspolicy::wire
