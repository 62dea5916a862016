// SPDX-License-Identifier: Apache-2.0
// Two faults of old OpenSSL, asked for behind a server's first flight without doing harm.  A sound
// server and a broken one answer what is sent here differently, and both at once.
#pragma once

#include "wire/hello.hpp"

namespace tlspolicy::wire {

enum class Poke {
  // Heartbleed (CVE-2014-0160): a HeartbeatRequest whose payload is there to the last byte and
  // whose
  // padding is missing.  RFC 6520 4 has it discarded in silence, for a message holds at least 16
  // bytes of padding; whoever answers does not look at the length.  What comes back is what was
  // sent:
  // no byte of the server's memory is asked for.
  heartbeat,
  // CCS injection (CVE-2014-0224): a ChangeCipherSpec before there are keys.  A sound server says
  // unexpected_message; one that takes it can read nothing from then on, and says bad_record_mac.
  early_ccs,
};

struct Reaction {
  bool asked = false;          // a whole first flight had come
  bool echoed = false;         // a HeartbeatResponse with our payload
  std::optional<int> alert{};  // fatal, after it was asked
  bool closed = false, reset = false;
  std::string why{};  // where nothing was asked
  bool operator==(const Reaction&) const = default;
};

// One such question, as bytes.  Bounded: what follows 256 KiB counts as a close.
class Poking {
 public:
  Poking(const Hello&, Poke, std::uint64_t seed = 0);
  Bytes to_send();                           // the hello, then the question, once it is its turn
  std::optional<Reaction> feed(View bytes);  // once it is certain
  Reaction end(bool reset) const;            // the peer closed
  Reaction overdue() const;                  // the limit passed

 private:
  std::optional<Reaction> record(std::uint8_t type, View body);
  std::optional<Reaction> not_asked(std::string why) const;
  void flight(View fragment);

  Poke poke_;
  Bytes out_;                  // not yet sent
  Bytes records_, handshake_;  // incomplete so far
  std::size_t taken_ = 0;
  std::uint16_t version_ = 0;  // of the server's records
  Reaction reaction_;
};

}  // namespace tlspolicy::wire
