// SPDX-License-Identifier: Apache-2.0
// A listener on loopback to which a client of this host is made to come, so that its own hello can
// be read.  It takes the client all the way: a handshake with a key made for the occasion, then its
// message, which is thrown away; so nothing stays in the client's queue.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "probe/connect.hpp"
#include "wire/client_offer.hpp"

namespace tlspolicy::probe {

// What a client did.  Without an offer `id` and `why` say what was missing.
struct Caught {
  std::optional<wire::ClientOffer> offer;
  std::string id, why;
  bool shook_hands = false;  // with our throw-away certificate
  crypto::Protocol version{};
  crypto::Suite suite{};
  bool taken = false;  // its message: nothing of it is left on its side
};

class Catcher {
 public:
  // On a port of 127.0.0.1 that the system chooses.
  static Result<Catcher> open();
  std::uint16_t port() const { return port_; }

  // Waits for a client of that user, speaks "smtp" to it, or TLS at once for "", and returns when
  // its message was taken, or at the limit.  Who else connects is turned away: only the kernel's
  // word on whose socket it is makes a hello evidence.
  Caught wait(const std::string& preamble, uid_t client, std::chrono::milliseconds limit);

 private:
  Catcher(Socket listener, std::uint16_t port) : listener_(std::move(listener)), port_(port) {}
  Socket listener_;
  std::uint16_t port_;
};

// Whose is the socket at 127.0.0.1:`port` that is connected to ours, by the text of /proc/net/tcp.
std::optional<uid_t> owner_in(std::string_view table, std::uint16_t port, std::uint16_t ours);

}  // namespace tlspolicy::probe
