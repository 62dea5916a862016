// SPDX-License-Identifier: Apache-2.0
// Asking for Heartbleed and CCS injection; see reaction.hpp.
#include "wire/reaction.hpp"

#include <algorithm>
#include <utility>

#include "wire/numbers.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace tlspolicy::wire {
namespace {
constexpr std::size_t kMostOfAnswer = std::size_t{256} * 1024;
constexpr std::uint8_t kServerHelloDone = 14;
constexpr std::uint8_t kRequest = 1;
constexpr std::uint8_t kResponse = 2;
constexpr std::string_view kPayload = "tlspolicy-asks-0";

void write_record(Writer& out, Content type, std::uint16_t version, const Bytes& body) {
  out.u8(type);
  out.u16(version);
  out.prefixed(2, [&] { out.bytes(body); });
}

// Behind it a byte of data that has no place there: every server ends with an alert, and what an
// old OpenSSL still held back goes out with it.
Bytes heartbeat_question(std::uint16_t version) {
  Writer request;
  request.u8(kRequest);
  request.prefixed(2, [&] { request.text(kPayload); });
  Writer out;
  write_record(out, heartbeat_record, version, request.take());
  write_record(out, application_data_record, version, {0});
  return out.take();
}

// Behind it alerts that only say good-bye, in a record long enough to carry a MAC.
Bytes ccs_question(std::uint16_t version) {
  Bytes farewells;
  for (int i = 0; i < 32; ++i) farewells.insert(farewells.end(), {1, 0});
  Writer out;
  write_record(out, change_cipher_spec_record, version, {1});
  write_record(out, alert_record, version, farewells);
  return out.take();
}

bool is_echo(View body) {
  Reader in(body);
  const bool response = in.u8() == kResponse;
  const View payload = in.prefixed(2);
  return in.ok() && response && std::ranges::equal(payload, kPayload);
}
}  // namespace

Poking::Poking(const Hello& hello, Poke poke, std::uint64_t seed)
    : poke_(poke), out_(client_hello(hello, seed)) {}

Bytes Poking::to_send() { return std::exchange(out_, {}); }

std::optional<Reaction> Poking::not_asked(std::string why) const {
  Reaction out;
  out.why = std::move(why);
  return out;
}

std::optional<Reaction> Poking::feed(View bytes) {
  taken_ += bytes.size();
  if (taken_ > kMostOfAnswer) return end(false);
  records_.insert(records_.end(), bytes.begin(), bytes.end());
  for (;;) {
    Reader in(records_);
    const std::uint8_t type = in.u8();
    const std::uint16_t version = in.u16();
    const View body = in.prefixed(2);
    if (!in.ok()) return std::nullopt;
    if (version >> 8 != 3) return reaction_.asked ? end(false) : not_asked("not TLS");
    version_ = version;
    if (auto out = record(type, body)) return out;
    const auto used = static_cast<std::ptrdiff_t>(kRecordHeader + body.size());
    records_.erase(records_.begin(), records_.begin() + used);
  }
}

std::optional<Reaction> Poking::record(std::uint8_t type, View body) {
  if (type == alert_record) {
    if (body.size() != 2 || body[0] != kFatal) return std::nullopt;
    if (!reaction_.asked) return not_asked("it refused the hello");
    reaction_.alert = body[1];
    return reaction_;
  }
  if (type == heartbeat_record && reaction_.asked && poke_ == Poke::heartbeat)
    reaction_.echoed = reaction_.echoed || is_echo(body);
  if (reaction_.echoed) return reaction_;
  if (type == handshake_record && !reaction_.asked) flight(body);
  return std::nullopt;
}

// Up to the ServerHelloDone (RFC 5246 7.4.5); what stands in between does not matter here.
void Poking::flight(View fragment) {
  handshake_.insert(handshake_.end(), fragment.begin(), fragment.end());
  Reader in(handshake_);
  for (;;) {
    const std::uint8_t type = in.u8();
    in.prefixed(3);
    if (!in.ok()) return;
    if (type != kServerHelloDone) continue;
    reaction_.asked = true;
    out_ = poke_ == Poke::heartbeat ? heartbeat_question(version_) : ccs_question(version_);
    return;
  }
}

Reaction Poking::end(bool reset) const {
  Reaction out = reaction_;
  if (!out.asked) out.why = reset ? "a reset" : "a close";
  out.closed = true;
  out.reset = reset;
  return out;
}

Reaction Poking::overdue() const {
  Reaction out = reaction_;
  if (!out.asked) out.why = "silence";
  return out;
}

}  // namespace tlspolicy::wire
