// SPDX-License-Identifier: Apache-2.0
// Client hellos by hand: SSLv2's own form, SSLv3 without extensions (RFC 6101 5.6.1.2), and
// TLS 1.0 to 1.3 (RFC 8446 4.1.2), split over as many records as their size needs.
#include <algorithm>

#include "wire/hello.hpp"
#include "wire/key_share.hpp"
#include "wire/noise.hpp"
#include "wire/numbers.hpp"
#include "wire/writer.hpp"

namespace tlspolicy::wire {
namespace {
using crypto::Protocol;

constexpr std::uint16_t kGrease = 0x5A5A;  // RFC 8701 2: reserved among suites, groups and the rest
constexpr std::uint16_t kFallbackScsv = 0x5600;

// Newest first, without SSLv2, which has a hello of its own.
std::vector<Protocol> newest_first(const crypto::Protocols& offered) {
  std::vector<Protocol> out = offered;
  std::erase(out, Protocol::ssl2);
  std::ranges::sort(out, std::greater{});
  return out;
}

template <class Terms>
void write_list(Writer& out, std::size_t width, const Terms& terms) {
  out.prefixed(width, [&] {
    for (const auto term : terms) out.u16(static_cast<std::uint32_t>(term));
  });
}

// RFC 6066 3: one name of type host_name.
void write_server_name(Writer& out, const std::string& name) {
  out.u16(server_name);
  out.prefixed(2, [&] {
    out.prefixed(2, [&] {
      out.u8(0);
      out.prefixed(2, [&] { out.text(name); });
    });
  });
}

// What only TLS up to 1.2 reads: RFC 7627 5.1 and RFC 5746 3.4 (both say: none yet).
void write_older(Writer& out) {
  out.u16(extended_master_secret);
  out.prefixed(2, [] {});
  out.u16(renegotiation_info);
  out.prefixed(2, [&] { out.prefixed(1, [] {}); });
}

void write_empty(Writer& out, Extension type) {
  out.u16(type);
  out.prefixed(2, [] {});
}

// Of these only TLS up to 1.2 answers in the clear.
void write_usual(Writer& out) {
  out.u16(status_request);
  out.prefixed(2, [&] {
    out.u8(1);  // ocsp, from any responder, with no extensions
    out.prefixed(2, [] {});
    out.prefixed(2, [] {});
  });
  write_empty(out, session_ticket);
  write_empty(out, encrypt_then_mac);
}

void write_alpn(Writer& out, const std::vector<std::string>& names) {
  out.u16(application_protocols);
  out.prefixed(2, [&] {
    out.prefixed(2, [&] {
      for (const auto& name : names) out.prefixed(1, [&] { out.text(name); });
    });
  });
}

void write_extras(Writer& out, const Extras& extras) {
  if (extras.usual) write_usual(out);
  if (!extras.alpn.empty()) write_alpn(out, extras.alpn);
  if (extras.heartbeat) {
    out.u16(heartbeat);
    out.prefixed(2, [&] { out.u8(1); });  // peer_allowed_to_send
  }
  if (extras.grease) {
    out.u16(kGrease);
    out.prefixed(2, [&] { out.u8(0); });
  }
}

// RFC 8422 5.1.1 and 5.1.2; the point formats (uncompressed) concern only TLS up to 1.2.
void write_groups(Writer& out, const Hello& hello, bool older) {
  out.u16(supported_groups);
  out.prefixed(2, [&] {
    out.prefixed(2, [&] {
      if (hello.extras.grease) out.u16(kGrease);
      for (const auto group : hello.groups) out.u16(static_cast<std::uint32_t>(group));
    });
  });
  if (!older) return;
  out.u16(ec_point_formats);
  out.prefixed(2, [&] { out.prefixed(1, [&] { out.u8(0); }); });
}

// RFC 8446 4.2.1, 4.2.9 (psk_dhe_ke) and 4.2.8.
void write_tls13(Writer& out, const std::vector<Protocol>& versions, const Hello& hello,
                 Noise& noise) {
  out.u16(supported_versions);
  out.prefixed(2, [&] {
    out.prefixed(1, [&] {
      if (hello.extras.grease) out.u16(kGrease);
      for (const auto version : versions) out.u16(static_cast<std::uint32_t>(version));
    });
  });
  out.u16(psk_key_exchange_modes);
  out.prefixed(2, [&] { out.prefixed(1, [&] { out.u8(1); }); });
  out.u16(key_share_extension);
  out.prefixed(2, [&] {
    out.prefixed(2, [&] {
      for (const auto group : hello.shares) {
        const auto share = key_share(group, noise);
        if (!share) continue;
        out.u16(static_cast<std::uint32_t>(group));
        out.prefixed(2, [&] { out.bytes(*share); });
      }
    });
  });
}

// Only an SSLv3 hello has no room for any.
void write_extensions(Writer& out, const Hello& hello, const std::vector<Protocol>& versions,
                      std::optional<std::size_t> padded, Noise& noise) {
  const bool older = versions.back() != Protocol::tls13;
  const bool newest = versions.front() == Protocol::tls13;
  out.prefixed(2, [&] {
    if (!hello.sni.empty()) write_server_name(out, hello.sni);
    if (older) write_older(out);
    if (!hello.groups.empty()) write_groups(out, hello, older);
    if (!hello.schemes.empty()) {
      out.u16(signature_algorithms);
      out.prefixed(2, [&] { write_list(out, 2, hello.schemes); });
    }
    write_extras(out, hello.extras);
    if (newest) write_tls13(out, versions, hello, noise);
    if (padded) {
      out.u16(padding);
      out.prefixed(2, [&] { out.bytes(Bytes(*padded)); });
    }
  });
}

void write_suites(Writer& out, const Hello& hello) {
  out.prefixed(2, [&] {
    if (hello.extras.grease) out.u16(kGrease);
    for (const auto suite : hello.suites)
      if (const auto number = static_cast<std::uint32_t>(suite); number <= 0xFFFF) out.u16(number);
    if (hello.extras.fallback) out.u16(kFallbackScsv);
  });
}

Bytes handshake_message(const Hello& hello, const std::vector<Protocol>& versions,
                        std::optional<std::size_t> padded, Noise noise) {
  const Protocol newest = versions.front();
  const auto usual_version = static_cast<std::uint16_t>(std::min(newest, Protocol::tls12));
  Writer out;
  out.u8(1);  // client_hello
  out.prefixed(3, [&] {
    out.u16(hello.extras.legacy_version != 0 ? hello.extras.legacy_version : usual_version);
    out.bytes(noise.bytes(32));
    // RFC 8446 D.4: a session id makes TLS 1.3 look like a resumption to middleboxes.
    out.prefixed(1, [&] { out.bytes(noise.bytes(newest == Protocol::tls13 ? 32 : 0)); });
    write_suites(out, hello);
    out.prefixed(1, [&] {
      if (hello.extras.deflate) out.u8(1);
      out.u8(0);  // no compression
    });
    if (newest != Protocol::ssl3) write_extensions(out, hello, versions, padded, noise);
  });
  return out.take();
}

// RFC 7685: the extension takes four bytes itself.
Bytes padded_message(const Hello& hello, const std::vector<Protocol>& versions,
                     const Noise& noise) {
  constexpr std::size_t kHead = 4;
  Bytes out = handshake_message(hello, versions, std::nullopt, noise);
  const std::size_t wanted = hello.extras.at_least;
  if (out.size() >= wanted) return out;
  const std::size_t missing = wanted - out.size();
  return handshake_message(hello, versions, missing < kHead ? 0 : missing - kHead, noise);
}

// RFC 8446 5.1: at most 2^14 bytes a record, and a first version field that old servers bear.
Bytes in_records(View message, Protocol newest) {
  constexpr std::size_t kRecord = 1U << 14;
  Writer out;
  for (; !message.empty(); message = message.subspan(std::min(kRecord, message.size()))) {
    out.u8(22);
    out.u16(static_cast<std::uint32_t>(std::min(newest, Protocol::tls10)));
    out.prefixed(2, [&] { out.bytes(message.first(std::min(kRecord, message.size()))); });
  }
  return out.take();
}

// SSLv2's CLIENT-HELLO: a two-byte record header, kinds of three bytes, a challenge of 16.
Bytes ssl2_hello(const Hello& hello, Noise& noise) {
  constexpr std::size_t kChallenge = 16;
  Writer body;
  body.u8(1);
  body.u16(static_cast<std::uint32_t>(Protocol::ssl2));
  body.u16(static_cast<std::uint32_t>(hello.suites.size() * 3));
  body.u16(0);
  body.u16(kChallenge);
  for (const auto suite : hello.suites) body.u24(static_cast<std::uint32_t>(suite));
  body.bytes(noise.bytes(kChallenge));
  const Bytes message = body.take();
  if (message.size() > 0x7FFF) std::abort();
  Writer out;
  out.u16(0x8000U | static_cast<std::uint32_t>(message.size()));
  out.bytes(message);
  return out.take();
}

}  // namespace

Bytes client_hello(const Hello& hello, std::uint64_t seed) {
  Noise noise(seed);
  const auto versions = newest_first(hello.versions);
  if (versions.empty()) return ssl2_hello(hello, noise);
  return in_records(padded_message(hello, versions, noise), versions.front());
}

}  // namespace tlspolicy::wire
