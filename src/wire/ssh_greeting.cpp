// SPDX-License-Identifier: Apache-2.0
// The server's half of an SSH greeting: lines until its version (RFC 4253 4.2), then one binary
// packet (RFC 4253 6) with its KEXINIT (RFC 4253 7.1).  All before any key is agreed on.
#include <fmt/format.h>

#include <string_view>

#include "wire/quoted.hpp"
#include "wire/ssh.hpp"

namespace tlspolicy::wire {

std::optional<SshAnswer> SshGreeting::feed(View bytes) {
  stream_.feed(bytes);
  const auto payload = stream_.next();
  if (!stream_.broken().empty()) return Nonsense{stream_.broken()};
  if (!payload) return std::nullopt;
  if (is_message(*payload, SshMessage::disconnect))
    return Nonsense{"disconnected at once (" + stream_.banner() + ")"};
  auto offer = parse_kexinit(*payload);
  if (!offer) return Nonsense{fmt::format("no KEXINIT but message {}", payload->front())};
  offer->banner = stream_.banner();
  return std::move(*offer);
}

// sshd says why it turns us away in such a line ("Exceeded MaxStartups").
SshAnswer SshGreeting::end(bool reset) const {
  if (stream_.seen().empty()) return Closed{reset};
  return Nonsense{"closed after " + quoted(stream_.seen())};
}

Bytes SshGreeting::to_send() { return {kSshVersion.begin(), kSshVersion.end()}; }

}  // namespace tlspolicy::wire
