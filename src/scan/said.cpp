// SPDX-License-Identifier: Apache-2.0
// Answers, sorted and in words; see said.hpp.
#include "scan/said.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tlspolicy::scan {
namespace {
constexpr int kProtocolVersion = 70, kInternalError = 80;

struct Alert {
  int number;
  std::string_view name;
};
// RFC 8446 6, RFC 5246 7.2: those that answer a hello.
constexpr std::array kAlerts{
    Alert{10, "unexpected_message"},    Alert{40, "handshake_failure"},
    Alert{47, "illegal_parameter"},     Alert{50, "decode_error"},
    Alert{70, "protocol_version"},      Alert{71, "insufficient_security"},
    Alert{80, "internal_error"},        Alert{86, "inappropriate_fallback"},
    Alert{109, "missing_extension"},    Alert{110, "unsupported_extension"},
    Alert{112, "unrecognized_name"},    Alert{115, "unknown_psk_identity"},
    Alert{116, "certificate_required"}, Alert{120, "no_application_protocol"},
};

template <class... Case>
struct Overload : Case... {
  using Case::operator()...;
};
template <class... Case>
Overload(Case...) -> Overload<Case...>;

std::string alert_text(int number) {
  const auto* found = std::ranges::find(kAlerts, number, &Alert::number);
  if (found == kAlerts.end()) return fmt::format("alert {}", number);
  return fmt::format("alert {} ({})", number, found->name);
}
}  // namespace

Said said(const wire::Answer& answer) {
  const Overload kinds{
      [](const wire::Chosen&) { return Said::yes; },
      [](const wire::Retry&) { return Said::yes; },
      [](const wire::Refused&) { return Said::no; },
      [](const wire::Closed& a) { return a.reset ? Said::unclear : Said::no; },
      [](const wire::Nonsense& a) { return a.instead || a.no_group ? Said::no : Said::unclear; },
      [](const auto&) { return Said::unclear; }};
  return std::visit(kinds, answer);
}

std::optional<crypto::Suite> chosen_suite(const wire::Answer& answer) {
  if (const auto* chosen = std::get_if<wire::Chosen>(&answer)) return chosen->suite;
  if (const auto* retry = std::get_if<wire::Retry>(&answer)) return retry->suite;
  return std::nullopt;
}

bool refuses_version(const wire::Answer& answer) {
  const auto* refused = std::get_if<wire::Refused>(&answer);
  const auto* nonsense = std::get_if<wire::Nonsense>(&answer);
  return (refused && refused->alert == kProtocolVersion) || (nonsense && nonsense->instead);
}

bool is_vague(const wire::Answer& answer) {
  const auto* closed = std::get_if<wire::Closed>(&answer);
  const auto* refused = std::get_if<wire::Refused>(&answer);
  return (closed && !closed->reset) || (refused && refused->alert == kInternalError);
}

bool by_alert(const wire::Answer& answer) { return std::holds_alternative<wire::Refused>(answer); }

bool same_manner(const wire::Answer& a, const wire::Answer& b) {
  const bool can_be = std::holds_alternative<wire::Silent>(a) ||
                      std::holds_alternative<wire::Closed>(a) || is_vague(a);
  return can_be && a == b;
}

crypto::Protocol version_of(const wire::Hello& hello) {
  return *std::ranges::max_element(hello.versions);
}

std::string describe(const wire::Answer& answer) {
  const Overload words{
      [](const wire::Chosen& a) { return fmt::format("{} {}", name(a.version), name(a.suite)); },
      [](const wire::Retry& a) { return fmt::format("TLSv1.3 {}", name(a.suite)); },
      [](const wire::Refused& a) { return alert_text(a.alert); },
      [](const wire::Closed& a) { return std::string(a.reset ? "a reset" : "a close"); },
      [](const wire::Silent&) { return std::string("silence"); },
      [](const wire::Unreachable& a) { return "no connection: " + a.why; },
      [](const wire::Nonsense& a) { return "nonsense: " + a.why; },
      [](const wire::Declined& a) { return "no TLS: " + a.why; }};
  return std::visit(words, answer);
}

}  // namespace tlspolicy::scan
