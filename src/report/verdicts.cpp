// SPDX-License-Identifier: Apache-2.0
// Verdicts as text and JSON; see verdicts.hpp.
#include "report/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/json.hpp"
#include "report/listed.hpp"
#include "report/table.hpp"

namespace tlspolicy::report {
namespace {

std::string keys_of(const prove::Seen& seen) {
  std::vector<std::string> out;
  for (const auto& one : seen.handshakes) {
    if (!one.done || one.key_type.empty()) continue;
    const auto text = fmt::format("{} {}", one.key_type, one.key_bits);
    if (std::ranges::find(out, text) == out.end()) out.push_back(text);
  }
  return base::join(out, " and ");
}

std::string verdict_text(const prove::Verdict& verdict, const Style& style, int indent) {
  const auto pad = std::string(static_cast<std::size_t>(indent) + 2, ' ');
  std::string out;
  if (const auto seen = seen_line(verdict); !seen.empty())
    out += wrapped(style, pad + "seen      ", seen);
  Table findings;
  for (const auto& finding : verdict.findings) {
    if (finding.outcome == prove::Outcome::complies && !finding.beyond && !style.verbose) continue;
    const auto word = finding.beyond ? "outside" : std::string(word_of(finding.outcome));
    findings.row({Cell(word, finding.beyond ? Tone::warning : tone_of(finding.outcome)),
                  Cell(fmt::format("{} ({})", finding.text, finding.id))});
  }
  return out + findings.text(style, indent + 2);
}

Json json_of_handshake(const probe::Handshake& one) {
  return {{"version", one.version == crypto::Protocol{} ? "" : std::string(name(one.version))},
          {"done", one.done},
          {"why", one.why},
          {"suite", one.done ? name(one.suite) : ""},
          {"group", one.group ? Json(name(*one.group)) : Json()},
          {"dh_bits", one.dh_bits},
          {"scheme", one.scheme ? Json(name(*one.scheme)) : Json()},
          {"key_type", one.key_type},
          {"key_bits", one.key_bits},
          {"signature_hash", one.signature_hash},
          {"subject", one.subject},
          {"issuer", one.issuer},
          {"not_after", one.not_after},
          {"self_signed", one.self_signed}};
}

Json json_of_offer(const wire::SshOffer& offer) {
  return {{"banner", offer.banner},
          {"kex", names(offer.kex)},
          {"host_keys", names(offer.host_keys)},
          {"ciphers", names(offer.ciphers_to_client)},
          {"macs", names(offer.macs_to_client)}};
}

Json json_of_seen(const prove::Seen& seen) {
  Json out{{"protocols", term_names(seen.protocols)},
           {"suites", term_names(seen.suites)},
           {"groups", term_names(seen.groups)},
           {"preferred_group", seen.preferred_group ? Json(name(*seen.preferred_group)) : Json()},
           {"handshakes", Json::array()},
           {"ssh", seen.ssh ? json_of_offer(*seen.ssh) : Json()},
           {"server_sig_algs", names(seen.server_sig_algs)}};
  for (const auto& one : seen.handshakes) out["handshakes"].push_back(json_of_handshake(one));
  return out;
}

}  // namespace

Tone tone_of(prove::Outcome outcome) {
  if (outcome == prove::Outcome::complies) return Tone::good;
  return outcome == prove::Outcome::fails ? Tone::bad : Tone::warning;
}

std::string_view word_of(prove::Outcome outcome) {
  return outcome == prove::Outcome::fails ? "FAILS" : name(outcome);
}

std::string shown_outcome(const Style& style, prove::Outcome outcome) {
  return paint(style, tone_of(outcome), word_of(outcome));
}

// Where no policy holds, "complies" would promise something.
std::string shown_outcome(const Style& style, const prove::Verdict& verdict) {
  if (verdict.outcome == prove::Outcome::complies && prove::asks_only_to_serve(verdict.target))
    return paint(style, Tone::good, "serves");
  if (verdict.outcome == prove::Outcome::complies && prove::beyond_policy(verdict))
    return paint(style, Tone::warning, "complies as far as it can be enforced");
  return shown_outcome(style, verdict.outcome);
}

std::string seen_line(const prove::Verdict& verdict) {
  const auto& seen = verdict.seen;
  if (seen.ssh) return seen.ssh->banner;
  std::vector<std::string> parts;
  if (!seen.protocols.empty()) parts.push_back(listed(seen.protocols));
  if (seen.preferred_group) parts.push_back("prefers " + name(*seen.preferred_group));
  if (auto keys = keys_of(seen); !keys.empty()) parts.push_back("certificate " + keys);
  return base::join(parts, "; ");
}

std::string verdicts_text(const std::vector<prove::Verdict>& verdicts, const Style& style,
                          int indent) {
  std::size_t longest = 0;
  for (const auto& one : verdicts) longest = std::max(longest, one.target.endpoint.size());
  longest = std::min<std::size_t>(longest, 50);
  const auto pad = std::string(static_cast<std::size_t>(indent), ' ');
  std::string out;
  for (const auto& one : verdicts) {
    out += fmt::format("{}{:<{}}  {}{}\n", pad, one.target.endpoint, longest,
                       shown_outcome(style, one), one.serves ? "" : ", does not serve");
    out += verdict_text(one, style, indent);
  }
  return out;
}

Json json_of(const prove::Verdict& verdict) {
  const auto& place = verdict.target.place;
  Json out{{"endpoint", verdict.target.endpoint},
           {"service", verdict.target.service},
           {"address", place.address},
           {"port", place.port},
           {"sni", place.sni},
           {"preamble", place.preamble},
           {"outcome", name(verdict.outcome)},
           {"serves", verdict.serves},
           {"connections", verdict.connections},
           {"findings", Json::array()},
           {"seen", json_of_seen(verdict.seen)}};
  for (const auto& finding : verdict.findings)
    out["findings"].push_back({{"id", finding.id},
                               {"dimension", name(finding.dimension)},
                               {"outcome", name(finding.outcome)},
                               {"beyond", finding.beyond},
                               {"text", finding.text}});
  return out;
}

Json json_of(const std::vector<prove::Verdict>& verdicts) {
  Json out = Json::array();
  for (const auto& one : verdicts) out.push_back(json_of(one));
  return out;
}

}  // namespace tlspolicy::report
