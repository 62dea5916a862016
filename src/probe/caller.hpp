// SPDX-License-Identifier: Apache-2.0
// One connection that came to us, without the socket: what catcher.cpp drives.
#pragma once

#include <optional>
#include <string>

#include "probe/catcher.hpp"
#include "probe/session.hpp"
#include "wire/mail_sink.hpp"

namespace tlspolicy::probe {

class Caller {
 public:
  explicit Caller(const std::string& preamble);

  wire::Bytes to_send();
  void feed(wire::View);
  void on_close();  // the client went
  bool over() const { return over_; }
  const Caught& caught() const { return caught_; }

 private:
  void read_hello(wire::View);
  void go_on();  // the handshake, then what stands behind it
  void talk();
  void lose(std::string id, std::string why);

  std::optional<wire::MailSink> before_, behind_;
  wire::ClientFlight flight_;
  bool hello_read_ = false;
  Session session_;
  Caught caught_;
  bool over_ = false;
  std::size_t heard_ = 0;
};

}  // namespace tlspolicy::probe
