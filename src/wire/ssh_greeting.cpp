// SPDX-License-Identifier: Apache-2.0
// The server's half of an SSH greeting: lines until its version (RFC 4253 4.2), then one binary
// packet (RFC 4253 6) with its KEXINIT (RFC 4253 7.1).  All before any key is agreed on.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "wire/hello.hpp"
#include "wire/quoted.hpp"
#include "wire/reader.hpp"

namespace tlspolicy::wire {
namespace {
constexpr std::size_t kLines = std::size_t{8} * 1024;
constexpr std::size_t kPacket = std::size_t{256} * 1024;
enum Type : std::uint8_t { disconnect = 1, ignore = 2, debug = 4, kexinit = 20 };
using Parsed = std::optional<SshAnswer>;

// A server may say something before its version, in UTF-8: anything but control characters.
bool is_text(View bytes) {
  return std::ranges::all_of(
      bytes, [](std::uint8_t c) { return c >= 0x20 || c == '\n' || c == '\r' || c == '\t'; });
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; });
}

// RFC 4251 5: names of printable US-ASCII between commas.
bool read_names(Reader& in, std::vector<std::string>& out) {
  const View bytes = in.take(in.u32());
  const std::string text(bytes.begin(), bytes.end());
  if (!in.ok() || !is_printable(text)) return false;
  if (!text.empty()) out = base::split(text, ',');
  return true;
}

// RFC 4253 7.1: a cookie, ten lists, first_kex_packet_follows, and a reserved number.
std::optional<SshOffer> read_kexinit(View payload) {
  SshOffer out;
  std::vector<std::string> compression_to_client, languages;
  Reader in(payload);
  in.take(1 + 16);
  for (auto* names : {&out.kex, &out.host_keys, &out.ciphers_to_server, &out.ciphers_to_client,
                      &out.macs_to_server, &out.macs_to_client, &out.compression,
                      &compression_to_client, &languages, &languages})
    if (!read_names(in, *names)) return std::nullopt;
  in.u8();
  in.u32();
  return in.done() ? std::optional(out) : std::nullopt;
}

// The packets behind the version: unencrypted, so without a MAC (RFC 4253 6).
Parsed read_packets(View bytes, const std::string& banner) {
  Reader in(bytes);
  for (;;) {
    const std::size_t size = in.u32();
    if (!in.ok()) return std::nullopt;
    if (size > kPacket) return Nonsense{fmt::format("an SSH packet of {} bytes", size)};
    if (in.left() < size) return std::nullopt;
    Reader packet(in.take(size));
    const std::size_t padding = packet.u8();
    if (!packet.ok() || packet.left() < padding + 1)
      return Nonsense{"an SSH packet that cannot be read"};
    const View payload = packet.take(packet.left() - padding);
    if (payload[0] == ignore || payload[0] == debug) continue;
    if (payload[0] == disconnect) return Nonsense{"disconnected at once (" + banner + ")"};
    auto offer = payload[0] == kexinit ? read_kexinit(payload) : std::nullopt;
    if (!offer) return Nonsense{fmt::format("no KEXINIT but message {}", payload[0])};
    offer->banner = banner;
    return std::move(*offer);
  }
}

// RFC 4253 5.1: 1.99 is a server of both versions.
bool is_version_2(std::string_view banner) {
  return banner.starts_with("SSH-2.0-") || banner.starts_with("SSH-1.99-");
}

}  // namespace

std::optional<SshAnswer> SshGreeting::feed(View bytes) {
  seen_.insert(seen_.end(), bytes.begin(), bytes.end());
  if (seen_.size() > kLines + kPacket) return Nonsense{"an SSH greeting of more than 264 KiB"};
  for (View rest(seen_);;) {
    const auto end = std::ranges::find(rest, std::uint8_t{'\n'});
    const View line(rest.begin(), end);
    if (!is_text(line)) return Nonsense{"not SSH: it starts with " + quoted(seen_)};
    const auto read = static_cast<std::size_t>(line.data() + line.size() - seen_.data());
    if (read > kLines) return Nonsense{"no SSH version in 8 KiB"};
    if (end == rest.end()) return std::nullopt;
    rest = rest.subspan(line.size() + 1);
    std::string text(line.begin(), line.end());
    if (!text.starts_with("SSH-")) continue;
    if (text.ends_with('\r')) text.pop_back();
    if (!is_printable(text) || !is_version_2(text))
      return Nonsense{"not SSH 2: it says " + quoted(line)};
    return read_packets(rest, text);
  }
}

// sshd says why it turns us away in such a line ("Exceeded MaxStartups").
SshAnswer SshGreeting::end(bool reset) const {
  if (seen_.empty()) return Closed{reset};
  return Nonsense{"closed after " + quoted(seen_)};
}

Bytes SshGreeting::to_send() {
  constexpr std::string_view kVersion = "SSH-2.0-tlspolicy\r\n";
  return {kVersion.begin(), kVersion.end()};
}

}  // namespace tlspolicy::wire
