// SPDX-License-Identifier: Apache-2.0
// What rides along, when, and what follows from it; see riders.hpp.
#include "scan/riders.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/lists.hpp"
#include "scan/lists.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using enum Protocol;

constexpr int kMostTries = 3;
constexpr int kInappropriateFallback = 86;  // RFC 7507 4
constexpr std::uint16_t kNewerVersion = 0x0304;

void learn(Fact& fact, bool seen) { fact = seen || fact == Fact::yes ? Fact::yes : Fact::no; }
}  // namespace

// The sizes: some servers broke on hellos of 256 to 511 bytes, which is why RFC 7685 pads; one with
// a post-quantum share is larger than a TCP segment; and one larger than a record comes in two.
Riders::Riders()
    : riders_{{{.kind = Kind::usual},
               {.kind = Kind::alpn},
               {.kind = Kind::heartbeat},
               {.kind = Kind::deflate},
               {.kind = Kind::fallback},
               {.kind = Kind::grease},
               {.kind = Kind::version},
               {.kind = Kind::size, .at_least = 300},
               {.kind = Kind::size, .at_least = 1'800},
               {.kind = Kind::size, .at_least = 17'000}}},
      alpn_left_(application_protocols()) {}

bool Riders::fits(const Rider& rider, const wire::Hello& hello, bool newer) const {
  if (rider.over || rider.aboard || rider.tries >= kMostTries) return false;
  const Protocol version = version_of(hello);
  if (version < tls10) return false;  // no room for extensions
  switch (rider.kind) {
    case Kind::grease:
      return true;
    case Kind::size:
      return wire::client_hello(hello).size() < rider.at_least;
    case Kind::fallback:
      return newer;
    case Kind::version:
      return version == tls12;
    default:
      return version <= tls12;
  }
}

void Riders::dress(const Rider& rider, wire::Hello& hello) const {
  auto& extras = hello.extras;
  switch (rider.kind) {
    case Kind::usual:
      extras.usual = true;
      break;
    case Kind::alpn:
      extras.alpn = alpn_left_;
      break;
    case Kind::grease:
      extras.grease = true;
      break;
    case Kind::version:
      extras.legacy_version = kNewerVersion;
      break;
    case Kind::deflate:
      extras.deflate = true;
      break;
    case Kind::heartbeat:
      extras.heartbeat = true;
      break;
    case Kind::fallback:
      extras.fallback = true;
      break;
    case Kind::size:
      extras.at_least = rider.at_least;
      break;
  }
}

void Riders::dress_usual(wire::Hello& hello) const {
  const Protocol version = version_of(hello);
  hello.extras.usual = usual_ && version >= tls10 && version <= tls12;
}

std::optional<std::size_t> Riders::board(wire::Hello& hello, bool newer) {
  dress_usual(hello);
  for (std::size_t i = 0; i < riders_.size(); ++i) {
    if (!fits(riders_[i], hello, newer)) continue;
    dress(riders_[i], hello);
    riders_[i].aboard = true;
    ++riders_[i].tries;
    return i;
  }
  return std::nullopt;
}

bool Riders::would_board(wire::Hello hello, bool newer) const {
  dress_usual(hello);
  return std::ranges::any_of(riders_, [&](const Rider& r) { return fits(r, hello, newer); });
}

void Riders::arrived(std::size_t at, const wire::Answer& answer) {
  Rider& rider = riders_[at];
  rider.aboard = false;
  rider.over = true;
  took(rider, std::get_if<wire::Chosen>(&answer));
}

void Riders::took(Rider& rider, const wire::Chosen* chosen) {
  if (rider.kind == Kind::usual) usual_ = true;
  if (!chosen) return;
  if (rider.kind == Kind::deflate) learn(facts_.compression, chosen->told.deflate);
  if (rider.kind == Kind::heartbeat) learn(facts_.heartbeat, chosen->told.heartbeat);
  if (rider.kind == Kind::fallback) facts_.fallback_scsv = Fact::no;
  if (rider.kind != Kind::alpn || chosen->told.alpn.empty()) return;
  facts_.alpn.push_back(chosen->told.alpn);
  std::erase(alpn_left_, chosen->told.alpn);
  rider.over = alpn_left_.empty();
  rider.tries = 0;  // each answer makes the list shorter
}

void Riders::suspect(std::size_t at, const wire::Answer& answer) {
  riders_[at].without_success = answer;
}

// An alert beside an acceptance is evidence at once; silence and closes have to come each time.
void Riders::cleared(std::size_t at, bool accepted_alone) {
  Rider& rider = riders_[at];
  rider.aboard = false;
  if (!accepted_alone) --rider.tries;  // it had nothing to do with it
  if (!accepted_alone || !rider.without_success) return;
  const auto& answer = *rider.without_success;
  const bool certain = said(answer) == Said::no && !is_vague(answer);
  rider.over = certain || rider.tries >= kMostTries;
  if (rider.over) blame(rider);
}

void Riders::blame(const Rider& rider) {
  const auto* refused = std::get_if<wire::Refused>(&*rider.without_success);
  const std::string words = describe(*rider.without_success);
  const auto note = [&](const char* id, const std::string& what) {
    intolerances_.push_back({id, fmt::format("{}: {}", what, words)});
  };
  switch (rider.kind) {
    case Kind::alpn:  // RFC 7301 3.2: nothing in common may be fatal
      return;
    case Kind::fallback:
      if (refused && refused->alert == kInappropriateFallback) facts_.fallback_scsv = Fact::yes;
      return;
    case Kind::usual:
      return note("intolerant-usual-extensions",
                  "status_request, session_ticket, encrypt_then_mac");
    case Kind::deflate:
      return note("intolerant-compression", "an offer to compress");
    case Kind::heartbeat:
      return note("intolerant-heartbeat", "an offer of heartbeats");
    case Kind::grease:
      return note("intolerant-unknown-values", "values that nobody has (RFC 8701)");
    case Kind::version:
      return note("intolerant-newer-version", "a version after TLSv1.2 in client_version");
    case Kind::size:
      return note("intolerant-hello-size",
                  fmt::format("a hello padded to {} bytes", rider.at_least));
  }
}

void Riders::observe(const wire::Hello& asked, const wire::Chosen& chosen) {
  if (chosen.version < tls10 || chosen.version > tls12) return;
  const auto& told = chosen.told;
  learn(facts_.secure_renegotiation, told.secure_renegotiation);
  learn(facts_.extended_master_secret, told.extended_master_secret);
  if (!asked.extras.usual) return;
  learn(facts_.tickets, told.session_ticket);
  if (!chosen.certificates.empty()) learn(facts_.ocsp_stapling, told.staple.has_value());
  // RFC 7366 3: it is answered for CBC alone.
  if (is_cbc(chosen.suite)) learn(facts_.encrypt_then_mac, told.encrypt_then_mac);
}

}  // namespace tlspolicy::scan
