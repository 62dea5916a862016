// SPDX-License-Identifier: Apache-2.0
// Server flights put together by hand for the tests, in the words of the RFCs.
#pragma once

#include <initializer_list>

#include "wire/hello.hpp"
#include "wire/writer.hpp"

namespace tlspolicy::wire {

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Bytes record(std::uint8_t type, const Bytes& body) {
  Writer out;
  out.u8(type);
  out.u16(0x0303);
  out.prefixed(2, [&] { out.bytes(body); });
  return out.take();
}
inline Bytes alert(std::uint8_t level, std::uint8_t description) {
  return record(21, {level, description});
}
inline Bytes message(std::uint8_t type, const Bytes& body) {
  Writer out;
  out.u8(type);
  out.prefixed(3, [&] { out.bytes(body); });
  return out.take();
}

// RFC 8446 4.1.3: SHA-256("HelloRetryRequest").
inline Bytes retry_random() {
  return {0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
          0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
          0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};
}
inline Bytes extension(std::uint16_t type, const Bytes& body) {
  Writer out;
  out.u16(type);
  out.prefixed(2, [&] { out.bytes(body); });
  return out.take();
}
inline Bytes server_hello(std::uint16_t version, std::uint16_t suite, const Bytes& extensions = {},
                          const Bytes& random = Bytes(32, 0x5A), std::uint8_t compression = 0) {
  Writer out;
  out.u16(version);
  out.bytes(random);
  out.prefixed(1, [] {});
  out.u16(suite);
  out.u8(compression);
  if (!extensions.empty()) out.prefixed(2, [&] { out.bytes(extensions); });
  return message(2, out.take());
}
inline Bytes selected_tls13() { return extension(43, {3, 4}); }
inline Bytes x25519_share() { return extension(51, Bytes{0, 29, 0, 32} + Bytes(32, 9)); }

inline Bytes certificates(std::initializer_list<Bytes> list) {
  Writer out;
  out.prefixed(3, [&] {
    for (const Bytes& one : list) out.prefixed(3, [&] { out.bytes(one); });
  });
  return message(11, out.take());
}
// x25519 and an RSA-PSS signature of two bytes; without a scheme below TLS 1.2.
inline Bytes ecdhe_exchange(std::uint16_t group = 29, bool with_scheme = true) {
  Writer out;
  out.u8(3);
  out.u16(group);
  out.prefixed(1, [&] { out.bytes(Bytes(32, 1)); });
  if (with_scheme) out.u16(0x0804);
  out.prefixed(2, [&] { out.bytes(Bytes{1, 2}); });
  return message(12, out.take());
}
// p of `bits` bits behind a leading zero byte, as some servers write it.
inline Bytes dh_parameters(int bits) {
  Bytes p(static_cast<std::size_t>(bits + 7) / 8, 0xFF);
  p.front() = static_cast<std::uint8_t>(0xFF >> ((8 - bits % 8) % 8));
  Writer out;
  out.prefixed(2, [&] { out.bytes(Bytes{0} + p); });
  out.prefixed(2, [&] { out.bytes(Bytes{2}); });
  out.prefixed(2, [&] { out.bytes(p); });
  return out.take();
}
inline Bytes hello_done() { return message(14, {}); }

}  // namespace tlspolicy::wire
