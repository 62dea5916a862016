// SPDX-License-Identifier: Apache-2.0
// The server's side of SMTP (RFC 5321) as far as it takes to be sent STARTTLS, and to take one
// message that nobody reads.  Pure: bytes in, bytes out.
#pragma once

#include <string>
#include <string_view>

#include "wire/hello.hpp"

namespace tlspolicy::wire {

class MailSink {
 public:
  // Before TLS it offers STARTTLS and takes no mail; behind it, it takes one message.  `greets`: it
  // speaks first (RFC 3207 4.2: after STARTTLS it does not).
  MailSink(bool behind_tls, bool greets) : behind_tls_(behind_tls), greets_(greets) {}

  Bytes to_send();        // what stands to be said now; empty once it was given
  void feed(View bytes);  // what the client said; after `wants_tls` nothing more
  bool wants_tls() const {
    return wants_tls_ && out_.empty();
  }                                      // the next byte either way is TLS's
  bool taken() const { return taken_; }  // the whole message, and the client was told so
  bool over() const { return over_; }    // nothing more is to be said: close
  // What it did last, safe to show: "EHLO mail.example".
  const std::string& last() const { return last_; }

 private:
  void line(std::string_view text);
  void say(std::string_view text) { out_ += text; }

  bool behind_tls_, greets_;
  bool in_data_ = false, wants_tls_ = false, taken_ = false, over_ = false;
  std::string out_, seen_, last_;
  std::size_t heard_ = 0;
};

}  // namespace tlspolicy::wire
