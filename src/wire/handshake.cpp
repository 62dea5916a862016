// SPDX-License-Identifier: Apache-2.0
// Parsing of ServerHello, Certificate and ServerKeyExchange up to TLS 1.2; see handshake.hpp.
#include "wire/handshake.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "wire/numbers.hpp"
#include "wire/reader.hpp"

namespace tlspolicy::wire {
namespace {
using crypto::KeyExchange;

// RFC 8446 4.1.3: the random of a HelloRetryRequest, SHA-256 of these words.
constexpr std::array<std::uint8_t, 32> kRetryRandom{
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

// Those whose presence says it all.
struct Flag {
  std::uint16_t type;
  bool Told::*told;
};
constexpr std::array kFlags{Flag{heartbeat, &Told::heartbeat},
                            Flag{encrypt_then_mac, &Told::encrypt_then_mac},
                            Flag{extended_master_secret, &Told::extended_master_secret},
                            Flag{session_ticket, &Told::session_ticket},
                            Flag{renegotiation_info, &Told::secure_renegotiation}};

// RFC 7301 3.1: a list of just one name; made safe to show, for it is the server's.
bool read_alpn(ServerHello& hello, View body) {
  Reader in(body);
  Reader list(in.prefixed(2));
  const View name = list.prefixed(1);
  if (!in.done() || !list.done() || name.empty()) return false;
  const auto printable = [](std::uint8_t c) { return c > 0x20 && c <= 0x7E; };
  if (std::ranges::all_of(name, printable)) hello.told.alpn.assign(name.begin(), name.end());
  return true;
}

// RFC 8446 4.2.1 and 4.2.8; a HelloRetryRequest's key_share is the group alone.
bool read_extension(ServerHello& hello, std::uint16_t type, View body) {
  const auto* flag = std::ranges::find(kFlags, type, &Flag::type);
  if (flag != kFlags.end()) hello.told.*(flag->told) = true;
  hello.status_request = hello.status_request || type == status_request;
  hello.cookie = hello.cookie || type == cookie_extension;
  if (type == application_protocols) return read_alpn(hello, body);
  Reader in(body);
  if (type == supported_versions) {
    hello.version = in.u16();
    return in.done();
  }
  if (type != key_share_extension) return true;
  hello.key_share = static_cast<crypto::Group>(in.u16());
  if (!hello.retry) in.prefixed(2);
  return in.done();
}

bool read_extensions(ServerHello& hello, View block) {
  Reader in(block);
  while (in.ok() && in.left() > 0) {
    const std::uint16_t type = in.u16();
    const View body = in.prefixed(2);
    if (!in.ok() || !read_extension(hello, type, body)) return false;
  }
  return in.done();
}

bool is_finite_field(KeyExchange kx) {
  using enum KeyExchange;
  return kx == dhe || kx == dhe_export || kx == dh_anon || kx == dh_anon_export || kx == dhe_psk;
}
bool is_elliptic(KeyExchange kx) {
  using enum KeyExchange;
  return kx == ecdhe || kx == ecdh_anon || kx == ecdhe_psk;
}
bool has_hint(KeyExchange kx) { return kx == KeyExchange::dhe_psk || kx == KeyExchange::ecdhe_psk; }
bool is_signed(KeyExchange kx) {
  using enum KeyExchange;
  return kx == dhe || kx == dhe_export || kx == ecdhe;
}

Bytes without_leading_zeros(View number) {
  const auto first = std::ranges::find_if(number, [](std::uint8_t byte) { return byte != 0; });
  return {first, number.end()};
}

int bit_length(const Bytes& number) {
  if (number.empty()) return 0;
  return static_cast<int>((number.size() - 1) * 8) + std::bit_width(number.front());
}

}  // namespace

std::optional<ServerHello> parse_server_hello(View body) {
  ServerHello out;
  Reader in(body);
  out.version = in.u16();
  out.retry = std::ranges::equal(in.take(32), kRetryRandom);
  const View session = in.prefixed(1);
  out.suite = static_cast<crypto::Suite>(in.u16());
  out.compression = in.u8();
  out.told.deflate = out.compression == 1;  // RFC 3749 2
  if (!in.ok() || session.size() > 32) return std::nullopt;
  if (in.left() == 0) return out;  // no extensions (RFC 5246 7.4.1.3)
  const View extensions = in.prefixed(2);
  if (!in.done() || !read_extensions(out, extensions)) return std::nullopt;
  return out;
}

std::optional<std::vector<Bytes>> parse_certificates(View body) {
  Reader in(body);
  Reader list(in.prefixed(3));
  if (!in.done()) return std::nullopt;
  std::vector<Bytes> out;
  while (list.left() > 0) {
    const View certificate = list.prefixed(3);
    if (!list.ok() || certificate.empty()) return std::nullopt;
    out.emplace_back(certificate.begin(), certificate.end());
  }
  return out;
}

Bytes parse_certificate_status(View body) {
  constexpr std::uint8_t kOcsp = 1;
  Reader in(body);
  const bool is_ocsp = in.u8() == kOcsp;
  const View response = in.prefixed(3);
  if (!is_ocsp || !in.done()) return {};
  return {response.begin(), response.end()};
}

bool has_key_exchange_message(KeyExchange kx) {
  return is_finite_field(kx) || is_elliptic(kx) || kx == KeyExchange::srp ||
         kx == KeyExchange::eccpwd;
}

bool ends_with_certificate(KeyExchange kx) {
  using enum KeyExchange;
  return kx == rsa || kx == rsa_export || kx == rsa_psk || kx == dh || kx == ecdh || kx == gost;
}

std::optional<ServerKeyExchange> parse_key_exchange(View body, KeyExchange kx,
                                                    crypto::Protocol version) {
  ServerKeyExchange out;
  if (!is_finite_field(kx) && !is_elliptic(kx)) return out;
  Reader in(body);
  if (has_hint(kx)) in.prefixed(2);
  if (is_finite_field(kx)) {
    out.dh_prime = without_leading_zeros(in.prefixed(2));  // p
    out.dh_bits = bit_length(out.dh_prime);
    in.prefixed(2);  // g
    in.prefixed(2);  // Ys
  } else {
    // RFC 8422 5.4: only named curves are left; explicit ones fail here.
    constexpr std::uint8_t kNamedCurve = 3;
    if (in.u8() != kNamedCurve) return std::nullopt;
    out.group = static_cast<crypto::Group>(in.u16());
    in.prefixed(1);
  }
  if (!in.ok()) return std::nullopt;
  if (!is_signed(kx)) return in.done() ? std::optional(out) : std::nullopt;
  if (version == crypto::Protocol::tls12) out.scheme = static_cast<crypto::Scheme>(in.u16());
  in.prefixed(2);
  return in.done() ? std::optional(out) : std::nullopt;
}

std::optional<Answer> parse_ssl2(View message, const Hello& asked) {
  Reader in(message);
  const std::uint8_t type = in.u8();
  constexpr std::uint8_t kError = 0;
  constexpr std::uint8_t kServerHello = 4;
  if (type == kError) {
    in.u16();
    return in.done() ? std::optional<Answer>(Refused{40}) : std::nullopt;
  }
  if (type != kServerHello) return std::nullopt;
  in.take(2);  // session id hit, certificate type
  const std::uint16_t version = in.u16();
  const std::size_t certificate_size = in.u16();
  const std::size_t suites_size = in.u16();
  const std::size_t connection_size = in.u16();
  const View certificate = in.take(certificate_size);
  Reader suites(in.take(suites_size));
  in.take(connection_size);
  if (!in.done() || suites_size % 3 != 0) return std::nullopt;
  if (version != static_cast<std::uint16_t>(crypto::Protocol::ssl2)) return std::nullopt;

  Chosen out;
  out.version = crypto::Protocol::ssl2;
  if (!certificate.empty()) out.certificates.emplace_back(certificate.begin(), certificate.end());
  while (suites.left() > 0) out.ssl2_suites.push_back(static_cast<crypto::Suite>(suites.u24()));
  // In SSLv2 the client has the last word: the first of the server's that it offered.
  const auto first = std::ranges::find_first_of(out.ssl2_suites, asked.suites);
  if (first != out.ssl2_suites.end()) out.suite = *first;
  return out;
}

}  // namespace tlspolicy::wire
