// SPDX-License-Identifier: Apache-2.0
// The two kinds of conversation that there are: a TLS hello, which a preamble may precede, and an
// SSH greeting.
#include "probe/conversation.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "wire/ssh.hpp"

namespace tlspolicy::probe {
namespace {

wire::Nonsense unfinished(std::size_t heard) {
  return {fmt::format("no whole answer until the limit, only {} bytes", heard)};
}

class TlsTalk {
 public:
  using Answer = wire::Answer;
  TlsTalk(std::optional<wire::StartTls> preamble, wire::Hello hello, std::uint64_t seed)
      : preamble_(std::move(preamble)),
        hello_(wire::client_hello(hello, seed)),
        flight_(std::move(hello)) {}

  bool in_preamble() const { return preamble_ && !preamble_->started(); }
  wire::Bytes to_send() {
    wire::Bytes out = in_preamble() ? preamble_->to_send() : wire::Bytes{};
    if (in_preamble()) return out;
    const wire::Bytes hello = std::exchange(hello_, {});
    out.insert(out.end(), hello.begin(), hello.end());
    return out;
  }
  std::optional<Answer> feed(wire::View bytes) {
    if (in_preamble()) return preamble_->feed(bytes);
    heard_ += bytes.size();
    return flight_.feed(bytes);
  }
  Answer end(bool reset) const { return in_preamble() ? preamble_->end() : flight_.end(reset); }
  static Answer unreachable(std::string why) { return wire::Unreachable{std::move(why)}; }
  Answer overdue() const {
    if (in_preamble()) return preamble_->overdue();
    return heard_ == 0 ? Answer(wire::Silent{}) : Answer(unfinished(heard_));
  }

 private:
  std::optional<wire::StartTls> preamble_;
  wire::Bytes hello_;  // not yet sent
  wire::FirstFlight flight_;
  std::size_t heard_ = 0;
};

class PokeTalk {
 public:
  using Answer = wire::Reaction;
  PokeTalk(std::optional<wire::StartTls> preamble, wire::Poking poking)
      : preamble_(std::move(preamble)), poking_(std::move(poking)) {}

  bool in_preamble() const { return preamble_ && !preamble_->started(); }
  wire::Bytes to_send() {
    wire::Bytes out = in_preamble() ? preamble_->to_send() : wire::Bytes{};
    if (in_preamble()) return out;
    const wire::Bytes more = poking_.to_send();
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  std::optional<Answer> feed(wire::View bytes) {
    if (!in_preamble()) return poking_.feed(bytes);
    if (preamble_->feed(bytes)) return unreachable("it did not come to TLS");
    return std::nullopt;
  }
  Answer end(bool reset) const { return poking_.end(reset); }
  Answer overdue() const { return poking_.overdue(); }
  static Answer unreachable(std::string why) {
    Answer out;
    out.why = std::move(why);
    return out;
  }

 private:
  std::optional<wire::StartTls> preamble_;
  wire::Poking poking_;
};

class SshTalk {
 public:
  using Answer = wire::SshAnswer;

  bool in_preamble() const { return false; }
  wire::Bytes to_send() { return std::exchange(version_, {}); }
  std::optional<Answer> feed(wire::View bytes) {
    heard_ += bytes.size();
    return greeting_.feed(bytes);
  }
  Answer end(bool reset) const { return greeting_.end(reset); }
  static Answer unreachable(std::string why) { return wire::Unreachable{std::move(why)}; }
  Answer overdue() const {
    return heard_ == 0 ? Answer(wire::Silent{}) : Answer(unfinished(heard_));
  }

 private:
  wire::Bytes version_ = wire::SshGreeting::to_send();
  wire::SshGreeting greeting_;
  std::size_t heard_ = 0;
};

// What both have in common: the first answer stands, and goes to a callback.
template <class Talk>
class Asking : public Conversation {
 public:
  using Answer = typename Talk::Answer;
  using Then = std::function<void(const Answer&)>;
  Asking(Talk talk, Then then) : talk_(std::move(talk)), then_(std::move(then)) {}

  wire::Bytes to_send() override { return talk_.to_send(); }
  void feed(wire::View bytes) override {
    if (!answer_) answer_ = talk_.feed(bytes);
  }
  bool in_preamble() const override { return talk_.in_preamble(); }
  bool done() const override { return answer_.has_value(); }
  void on_close(bool reset) override { settle(talk_.end(reset)); }
  void on_timeout() override { settle(talk_.overdue()); }
  void on_unreachable(std::string why) override { settle(Talk::unreachable(std::move(why))); }
  void deliver() override {
    if (then_) then_(*answer_);
  }

 private:
  void settle(Answer answer) {
    if (!answer_) answer_ = std::move(answer);
  }

  Talk talk_;
  Then then_;
  std::optional<Answer> answer_;
};

}  // namespace

std::unique_ptr<Conversation> tls_conversation(std::optional<wire::StartTls> preamble,
                                               wire::Hello hello, std::uint64_t seed,
                                               TlsThen then) {
  return std::make_unique<Asking<TlsTalk>>(TlsTalk(std::move(preamble), std::move(hello), seed),
                                           std::move(then));
}

std::unique_ptr<Conversation> poke_conversation(std::optional<wire::StartTls> preamble,
                                                const wire::Hello& hello, wire::Poke poke,
                                                std::uint64_t seed, PokeThen then) {
  return std::make_unique<Asking<PokeTalk>>(
      PokeTalk(std::move(preamble), wire::Poking(hello, poke, seed)), std::move(then));
}

std::unique_ptr<Conversation> ssh_conversation(SshThen then) {
  return std::make_unique<Asking<SshTalk>>(SshTalk{}, std::move(then));
}

}  // namespace tlspolicy::probe
