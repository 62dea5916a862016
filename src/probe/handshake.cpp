// SPDX-License-Identifier: Apache-2.0
// A whole handshake by libssl with exactly one version: the proof that something inside a policy
// works, and the only way to see what TLS 1.3 encrypts (certificate, signature).  The library works
// on memory; the bytes go through the same loop as all others.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <utility>

#include "probe/conversation.hpp"
#include "probe/peer.hpp"
#include "probe/session.hpp"

namespace tlspolicy::probe {
namespace {

class Shaking : public Conversation {
 public:
  Shaking(std::optional<wire::StartTls> preamble, Session session, After after, Handshake out,
          ShakeThen then)
      : preamble_(std::move(preamble)),
        session_(std::move(session)),
        after_(after),
        out_(std::move(out)),
        then_(std::move(then)) {
    if (!session_) {
      done_ = true;
      return;
    }
    SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(session_.get());
  }

  wire::Bytes to_send() override {
    wire::Bytes out = in_preamble() ? preamble_->to_send() : wire::Bytes{};
    if (in_preamble() || !session_) return out;
    go_on();
    std::array<std::uint8_t, 4096> buffer{};
    for (;;) {
      const int count = BIO_read(SSL_get_wbio(session_.get()), buffer.data(), buffer.size());
      if (count <= 0) return out;
      out.insert(out.end(), buffer.begin(), buffer.begin() + count);
    }
  }
  void feed(wire::View bytes) override {
    if (done_) return;
    if (in_preamble()) {
      if (const auto answer = preamble_->feed(bytes)) settle(words_of(*answer));
      return;
    }
    heard_ += bytes.size();
    if (heard_ > kMost) {
      if (out_.done) return see_after(false);
      return settle("a handshake of more than 256 KiB");
    }
    BIO_write(SSL_get_rbio(session_.get()), bytes.data(), static_cast<int>(bytes.size()));
    go_on();
  }
  bool in_preamble() const override { return preamble_ && !preamble_->started(); }
  bool done() const override { return done_; }
  void on_close(bool reset) override {
    if (done_) return;
    if (in_preamble()) return settle(words_of(preamble_->end()));
    if (out_.done) return see_after(!reset);
    out_.turned_down = !reset;
    settle(reset ? "the connection was reset" : "the connection was closed");
  }
  void on_timeout() override {
    if (done_) return;
    if (out_.done) return see_after(false);
    settle(in_preamble() ? words_of(preamble_->overdue()) : "no whole handshake until the limit");
  }
  void on_unreachable(std::string why) override { settle(std::move(why)); }
  void deliver() override {
    if (then_) then_(out_);
  }

 private:
  static constexpr std::size_t kMost = std::size_t{256} * 1024;

  static std::string words_of(const wire::Answer& answer) {
    if (const auto* declined = std::get_if<wire::Declined>(&answer))
      return "no TLS: " + declined->why;
    if (const auto* nonsense = std::get_if<wire::Nonsense>(&answer)) return nonsense->why;
    return "silence before TLS";
  }
  void settle(std::string why) {
    if (!done_) out_.why = std::move(why);
    done_ = true;
  }
  void go_on() {
    if (done_) return;
    ERR_clear_error();
    if (out_.done) return go_on_after();
    const int result = SSL_do_handshake(session_.get());
    if (result == 1) {
      out_.done = true;
      describe_session(session_.get(), out_);
      if (after_ == After::renegotiate)
        SSL_renegotiate(session_.get());
      else
        SSL_shutdown(session_.get());
      done_ = after_ == After::close;
      ERR_clear_error();
      if (!done_) go_on_after();
      return;
    }
    const int error = SSL_get_error(session_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
    if (ended_for_our_certificate(session_.get(), ERR_peek_error())) {
      out_.done = out_.demands_certificate = true;
      describe_session(session_.get(), out_);
      done_ = true;
      return ERR_clear_error();
    }
    out_.turned_down = true;
    settle(library_words());
  }

  // Reading drives both: a service may speak first (SMTP's greeting), which is passed over.
  void go_on_after() {
    std::array<std::uint8_t, 4096> ignored{};
    int result = 1;
    while (result > 0) {
      result = SSL_read(session_.get(), ignored.data(), static_cast<int>(ignored.size()));
      const bool again =
          after_ == After::renegotiate && SSL_renegotiate_pending(session_.get()) == 0;
      if (again) {
        out_.renegotiated = true;
        SSL_shutdown(session_.get());
        return see_after(true);
      }
    }
    const int error = SSL_get_error(session_.get(), result);
    // RFC 8446 6.2: only now a server of TLS 1.3 says that it will not do without.
    if (error == SSL_ERROR_SSL &&
        ERR_GET_REASON(ERR_peek_error()) == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED)
      out_.demands_certificate = true;
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) see_after(true);
    ERR_clear_error();
  }
  void see_after(bool known) {
    out_.after_known = known;
    out_.ticket = SSL_SESSION_has_ticket(SSL_get_session(session_.get())) == 1;
    done_ = true;
  }

  std::optional<wire::StartTls> preamble_;
  Session session_;
  After after_;
  Handshake out_;
  ShakeThen then_;
  bool done_ = false;
  std::size_t heard_ = 0;
};

}  // namespace

std::unique_ptr<Conversation> handshake_conversation(std::optional<wire::StartTls> preamble,
                                                     const std::string& sni, const Wish& wish,
                                                     ShakeThen then) {
  Handshake out;
  out.version = wish.version;
  Session session = make_session(sni, wish, out);
  return std::make_unique<Shaking>(std::move(preamble), std::move(session), wish.after,
                                   std::move(out), std::move(then));
}

Handshake full_handshake(const Place& place, crypto::Protocol version, const crypto::Suites& suites,
                         const crypto::Groups& groups, std::chrono::milliseconds limit,
                         std::chrono::milliseconds greeting) {
  Enquiry enquiry({.answer = limit, .greeting = greeting});
  Handshake out;
  enquiry.shake_hands(place, {version, suites, groups, {}}, [&](const Handshake& h) { out = h; });
  enquiry.run();
  return out;
}

}  // namespace tlspolicy::probe
