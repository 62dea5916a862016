// SPDX-License-Identifier: Apache-2.0
// The two kinds of conversation that there are: a TLS hello, and an SSH greeting.
#include "probe/conversation.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace tlspolicy::probe {
namespace {

// What both have in common: something to send at once, a parser, an answer for a callback.
template <class Parser, class AnswerType>
class Asking : public Conversation {
 public:
  using Then = std::function<void(const AnswerType&)>;
  Asking(Parser parser, wire::Bytes first, Then then)
      : parser_(std::move(parser)), first_(std::move(first)), then_(std::move(then)) {}

  wire::Bytes to_send() override { return std::exchange(first_, {}); }
  void feed(wire::View bytes) override {
    heard_ += bytes.size();
    if (!answer_) answer_ = parser_.feed(bytes);
  }
  bool done() const override { return answer_.has_value(); }
  void on_close(bool reset) override { settle(parser_.end(reset)); }
  void on_timeout() override {
    if (heard_ == 0) return settle(wire::Silent{});
    settle(wire::Nonsense{fmt::format("no whole answer until the limit, only {} bytes", heard_)});
  }
  void on_unreachable(std::string why) override { settle(wire::Unreachable{std::move(why)}); }
  void deliver() override {
    if (then_) then_(*answer_);
  }

 private:
  void settle(AnswerType answer) {
    if (!answer_) answer_ = std::move(answer);
  }

  Parser parser_;
  wire::Bytes first_;
  Then then_;
  std::optional<AnswerType> answer_;
  std::size_t heard_ = 0;
};

}  // namespace

std::unique_ptr<Conversation> tls_conversation(wire::Hello hello, std::uint64_t seed,
                                               TlsThen then) {
  wire::Bytes first = wire::client_hello(hello, seed);
  return std::make_unique<Asking<wire::FirstFlight, wire::Answer>>(
      wire::FirstFlight(std::move(hello)), std::move(first), std::move(then));
}

std::unique_ptr<Conversation> ssh_conversation(SshThen then) {
  return std::make_unique<Asking<wire::SshGreeting, wire::SshAnswer>>(
      wire::SshGreeting{}, wire::SshGreeting::to_send(), std::move(then));
}

}  // namespace tlspolicy::probe
