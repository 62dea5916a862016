// SPDX-License-Identifier: Apache-2.0
// A server's handshake messages of any bytes, each parser alone: behind records and lengths that
// must fit each other, a fuzzer comes to them too seldom.  Input: which parser, which kind of key
// exchange, then the body.
#include <algorithm>
#include <cstdlib>

#include "wire/handshake.hpp"

using namespace tlspolicy;
using crypto::KeyExchange;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void hold_hello(wire::View body) {
  const auto hello = wire::parse_server_hello(body);
  if (!hello) return;
  require(body.size() >= 38 && hello->told.deflate == (hello->compression == 1));
  require(std::ranges::all_of(hello->told.alpn, [](char c) { return c > 0x20 && c <= 0x7E; }));
}

void hold_certificates(wire::View body) {
  const auto list = wire::parse_certificates(body);
  if (!list) return;
  std::size_t size = 3;
  for (const auto& one : *list) {
    require(!one.empty());
    size += 3 + one.size();
  }
  require(size == body.size());
}

void hold_status(wire::View body) {
  const auto response = wire::parse_certificate_status(body);
  require(response.empty() || response.size() + 4 == body.size());
}

void hold_key_exchange(wire::View body, KeyExchange kx) {
  for (const auto version : {crypto::Protocol::ssl3, crypto::Protocol::tls12}) {
    const auto told = wire::parse_key_exchange(body, kx, version);
    if (!told) continue;
    require(told->dh_prime.empty() || told->dh_prime.front() != 0);
    require(told->dh_bits <= static_cast<int>(told->dh_prime.size() * 8));
    require(!told->scheme || version == crypto::Protocol::tls12);
    require(wire::has_key_exchange_message(kx) || (!told->group && told->dh_bits == 0));
  }
}

void hold_ssl2(wire::View body) {
  static const wire::Hello kAsked{
      {crypto::Protocol::ssl2}, {crypto::Suite{0x010080}}, {}, {}, {}, ""};
  const auto answer = wire::parse_ssl2(body, kAsked);
  if (!answer) return;
  const auto* chosen = std::get_if<wire::Chosen>(&*answer);
  require(chosen || std::holds_alternative<wire::Refused>(*answer));
  if (chosen && chosen->suite != crypto::Suite{}) require(chosen->suite == kAsked.suites.front());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const wire::View body(data + 2, size - 2);
  const auto kx = static_cast<KeyExchange>(data[1] % (static_cast<int>(KeyExchange::ssl2) + 1));
  switch (data[0] % 5) {
    case 0:
      hold_hello(body);
      break;
    case 1:
      hold_certificates(body);
      break;
    case 2:
      hold_key_exchange(body, kx);
      break;
    case 3:
      hold_ssl2(body);
      break;
    default:
      hold_status(body);
  }
  return 0;
}
