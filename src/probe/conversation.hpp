// SPDX-License-Identifier: Apache-2.0
// One question and its answer, without the socket: what the loop in enquiry.cpp drives.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "probe/probe.hpp"
#include "wire/hello.hpp"
#include "wire/starttls.hpp"

namespace tlspolicy::probe {

class Conversation {
 public:
  Conversation() = default;
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  virtual ~Conversation() = default;

  virtual wire::Bytes to_send() = 0;  // what stands to be written now; asked after every feed
  virtual void feed(wire::View) = 0;
  virtual bool in_preamble() const { return false; }  // TLS has not begun
  virtual bool done() const = 0;                      // an answer is there
  virtual void on_close(bool reset) = 0;
  virtual void on_timeout() = 0;
  virtual void on_unreachable(std::string why) = 0;
  virtual void deliver() = 0;  // the answer to its callback; once, and only when done
};

using TlsThen = std::function<void(const wire::Answer&)>;
using PokeThen = std::function<void(const wire::Reaction&)>;
using ShakeThen = std::function<void(const Handshake&)>;
using SshShakeThen = std::function<void(const SshShake&)>;
using SshThen = std::function<void(const wire::SshAnswer&)>;

std::unique_ptr<Conversation> tls_conversation(std::optional<wire::StartTls>, wire::Hello,
                                               std::uint64_t seed, TlsThen);
std::unique_ptr<Conversation> poke_conversation(std::optional<wire::StartTls>, const wire::Hello&,
                                                wire::Poke, std::uint64_t seed, PokeThen);
std::unique_ptr<Conversation> ssh_conversation(SshThen);
std::unique_ptr<Conversation> ssh_exchange(SshWish, std::uint64_t seed, SshShakeThen);
// Done at once where the local library has nothing to offer.
std::unique_ptr<Conversation> handshake_conversation(std::optional<wire::StartTls>,
                                                     const std::string& sni, const Wish&,
                                                     ShakeThen);

}  // namespace tlspolicy::probe
