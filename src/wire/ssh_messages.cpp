// SPDX-License-Identifier: Apache-2.0
// The messages of an SSH key exchange, written and read; see ssh.hpp.
#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "base/text.hpp"
#include "wire/noise.hpp"
#include "wire/reader.hpp"
#include "wire/ssh.hpp"

namespace tlspolicy::wire {
namespace {
constexpr std::size_t kMostNumber = 16 * 1024 / 8;  // bytes; nobody has keys of 16,384 bits

View read_string(Reader& in) { return in.take(in.u32()); }

std::string text_of(View bytes) { return {bytes.begin(), bytes.end()}; }

// RFC 4251 5: names of printable US-ASCII between commas.
bool read_names(View bytes, std::vector<std::string>& out) {
  const std::string text = text_of(bytes);
  if (!is_printable(text)) return false;
  if (!text.empty()) out = base::split(text, ',');
  return true;
}

View read_magnitude(Reader& in) {
  View number = read_string(in);
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return number;
}

int bits_of(View magnitude) {
  if (magnitude.empty()) return 0;
  return static_cast<int>((magnitude.size() - 1) * 8) + std::bit_width(magnitude.front());
}

// The number that measures a key of a kind (RFC 4253 6.6, RFC 8709, RFC 5656 3.1).
struct KeyKind {
  std::string_view algorithm;
  int bits;           // fixed …
  int skipped_first;  // … or those of the number behind so many others
};
constexpr std::array kKeyKinds{
    KeyKind{"ssh-rsa", 0, 1},
    KeyKind{"ssh-dss", 0, 0},
    KeyKind{"ssh-ed25519", 256, 0},
    KeyKind{"ssh-ed448", 448, 0},
    KeyKind{"ecdsa-sha2-nistp256", 256, 0},
    KeyKind{"ecdsa-sha2-nistp384", 384, 0},
    KeyKind{"ecdsa-sha2-nistp521", 521, 0},
};
}  // namespace

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; });
}

void append_u32(Bytes& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(number >> shift & 0xFF));
}

void append_string(Bytes& out, View bytes) {
  append_u32(out, static_cast<std::uint32_t>(bytes.size()));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_mpint(Bytes& out, View magnitude) {
  while (!magnitude.empty() && magnitude.front() == 0) magnitude = magnitude.subspan(1);
  Bytes number(magnitude.begin(), magnitude.end());
  if (!number.empty() && (number.front() & 0x80) != 0) number.insert(number.begin(), 0);
  append_string(out, number);
}

// RFC 8308 2.1: "ext-info-c" asks for the message that follows the keys.
Bytes write_kexinit(const SshProposal& proposal, std::uint64_t seed) {
  Bytes out{static_cast<std::uint8_t>(SshMessage::kexinit)};
  const Bytes cookie = Noise(seed).bytes(16);
  out.insert(out.end(), cookie.begin(), cookie.end());
  const auto& [kex, host_key, cipher_up, cipher_down, mac_up, mac_down, compression] = proposal;
  const std::string with_extensions = kex + ",ext-info-c";
  for (const std::string_view names :
       {std::string_view(with_extensions), std::string_view(host_key), std::string_view(cipher_up),
        std::string_view(cipher_down), std::string_view(mac_up), std::string_view(mac_down),
        std::string_view(compression), std::string_view(compression), std::string_view(),
        std::string_view()}) {
    append_u32(out, static_cast<std::uint32_t>(names.size()));
    out.insert(out.end(), names.begin(), names.end());
  }
  out.push_back(0);  // no guessed packet follows
  append_u32(out, 0);
  return out;
}

// RFC 4253 7.1: a cookie, ten lists, first_kex_packet_follows, and a reserved number.
std::optional<SshOffer> parse_kexinit(View payload) {
  if (!is_message(payload, SshMessage::kexinit)) return std::nullopt;
  SshOffer out;
  std::vector<std::string> compression_to_client, languages;
  Reader in(payload);
  in.take(1 + 16);
  for (auto* names : {&out.kex, &out.host_keys, &out.ciphers_to_server, &out.ciphers_to_client,
                      &out.macs_to_server, &out.macs_to_client, &out.compression,
                      &compression_to_client, &languages, &languages})
    if (!read_names(read_string(in), *names)) return std::nullopt;
  in.u8();
  in.u32();
  return in.done() ? std::optional(out) : std::nullopt;
}

// RFC 4253 8, RFC 4419 3, RFC 5656 4: K_S, the server's share, its signature.
std::optional<SshReply> parse_kex_reply(View payload, bool finite_field) {
  Reader in(payload);
  in.u8();
  const View key = read_string(in);
  const View share = finite_field ? read_magnitude(in) : read_string(in);
  read_string(in);
  if (!in.done() || share.size() > kMostNumber) return std::nullopt;
  return SshReply{{key.begin(), key.end()}, {share.begin(), share.end()}};
}

std::optional<SshGroup> parse_gex_group(View payload) {
  Reader in(payload);
  in.u8();
  const View p = read_magnitude(in);
  const View g = read_magnitude(in);
  if (!in.done() || p.empty() || g.empty() || p.size() > kMostNumber || g.size() > kMostNumber)
    return std::nullopt;
  return SshGroup{{p.begin(), p.end()}, {g.begin(), g.end()}};
}

std::optional<std::vector<std::string>> parse_sig_algs(View ext_info) {
  if (!is_message(ext_info, SshMessage::ext_info)) return std::nullopt;
  Reader in(ext_info);
  in.u8();
  std::vector<std::string> out;
  for (std::uint32_t left = in.u32(); in.ok() && left > 0; --left) {
    const std::string name = text_of(read_string(in));
    const View value = read_string(in);
    if (name == "server-sig-algs" && !read_names(value, out)) return std::nullopt;
  }
  return in.done() ? std::optional(out) : std::nullopt;
}

std::optional<SshKey> parse_host_key(View blob) {
  Reader in(blob);
  SshKey out{.algorithm = text_of(read_string(in))};
  if (!in.ok() || !is_printable(out.algorithm)) return std::nullopt;
  const auto* kind = std::ranges::find(kKeyKinds, out.algorithm, &KeyKind::algorithm);
  if (kind == kKeyKinds.end()) return out;
  out.bits = kind->bits;
  if (out.bits == 0) {
    for (int i = 0; i < kind->skipped_first; ++i) read_string(in);
    out.bits = bits_of(read_magnitude(in));
  }
  return in.ok() ? std::optional(out) : std::nullopt;
}

}  // namespace tlspolicy::wire
