// SPDX-License-Identifier: Apache-2.0
// SMTP, the hello, the handshake, the message; see caller.hpp.
#include "probe/caller.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

#include "probe/throwaway.hpp"

namespace tlspolicy::probe {
namespace {
constexpr std::size_t kMostOfHello = std::size_t{256} * 1024;
}

Caller::Caller(const std::string& preamble) : session_(nullptr, SSL_free) {
  const bool at_once = preamble.empty();
  if (!at_once) before_.emplace(false, true);
  behind_.emplace(true, at_once);
  caught_.id = "client-silent";
  caught_.why = "it came, and said nothing";
}

void Caller::lose(std::string id, std::string why) {
  over_ = true;
  if (caught_.offer) return;
  caught_.id = std::move(id);
  caught_.why = std::move(why);
}

wire::Bytes Caller::to_send() {
  wire::Bytes out;
  if (before_) out = before_->to_send();
  if (before_ && before_->over()) over_ = true;
  if (before_ && before_->wants_tls()) {
    before_.reset();
    caught_.id = "hello-unreadable";
    caught_.why = "it asked for TLS and sent no hello";
  }
  if (!session_) return out;
  std::array<std::uint8_t, 4096> buffer{};
  for (;;) {
    const int count = BIO_read(SSL_get_wbio(session_.get()), buffer.data(), buffer.size());
    if (count <= 0) return out;
    out.insert(out.end(), buffer.begin(), buffer.begin() + count);
  }
}

void Caller::feed(wire::View bytes) {
  if (over_) return;
  heard_ += bytes.size();
  if (heard_ > kMostOfHello) return lose("hello-unreadable", "it said more than 256 KiB");
  if (before_) {
    before_->feed(bytes);
    if (!caught_.offer) {
      caught_.id = "client-no-tls";
      caught_.why = "it did not ask for TLS; it said " + before_->last();
    }
    return;
  }
  if (!hello_read_) read_hello(bytes);
  if (over_) return;
  if (!session_) session_ = throwaway_server();
  if (!session_) return lose("hello-unreadable", "this host's own library makes no key");
  BIO_write(SSL_get_rbio(session_.get()), bytes.data(), static_cast<int>(bytes.size()));
  go_on();
}

void Caller::read_hello(wire::View bytes) {
  const auto offered = flight_.feed(bytes);
  if (!offered) return;
  hello_read_ = true;
  if (const auto* offer = std::get_if<wire::ClientOffer>(&*offered)) caught_.offer = *offer;
  if (const auto* nonsense = std::get_if<wire::Nonsense>(&*offered))
    lose("hello-unreadable", nonsense->why);
}

void Caller::go_on() {
  if (over_) return;
  ERR_clear_error();
  if (!caught_.shook_hands) {
    const int result = SSL_do_handshake(session_.get());
    if (result != 1) {
      const int error = SSL_get_error(session_.get(), result);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        caught_.why = library_words();
        over_ = true;
      }
      ERR_clear_error();
      return;
    }
    caught_.shook_hands = true;
    caught_.version = static_cast<crypto::Protocol>(SSL_version(session_.get()));
    caught_.suite = static_cast<crypto::Suite>(
        SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(session_.get())));
  }
  talk();
}

void Caller::talk() {
  const auto write = [&] {
    const auto words = behind_->to_send();
    if (!words.empty()) SSL_write(session_.get(), words.data(), static_cast<int>(words.size()));
  };
  write();  // TLS at once: we greet
  std::array<std::uint8_t, 4096> buffer{};
  for (;;) {
    const int count = SSL_read(session_.get(), buffer.data(), buffer.size());
    if (count <= 0) break;
    behind_->feed(wire::View(buffer).first(static_cast<std::size_t>(count)));
    write();
  }
  ERR_clear_error();
  caught_.taken = behind_->taken();
  over_ = over_ || behind_->over();
}

void Caller::on_close() {
  over_ = true;
  if (before_ || hello_read_) return;
  const auto end = flight_.end();
  if (const auto* nonsense = std::get_if<wire::Nonsense>(&end))
    lose("hello-unreadable", nonsense->why);
}

}  // namespace tlspolicy::probe
