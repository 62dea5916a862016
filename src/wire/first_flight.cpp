// SPDX-License-Identifier: Apache-2.0
// The server's first flight, taken apart as it arrives: records (RFC 8446 5.1), then alerts and
// handshake messages, which may be cut and joined freely, held against what was asked.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "wire/handshake.hpp"
#include "wire/hello.hpp"
#include "wire/numbers.hpp"
#include "wire/quoted.hpp"
#include "wire/reader.hpp"

namespace tlspolicy::wire {
namespace {
using crypto::Protocol;

constexpr std::size_t kMostOfFlight =
    std::size_t{256} * 1024;                               // a flight that is larger says nothing
constexpr std::size_t kServerFragment = (1U << 14) + 256;  // some send a little more than 2^14

// AlertDescription and HandshakeType: RFC 8446 B.2 and B.3.
constexpr int kCloseNotify = 0;
constexpr int kUnrecognizedName = 112;
enum Message : std::uint8_t {
  hello_request = 0,
  server_hello_message = 2,
  certificate = 11,
  server_key_exchange = 12,
  certificate_request = 13,
  server_hello_done = 14,
  certificate_status = 22
};

template <class List, class Term>
bool holds(const List& list, Term term) {
  return std::ranges::find(list, term) != list.end();
}

Nonsense not_tls(View seen) { return {"not TLS: it starts with " + quoted(seen)}; }

bool could_be_record(View seen) {
  if (seen[0] < 20 || seen[0] > 24) return false;
  return seen.size() < 2 || seen[1] == 3;
}

std::string version_text(std::uint16_t version) {
  const auto known = crypto::all_protocols();
  const auto found = std::ranges::find(known, static_cast<Protocol>(version));
  return found == known.end() ? fmt::format("version 0x{:04x}", version)
                              : std::string(crypto::name(*found));
}

crypto::KeyExchange key_exchange_of(crypto::Suite suite) {
  const auto* info = crypto::find(suite);
  return info == nullptr ? crypto::KeyExchange::null : info->kx;
}

bool is_tls13(crypto::Suite suite) { return key_exchange_of(suite) == crypto::KeyExchange::tls13; }

// An answer must lie inside the question (RFC 8446 4.1.3: else the client breaks off).
std::optional<Nonsense> contradiction(const ServerHello& hello, const Hello& asked) {
  const auto version = static_cast<Protocol>(hello.version);
  if (!holds(asked.versions, version) || version == Protocol::ssl2) {
    Nonsense out{"chose " + version_text(hello.version) + ", which was not offered"};
    if (holds(crypto::all_protocols(), version)) out.instead = version;
    return out;
  }
  if (!holds(asked.suites, hello.suite))
    return Nonsense{"chose " + crypto::name(hello.suite) + ", which was not offered"};
  if ((version == Protocol::tls13) != is_tls13(hello.suite))
    return Nonsense{"chose " + crypto::name(hello.suite) + " for " + version_text(hello.version)};
  if (hello.compression > (asked.extras.deflate ? 1 : 0))
    return Nonsense{"chose compression, which was not offered"};
  if (!hello.told.alpn.empty() && !holds(asked.extras.alpn, hello.told.alpn))
    return Nonsense{"chose the protocol \"" + hello.told.alpn + "\", which was not offered"};
  return std::nullopt;
}

std::optional<Nonsense> share_contradiction(const ServerHello& hello, const Hello& asked) {
  if (!hello.key_share && hello.retry)
    return Nonsense{.why = "asks to retry without naming a group", .no_group = !hello.cookie};
  if (!hello.key_share) return Nonsense{"chose no key share"};
  const auto group = *hello.key_share;
  const bool shared = holds(asked.shares, group) && can_share(group);
  if (hello.retry && shared)
    return Nonsense{"asks to retry with " + crypto::name(group) + ", which it was given"};
  if (hello.retry ? !holds(asked.groups, group) : !shared)
    return Nonsense{"chose " + crypto::name(group) + ", which was not offered"};
  return std::nullopt;
}

}  // namespace

FirstFlight::FirstFlight(Hello asked) : asked_(std::move(asked)) {}

std::optional<Answer> FirstFlight::feed(View bytes) {
  taken_ += bytes.size();
  if (taken_ > kMostOfFlight) return Nonsense{"a first flight of more than 256 KiB"};
  records_.insert(records_.end(), bytes.begin(), bytes.end());
  for (;;) {
    const std::size_t before = records_.size();
    auto answer = next_record();
    if (answer || records_.size() == before) return answer;
  }
}

Answer FirstFlight::end(bool reset) const {
  if (!records_.empty() && !could_be_record(records_) && (records_[0] & 0x80) == 0)
    return not_tls(records_);
  const bool meant = warning_ >= 0 && warning_ != kUnrecognizedName;
  if (meant && !hello_seen_) return Refused{warning_};
  return Closed{reset};
}

// Takes one whole record out of records_, if there is one.
std::optional<Answer> FirstFlight::next_record() {
  if (records_.empty()) return std::nullopt;
  const bool ssl2_asked = asked_.versions == crypto::Protocols{Protocol::ssl2};
  if (ssl2_asked && (records_[0] & 0x80) != 0) return ssl2_record();
  if (!could_be_record(records_)) {
    if (records_.size() < kRecordHeader) return std::nullopt;  // a few more say what it is
    return not_tls(records_);
  }
  Reader in(records_);
  const std::uint8_t type = in.u8();
  in.u16();
  const std::size_t size = in.u16();
  if (!in.ok()) return std::nullopt;
  if (size > kServerFragment) return Nonsense{fmt::format("a record of {} bytes", size)};
  if (in.left() < size) return std::nullopt;
  const View body = in.take(size);
  std::optional<Answer> answer;
  if (type == alert_record)
    answer = alerts(body);
  else if (type == handshake_record)
    answer = messages(body);
  else
    answer = Nonsense{fmt::format("a record of type {} in the first flight", type)};
  records_.erase(records_.begin(),
                 records_.begin() + static_cast<std::ptrdiff_t>(kRecordHeader + size));
  return answer;
}

std::optional<Answer> FirstFlight::ssl2_record() {
  Reader in(records_);
  const std::size_t size = in.u16() & 0x7FFFU;
  if (!in.ok() || in.left() < size) return std::nullopt;
  const auto answer = parse_ssl2(in.take(size), asked_);
  return answer ? *answer : Nonsense{"an SSLv2 message that is no SERVER-HELLO"};
}

// RFC 5246 7.2: two bytes each, which may be cut and joined as any message up to TLS 1.2.
std::optional<Answer> FirstFlight::alerts(View fragment) {
  alert_.insert(alert_.end(), fragment.begin(), fragment.end());
  Reader in(alert_);
  while (in.left() >= 2) {
    const std::uint8_t level = in.u8();
    const std::uint8_t description = in.u8();
    if (level == kFatal) return Refused{description};
    if (level != kWarning) return Nonsense{fmt::format("an alert of level {}", level)};
    if (description == kCloseNotify) return Closed{false};
    warning_ = description;
  }
  alert_.erase(alert_.begin(), alert_.end() - static_cast<std::ptrdiff_t>(in.left()));
  return std::nullopt;
}

std::optional<Answer> FirstFlight::messages(View fragment) {
  handshake_.insert(handshake_.end(), fragment.begin(), fragment.end());
  std::size_t used = 0;
  std::optional<Answer> answer;
  while (!answer) {
    Reader in(View(handshake_).subspan(used));
    const std::uint8_t type = in.u8();
    const std::size_t size = in.u24();
    if (!in.ok()) break;
    if (size > kMostOfFlight) return Nonsense{fmt::format("a handshake message of {} bytes", size)};
    if (in.left() < size) break;
    answer = message(type, in.take(size));
    used += 4 + size;
  }
  handshake_.erase(handshake_.begin(), handshake_.begin() + static_cast<std::ptrdiff_t>(used));
  return answer;
}

std::optional<Answer> FirstFlight::message(std::uint8_t type, View body) {
  if (type == hello_request) return std::nullopt;  // RFC 5246 7.4.1.1: to be ignored
  if (type == server_hello_message && !hello_seen_) return server_hello(body);
  if (!hello_seen_ || type == server_hello_message)
    return Nonsense{fmt::format("a handshake message of type {} out of place", type)};
  if (type == certificate) {
    auto certificates = parse_certificates(body);
    if (!certificates) return Nonsense{"a Certificate that cannot be read"};
    chosen_.certificates = std::move(*certificates);
    if (ends_with_certificate(key_exchange_of(chosen_.suite)) && !status_follows_) return chosen_;
    return std::nullopt;
  }
  if (type == server_key_exchange) return key_exchange(body);
  if (type == server_hello_done || type == certificate_request) return finished_choosing();
  if (type == certificate_status) {
    chosen_.told.staple = parse_certificate_status(body);
    return std::nullopt;
  }
  return Nonsense{fmt::format("a handshake message of type {} out of place", type)};
}

std::optional<Answer> FirstFlight::server_hello(View body) {
  const auto hello = parse_server_hello(body);
  if (!hello) return Nonsense{"a ServerHello that cannot be read"};
  if (const auto wrong = contradiction(*hello, asked_)) return *wrong;
  chosen_.version = static_cast<Protocol>(hello->version);
  chosen_.suite = hello->suite;
  chosen_.told = hello->told;
  status_follows_ = hello->status_request;
  hello_seen_ = true;
  if (chosen_.version != Protocol::tls13) return std::nullopt;
  if (const auto wrong = share_contradiction(*hello, asked_)) return *wrong;
  if (hello->retry) return Retry{hello->suite, *hello->key_share};
  chosen_.group = hello->key_share;
  return chosen_;
}

std::optional<Answer> FirstFlight::key_exchange(View body) {
  const auto found = parse_key_exchange(body, key_exchange_of(chosen_.suite), chosen_.version);
  if (!found) return Nonsense{"a ServerKeyExchange that cannot be read"};
  // RFC 8422 4: without supported_groups the server is free to choose.
  if (found->group && !asked_.groups.empty() && !holds(asked_.groups, *found->group))
    return Nonsense{"chose " + crypto::name(*found->group) + ", which was not offered"};
  chosen_.group = found->group;
  chosen_.scheme = found->scheme;
  chosen_.dh_bits = found->dh_bits;
  chosen_.dh_prime = found->dh_prime;
  return chosen_;
}

// What follows a ServerKeyExchange came without one.
std::optional<Answer> FirstFlight::finished_choosing() {
  if (has_key_exchange_message(key_exchange_of(chosen_.suite)))
    return Nonsense{"no ServerKeyExchange for " + crypto::name(chosen_.suite)};
  return chosen_;
}

}  // namespace tlspolicy::wire
