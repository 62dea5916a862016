// SPDX-License-Identifier: Apache-2.0
// A scan as text for people: a few lines for each endpoint, then its weaknesses; whole lists of
// suites with --verbose.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "base/visible.hpp"
#include "report/cleaned.hpp"
#include "report/form.hpp"
#include "report/listed.hpp"
#include "report/reach.hpp"
#include "report/services.hpp"
#include "report/table.hpp"
#include "scan/lists.hpp"

namespace tlspolicy::report {
namespace {
using scan::Endpoint, scan::Fact, scan::Version;

std::string order_text(scan::Order order) {
  if (order == scan::Order::unknown) return "";
  return fmt::format("the {}'s order", name(order));
}

template <class Term>
std::string preference_text(const scan::Preference<Term>& preference) {
  if (preference.accepted.empty()) return {};
  std::string out = listed(preference.accepted);
  if (const auto order = order_text(preference.order); !order.empty()) out += "; " + order;
  if (!preference.whole) out += "; there may be more";
  return out;
}

std::string protocols_text(const Endpoint& endpoint) {
  std::vector<std::string> accepted, refused, unknown;
  for (const Version& version : endpoint.versions) {
    auto& list = version.accepted == Fact::yes  ? accepted
                 : version.accepted == Fact::no ? refused
                                                : unknown;
    list.emplace_back(name(version.protocol));
  }
  std::string out = base::join(accepted, " ");
  if (!refused.empty()) out += "; refused: " + base::join(refused, " ");
  if (!unknown.empty()) out += "; not known: " + base::join(unknown, " ");
  return out;
}

std::string certificate_text(const scan::Chain& chain) {
  const auto& leaf = chain.certificates.front();
  std::string out = fmt::format("{} {}", leaf.key_type, leaf.key_bits);
  if (!leaf.signature_hash.empty()) out += ", " + leaf.signature_hash;
  if (!leaf.subject.empty()) out += ", " + leaf.subject;
  if (!leaf.names.empty()) out += fmt::format(" ({})", base::join(leaf.names, " "));
  out += ", until " + leaf.not_after.substr(0, 10);
  out += leaf.self_signed ? ", self-signed" : fmt::format(", {} sent", chain.certificates.size());
  return chain.staple ? fmt::format("{}; {}", out, staple_text(*chain.staple)) : out;
}

std::string fields_text(const Endpoint& endpoint) {
  std::vector<std::string> out;
  for (const auto& field : endpoint.fields)
    out.push_back(fmt::format("{} bits, {}", field.bits,
                              field.name.empty() ? "not a well-known group" : field.name));
  return base::join(out, "; ");
}

// "3 suites, in the server's order"
std::string summary(const Version& version, const scan::Facts& facts) {
  const auto& suites = version.suites;
  std::string out =
      fmt::format("{} suite{}", suites.accepted.size(), suites.accepted.size() == 1 ? "" : "s");
  if (suites.order != scan::Order::unknown) out += ", in " + order_text(suites.order);
  if (!suites.whole) out += "; there may be more";
  const bool chacha20 = suites.order == scan::Order::server &&
                        facts.chacha20_by_client == Fact::yes &&
                        std::ranges::any_of(suites.accepted, scan::is_chacha20);
  return chacha20 ? out + "; ChaCha20 first for clients that put it first" : out;
}

// A list that was just printed is not printed again.
std::string suites_text(const Version& version, const Version* above, const scan::Facts& facts,
                        const Style& style) {
  if (above && above->suites == version.suites)
    return wrapped(style, fmt::format("  {:<12} ", name(version.protocol)),
                   fmt::format("the same as {}", name(above->protocol)));
  std::string out =
      wrapped(style, fmt::format("  {:<12} ", name(version.protocol)), summary(version, facts));
  for (const auto suite : version.suites.accepted) {
    const auto* info = crypto::find(suite);
    const Tone tone = !info || info->bits < 112            ? Tone::bad
                      : info->forward_secret && info->aead ? Tone::good
                                                           : Tone::plain;
    out += std::string(15, ' ') + paint(style, tone, name(suite)) + "\n";
  }
  return out;
}

Tone severity_tone(scan::Severity severity) {
  if (severity >= scan::Severity::high) return Tone::bad;
  return severity == scan::Severity::medium ? Tone::warning : Tone::plain;
}

std::string facts_text(const scan::Facts& facts) {
  struct Row {
    std::string_view what;
    Fact fact;
  };
  std::vector<std::string> yes, no;
  if (facts.client_certificate == Fact::yes) yes.emplace_back("a client certificate is demanded");
  for (const Row& row :
       {Row{"secure renegotiation", facts.secure_renegotiation},
        Row{"client-initiated renegotiation", facts.client_renegotiation},
        Row{"extended master secret", facts.extended_master_secret},
        Row{"encrypt-then-MAC", facts.encrypt_then_mac}, Row{"fallback SCSV", facts.fallback_scsv},
        Row{"tickets", facts.tickets}, Row{"session ids", facts.session_ids},
        Row{"OCSP stapling", facts.ocsp_stapling}, Row{"compression", facts.compression},
        Row{"heartbeat", facts.heartbeat}})
    if (row.fact != Fact::unknown) (row.fact == Fact::yes ? yes : no).emplace_back(row.what);
  std::string out = base::join(yes, ", ");
  if (!no.empty()) out += (out.empty() ? "without " : "; without ") + base::join(no, ", ");
  return out;
}

std::string endpoint_heading(const Endpoint& endpoint) {
  const auto& place = endpoint.target.place;
  std::string out = probe::text({place.address, place.port, "", ""});
  if (!place.sni.empty()) out = fmt::format("{} ({})", place.sni, out);
  return place.preamble.empty() ? out : fmt::format("{}, {}", out, place.preamble);
}

Tone compliance_tone(scan::Compliance compliance) {
  if (compliance == scan::Compliance::complies) return Tone::good;
  return compliance == scan::Compliance::fails ? Tone::bad : Tone::warning;
}

std::string held_text(const scan::Held& held, const Style& style) {
  std::string out = fmt::format("  {:<12} ", held.policy);
  out += paint(style, compliance_tone(held.outcome), name(held.outcome));
  if (held.part != "tls") out += fmt::format(" [{}]", held.part);
  // Of each kind the first; --verbose has them all.
  Table table;
  const auto& all = held.deviations;
  for (auto one = all.begin(); one != all.end(); ++one) {
    const auto alike = [&](const scan::Deviation& other) {
      return other.id == one->id && other.dimension == one->dimension;
    };
    if (!style.verbose && std::any_of(all.begin(), one, alike)) continue;
    const auto more = style.verbose ? 0 : std::count_if(one + 1, all.end(), alike);
    const std::string rest = more == 0 ? "" : fmt::format(", and {} more", more);
    table.row({Cell(std::string(name(one->outcome)), compliance_tone(one->outcome)),
               Cell(fmt::format("{}{} ({})", one->text, rest, one->id))});
  }
  return out + "\n" + table.text(style, 2);
}

// The letter and what holds it down; --verbose says all, with where each rule is published.
std::string grade_text(const scan::Grade& grade, const Style& style) {
  const bool good = grade.letter.starts_with("A");
  const Tone tone = good ? Tone::good : grade.letter == "B" ? Tone::plain : Tone::bad;
  std::string out = fmt::format("  {:<12} ", "grade") + paint(style, tone, grade.letter);
  if (grade.letter != grade.if_trusted)
    out += fmt::format(" ({} with a trusted certificate)", grade.if_trusted);
  out += "\n";
  const std::string pad(15, ' ');
  for (const auto& reason : grade.reasons) {
    const bool score = &reason == &grade.reasons.front();
    const std::string source = style.verbose ? " [" + reason.source + "]" : "";
    if (!score || style.verbose)
      out += wrapped(style, pad, reason.effect + ": " + reason.text + source);
  }
  const auto& skipped = grade.not_judged;
  if (!skipped.empty())
    out += wrapped(style, pad,
                   "not judged: " + (style.verbose ? base::join(skipped, "; ")
                                                   : skipped.front() + ", … (--verbose)"));
  if (style.verbose) out += wrapped(style, pad, std::string(scan::kGuide));
  return out;
}

std::string tls_text(const Endpoint& endpoint, const Style& style) {
  std::string out;
  const auto line = [&](const char* label, const std::string& text) {
    if (!text.empty()) out += wrapped(style, fmt::format("  {:<12} ", label), text);
  };
  line("protocols", protocols_text(endpoint));
  for (const auto& chain : endpoint.chains) line("certificate", certificate_text(chain));
  const Version* above = nullptr;
  for (auto version = endpoint.versions.rbegin(); version != endpoint.versions.rend(); ++version) {
    if (version->accepted != Fact::yes) continue;
    out += suites_text(*version, above, endpoint.facts, style);
    above = &*version;
  }
  line("groups 1.3", preference_text(endpoint.groups13));
  line("groups 1.2", preference_text(endpoint.groups12));
  line("DHE", fields_text(endpoint));
  for (const auto& one : endpoint.schemes12)
    line(("signs " + one.key).c_str(), preference_text(one.schemes));
  line("ALPN", base::join(endpoint.facts.alpn, " "));
  line("has", facts_text(endpoint.facts));
  return out;
}

std::string endpoint_text(const Judged& judged, const Style& style,
                          const forecast::Clients& clients) {
  const Endpoint& endpoint = judged.endpoint;
  std::string out = paint(style, Tone::title, endpoint_heading(endpoint)) + "\n";
  const auto line = [&](const char* label, const std::string& text) {
    if (!text.empty()) out += wrapped(style, fmt::format("  {:<12} ", label), text);
  };
  for (const auto& one : endpoint.target.unreached) line("instead of", one.about + ": " + one.why);
  line("also", other_addresses(endpoint.target));
  if (judged.held) out += held_text(*judged.held, style);
  if (endpoint.serves != Fact::yes) {
    const auto said = no_service(endpoint);
    line(said.label.c_str(), said.why);
    return out;
  }
  if (judged.grade) out += grade_text(*judged.grade, style);
  if (endpoint.ssh)
    for (const auto& [label, text] : ssh_lines(*endpoint.ssh)) line(label.c_str(), text);
  else
    out += tls_text(endpoint, style);
  Table weak;
  for (const auto& one : endpoint.weaknesses)
    weak.row({Cell(std::string(name(one.severity)), severity_tone(one.severity)),
              Cell(fmt::format("{} ({})", one.evidence, one.id))});
  out += weak.text(style, 2) + reach_text(endpoint, reached(endpoint, clients), style);
  for (const auto& one : endpoint.intolerances) line("cannot bear", one.why);
  for (const auto& gap : gaps_of(endpoint)) line("not known", gap.about + ": " + gap.why);
  return out + fmt::format("  {} connections\n", endpoint.connections);
}

class Text : public Form {
 public:
  explicit Text(const FormOptions& options) : style_(options.style), clients_(options.clients) {}
  std::string endpoint(const Judged& judged) override {
    return (std::exchange(first_, false) ? "" : "\n") +
           endpoint_text(cleaned(judged), style_, clients_);
  }
  std::string left_out(const Error& error) override {
    const Error shown{error.id, base::visible(error.what), base::visible(error.where),
                      error.remedy};
    return errors_text("left out", Tone::bad, {shown}, style_);
  }

 private:
  Style style_;
  forecast::Clients clients_;
  bool first_ = true;
};
}  // namespace

std::unique_ptr<Form> text_form(const FormOptions& options) {
  return std::make_unique<Text>(options);
}

std::string scan_text(const Scanned& scanned, const Style& style) {
  Text form({.style = style});
  return whole(form, scanned);
}

}  // namespace tlspolicy::report
