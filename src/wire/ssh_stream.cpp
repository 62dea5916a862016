// SPDX-License-Identifier: Apache-2.0
// Lines, then packets: RFC 4253 4.2 and 6.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "wire/quoted.hpp"
#include "wire/reader.hpp"
#include "wire/ssh.hpp"
#include "wire/writer.hpp"

namespace tlspolicy::wire {
namespace {
constexpr std::size_t kLines = std::size_t{8} * 1024;
constexpr std::size_t kPacket = std::size_t{256} * 1024;
constexpr std::size_t kAllPackets = std::size_t{1024} * 1024;

// A server may say something before its version, in UTF-8: anything but control characters.
bool is_text(View bytes) {
  return std::ranges::all_of(
      bytes, [](std::uint8_t c) { return c >= 0x20 || c == '\n' || c == '\r' || c == '\t'; });
}

// RFC 4253 5.1: 1.99 is a server of both versions.
bool is_version_2(std::string_view banner) {
  return banner.starts_with("SSH-2.0-") || banner.starts_with("SSH-1.99-");
}
}  // namespace

bool is_message(View payload, SshMessage message) {
  return !payload.empty() && payload[0] == static_cast<std::uint8_t>(message);
}

void SshStream::feed(View bytes) { seen_.insert(seen_.end(), bytes.begin(), bytes.end()); }

bool SshStream::fail(std::string why) {
  broken_ = std::move(why);
  return false;
}

// True once the version is there.
bool SshStream::read_lines() {
  while (banner_.empty()) {
    const View left = rest();
    const auto end = std::ranges::find(left, std::uint8_t{'\n'});
    const View line(left.begin(), end);
    if (!is_text(line)) return fail("not SSH: it starts with " + quoted(seen_));
    if (at_ + line.size() > kLines) return fail("no SSH version in 8 KiB");
    if (end == left.end()) return false;
    at_ += line.size() + 1;
    std::string text(line.begin(), line.end());
    if (!text.starts_with("SSH-")) continue;
    if (text.ends_with('\r')) text.pop_back();
    if (!is_printable(text) || !is_version_2(text))
      return fail("not SSH 2: it says " + quoted(line));
    banner_ = text;
  }
  return true;
}

std::optional<Bytes> SshStream::next() {
  while (broken_.empty()) {
    if (!read_lines()) return std::nullopt;
    Reader in(rest());
    const std::size_t size = in.u32();
    if (in.ok() && size > kPacket) fail(fmt::format("an SSH packet of {} bytes", size));
    if (seen_.size() > kAllPackets) fail("more than 1 MiB of SSH packets");
    if (!broken_.empty() || !in.ok() || in.left() < size) return std::nullopt;
    Reader packet(in.take(size));
    const std::size_t padding = packet.u8();
    if (!packet.ok() || packet.left() < padding + 1) {
      fail("an SSH packet that cannot be read");
      return std::nullopt;
    }
    const View payload = packet.take(packet.left() - padding);
    at_ += 4 + size;
    ++packets_;
    if (is_message(payload, SshMessage::ignore) || is_message(payload, SshMessage::debug)) continue;
    return Bytes(payload.begin(), payload.end());
  }
  return std::nullopt;
}

// A multiple of eight bytes, with at least four of padding.
Bytes ssh_packet(View payload) {
  constexpr std::size_t kBlock = 8;
  std::size_t padding = kBlock - (payload.size() + 5) % kBlock;
  if (padding < 4) padding += kBlock;
  Bytes body{static_cast<std::uint8_t>(padding)};
  body.insert(body.end(), payload.begin(), payload.end());
  body.resize(body.size() + padding);
  Bytes out;
  append_string(out, body);
  return out;
}

}  // namespace tlspolicy::wire
