// SPDX-License-Identifier: Apache-2.0
// Reading a ClientHello; see client_offer.hpp.
#include "wire/client_offer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "wire/numbers.hpp"
#include "wire/quoted.hpp"
#include "wire/reader.hpp"

namespace tlspolicy::wire {
namespace {
using crypto::Protocol;

constexpr std::size_t kMostOfHello = std::size_t{64} * 1024;
constexpr std::size_t kClientFragment = 1U << 14;
constexpr std::uint8_t kClientHello = 1;

// RFC 8701: 0x0A0A, 0x1A1A, … 0xFAFA offer nothing.
bool is_grease(std::uint32_t number) {
  return (number & 0x0F0FU) == 0x0A0AU && number >> 8 == (number & 0xFFU);
}

bool is_signal(std::uint32_t suite) { return suite == 0x00FF || suite == 0x5600; }

// Numbers of two bytes; false where one is cut short.
template <class Terms>
bool read_terms(View list, Terms& out) {
  Reader in(list);
  while (in.ok() && in.left() > 0) {
    const std::uint16_t number = in.u16();
    if (in.ok() && !is_grease(number))
      out.push_back(static_cast<typename Terms::value_type>(number));
  }
  return in.done();
}

// A vector of its own that fills the whole extension.
View inner(View body, std::size_t width, bool& fits) {
  Reader in(body);
  const View out = in.prefixed(width);
  fits = in.done();
  return out;
}

bool read_shares(View list, crypto::Groups& out) {
  Reader in(list);
  while (in.ok() && in.left() > 0) {
    const std::uint16_t group = in.u16();
    const View key = in.prefixed(2);
    if (in.ok() && !key.empty() && !is_grease(group))
      out.push_back(static_cast<crypto::Group>(group));
  }
  return in.done();
}

// RFC 6066 3: the first name of type host_name, as far as it can be shown.
bool read_names(View list, std::string& out) {
  Reader in(list);
  while (in.ok() && in.left() > 0) {
    const std::uint8_t type = in.u8();
    const View name = in.prefixed(2);
    const bool shown = std::ranges::all_of(name, [](int c) { return c > 0x20 && c < 0x7F; });
    if (in.ok() && type == 0 && out.empty() && shown) out.assign(name.begin(), name.end());
  }
  return in.done();
}

bool read_extension(std::uint16_t type, View body, ClientOffer& out) {
  bool fits = true;
  switch (type) {
    case server_name:
      return read_names(inner(body, 2, fits), out.sni) && fits;
    case supported_groups:
      return read_terms(inner(body, 2, fits), out.groups) && fits;
    case signature_algorithms:
      return read_terms(inner(body, 2, fits), out.schemes) && fits;
    case supported_versions:
      out.versions.clear();
      out.lists_versions = true;
      return read_terms(inner(body, 1, fits), out.versions) && fits;
    case key_share_extension:
      return read_shares(inner(body, 2, fits), out.shares) && fits;
    default:
      return true;
  }
}

bool read_extensions(View list, ClientOffer& out) {
  std::set<std::uint16_t> seen;  // RFC 8446 4.2: none twice
  Reader in(list);
  while (in.ok() && in.left() > 0) {
    const std::uint16_t type = in.u16();
    const View body = in.prefixed(2);
    if (!in.ok() || !seen.insert(type).second || !read_extension(type, body, out)) return false;
  }
  return in.done();
}

}  // namespace

std::optional<ClientOffer> parse_client_hello(View body) {
  ClientOffer out;
  out.size = body.size() + 4;
  Reader in(body);
  out.versions = {static_cast<Protocol>(in.u16())};
  in.take(32);  // random
  const View session = in.prefixed(1);
  const View suites = in.prefixed(2);
  const View compressions = in.prefixed(1);
  if (!in.ok() || session.size() > 32 || compressions.empty()) return std::nullopt;
  if (!read_terms(suites, out.suites) || suites.empty()) return std::nullopt;
  std::erase_if(out.suites,
                [](crypto::Suite one) { return is_signal(static_cast<std::uint32_t>(one)); });
  if (in.left() > 0 && !read_extensions(in.prefixed(2), out)) return std::nullopt;
  if (!in.done()) return std::nullopt;
  return out;
}

std::optional<Offered> ClientFlight::feed(View bytes) {
  taken_ += bytes.size();
  if (taken_ > kMostOfHello) return Nonsense{"a hello of more than 64 KiB"};
  records_.insert(records_.end(), bytes.begin(), bytes.end());
  while (!records_.empty()) {
    const std::size_t before = records_.size();
    if (auto out = next_record()) return out;
    if (records_.size() == before) break;
  }
  return std::nullopt;
}

std::optional<Offered> ClientFlight::next_record() {
  Reader in(records_);
  const std::uint8_t type = in.u8();
  const std::uint8_t major = in.u8();
  if (type != handshake_record || (in.ok() && major != 3))
    return Nonsense{"no TLS hello: it starts with " + quoted(records_)};
  in.u8();
  const std::size_t size = in.u16();
  if (!in.ok()) return std::nullopt;
  if (size == 0 || size > kClientFragment)
    return Nonsense{fmt::format("a record of {} bytes", size)};
  if (in.left() < size) return std::nullopt;
  const View fragment = in.take(size);
  handshake_.insert(handshake_.end(), fragment.begin(), fragment.end());
  records_.erase(records_.begin(),
                 records_.begin() + static_cast<std::ptrdiff_t>(kRecordHeader + size));

  Reader message(handshake_);
  const std::uint8_t kind = message.u8();
  if (kind != kClientHello)
    return Nonsense{fmt::format("a handshake message of type {} in the place of a hello", kind)};
  const std::size_t length = message.u24();
  if (message.ok() && length > kMostOfHello)
    return Nonsense{fmt::format("a hello of {} bytes", length)};
  if (!message.ok() || message.left() < length) return std::nullopt;
  if (auto offer = parse_client_hello(message.take(length))) return *std::move(offer);
  return Nonsense{"a hello that cannot be read"};
}

Offered ClientFlight::end() const {
  if (taken_ == 0) return Closed{};
  return Nonsense{fmt::format("it broke off after {} bytes of its hello", taken_)};
}

}  // namespace tlspolicy::wire
