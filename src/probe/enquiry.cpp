// SPDX-License-Identifier: Apache-2.0
// Questions as conversations, which the loop carries on; see probe.hpp.
#include <openssl/ssl.h>
#include <sys/random.h>

#include "probe/loop.hpp"

namespace tlspolicy::probe {
namespace {
constexpr std::size_t kLongestName = 255;  // RFC 1035 2.3.4

std::uint64_t fresh_seed() {
  std::uint64_t out = 0;
  if (getrandom(&out, sizeof out, 0) != sizeof out)
    out = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
  return out;
}

std::string unknown_preamble(const Place& place, bool known) {
  if (place.preamble.empty() || known) return {};
  return "\"" + place.preamble + "\" is no preamble of TLS that is known";
}
}  // namespace

// Before anything of the library's is used: this host's openssl.cnf is not to have a say.
Enquiry::Enquiry(Limits limits) : loop_(std::make_unique<Loop>(limits)) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}
Enquiry::~Enquiry() = default;

void Enquiry::ask(const Place& place, wire::Hello hello, TlsThen then, Manner manner) {
  auto preamble = preamble_to(place);
  std::string cannot = unknown_preamble(place, preamble.has_value());
  if (cannot.empty() && place.sni.size() > kLongestName)
    cannot = "a server name of more than 255 characters";
  if (cannot.empty()) hello.sni = place.sni;
  loop_->add(
      {place,
       tls_conversation(std::move(preamble), std::move(hello), fresh_seed(), std::move(then)),
       cannot, manner});
}

void Enquiry::poke(const Place& place, wire::Hello hello, wire::Poke poke, PokeThen then) {
  auto preamble = preamble_to(place);
  const std::string cannot = unknown_preamble(place, preamble.has_value());
  hello.sni = place.sni;
  loop_->add({place,
              poke_conversation(std::move(preamble), hello, poke, fresh_seed(), std::move(then)),
              cannot});
}

void Enquiry::ask_ssh(const Place& place, SshThen then) {
  loop_->add({place, ssh_conversation(std::move(then)), {}});
}

void Enquiry::shake_ssh(const Place& place, const SshWish& wish, SshShakeThen then) {
  loop_->add({place, ssh_exchange(wish, fresh_seed(), std::move(then)), {}});
}

void Enquiry::shake_hands(const Place& place, const Wish& wish, ShakeThen then) {
  auto preamble = preamble_to(place);
  auto conversation = handshake_conversation(preamble, place.sni, wish, std::move(then));
  if (conversation->done()) return conversation->deliver();
  loop_->add({place, std::move(conversation), unknown_preamble(place, preamble.has_value())});
}

void Enquiry::one_by_one(const Place& place) { loop_->host_of(place).alone = true; }

void Enquiry::run() { loop_->run(); }

void Enquiry::run_with(int fd, std::function<bool()> news) {
  // Only what is new wakes the loop: what cannot be taken yet would keep it from sleeping.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;
  if (epoll_ctl(loop_->epoll.fd(), EPOLL_CTL_ADD, fd, &event) != 0) return run();
  loop_->news = std::move(news);
  run();
  epoll_ctl(loop_->epoll.fd(), EPOLL_CTL_DEL, fd, nullptr);
}

void Enquiry::forget(const Place& place) {
  loop_->made.erase(place);
  const auto host = loop_->hosts.find(reachable_address(place.address));
  if (host != loop_->hosts.end()) loop_->let_go(host->second);
}

int Enquiry::connections(const Place& place) const {
  const auto found = loop_->made.find(place);
  return found == loop_->made.end() ? 0 : found->second;
}

}  // namespace tlspolicy::probe
