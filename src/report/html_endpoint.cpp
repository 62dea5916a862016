// SPDX-License-Identifier: Apache-2.0
// One endpoint in the HTML report.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/html.hpp"
#include "report/listed.hpp"
#include "report/scan.hpp"

namespace tlspolicy::report {
namespace {
using scan::Endpoint, scan::Fact;

std::string_view css_tone_of(scan::Severity severity) {
  if (severity >= scan::Severity::high) return "bad";
  return severity == scan::Severity::note ? "mid" : "warn";
}
std::string_view css_tone_of(scan::Compliance compliance) {
  if (compliance == scan::Compliance::complies) return "good";
  return compliance == scan::Compliance::fails ? "bad" : "warn";
}
std::string_view tone_of_grade(const std::string& letter) {
  if (letter.starts_with("A")) return "good";
  return letter == "B" ? "mid" : letter == "C" ? "warn" : "bad";
}

std::string badge(std::string_view tone, std::string_view text) {
  return html_tag("span", fmt::format("badge {}", tone), text);
}

std::string title_of(const Endpoint& endpoint) {
  const auto& place = endpoint.target.place;
  const std::string address = probe::text({place.address, place.port, "", ""});
  std::string out =
      "<h2>" + html(place.sni.empty() ? address : place.sni) + "</h2>\n<p class=\"dim\">";
  out += html(place.sni.empty() ? endpoint.target.name : address);
  if (!place.preamble.empty()) out += ", " + html(place.preamble);
  out += fmt::format(", {} connections</p>\n", endpoint.connections);
  for (const auto& one : endpoint.target.unreached)
    out += "<p class=\"dim\">instead of " + html(one.about + ": " + one.why) + "</p>\n";
  if (const auto others = other_addresses(endpoint.target); !others.empty())
    out += "<p class=\"dim\">also " + html(others) + "</p>\n";
  return out;
}

std::string findings(const Endpoint& endpoint, const FormOptions& options) {
  if (endpoint.weaknesses.empty()) return {};
  std::string rows;
  for (const auto& one : endpoint.weaknesses) {
    const auto message = options.messages.find(one.id);
    const bool known = message != options.messages.end();
    rows += fmt::format(
        "<tr><td class=\"c\">{}</td><td>{}<br><span class=\"dim\">{}{}</span></td></tr>\n",
        badge(css_tone_of(one.severity), name(one.severity)), html(one.evidence),
        known ? html(message->second.title) + " · " : "", "<code>" + html(one.id) + "</code>");
  }
  return "<h3>Weaknesses</h3>\n<table class=\"list\"><tbody>\n" + rows + "</tbody></table>\n";
}

std::string held_part(const std::optional<scan::Held>& held) {
  if (!held) return {};
  // A row for each dimension and outcome: their order is the deviations' own.
  std::string rows;
  const auto& all = held->deviations;
  for (auto one = all.begin(); one != all.end(); ++one) {
    const auto alike = [&](const scan::Deviation& other) {
      return other.outcome == one->outcome && other.dimension == one->dimension;
    };
    if (std::any_of(all.begin(), one, alike)) continue;
    std::string texts;
    for (auto other = one; other != all.end(); ++other)
      if (alike(*other)) texts += (texts.empty() ? "" : "<br>") + html(other->text);
    rows += fmt::format("<tr><td class=\"c\">{}</td><td class=\"name\">{}</td><td>{}</td></tr>\n",
                        badge(css_tone_of(one->outcome), name(one->outcome)), html(one->dimension),
                        texts);
  }
  return fmt::format("<h3>Policy {} {}</h3>\n<p class=\"dim\">part [{}]</p>\n", html(held->policy),
                     badge(css_tone_of(held->outcome), name(held->outcome)), html(held->part)) +
         (rows.empty() ? "" : "<table class=\"list\"><tbody>\n" + rows + "</tbody></table>\n");
}

std::string grade_part(const std::optional<scan::Grade>& grade) {
  if (!grade) return {};
  std::string rows;
  for (const auto& reason : grade->reasons)
    rows += fmt::format("<tr><td class=\"name\">{}</td><td>{}</td><td class=\"dim\">{}</td></tr>\n",
                        html(reason.effect), html(reason.text), html(reason.source));
  const std::string otherwise =
      grade->letter == grade->if_trusted
          ? ""
          : fmt::format("<p>With a trusted certificate: {}</p>\n", html(grade->if_trusted));
  return fmt::format(
      "<h3>Grade</h3>\n{}<table><tbody>\n{}</tbody></table>\n<p class=\"dim\">{}. Not judged: "
      "{}.</p>\n",
      otherwise, rows, html(scan::kGuide), html(base::join(grade->not_judged, "; ")));
}

std::string certificates(const Endpoint& endpoint) {
  if (endpoint.chains.empty()) return {};
  std::string rows;
  for (const auto& chain : endpoint.chains)
    for (const auto& one : chain.certificates) {
      const bool leaf = &one == &chain.certificates.front();
      const auto staple = leaf && chain.staple ? "<br>" + html(staple_text(*chain.staple)) : "";
      rows += fmt::format(
          "<tr><td>{}{}</td><td class=\"name\">{} {}{}</td><td class=\"name\">{}</td></tr>\n",
          leaf ? "" : "↳ ",
          html(one.subject.empty() ? one.sha256 : one.subject) +
              (one.names.empty()
                   ? ""
                   : "<br><span class=\"dim\">" + html(base::join(one.names, " ")) + "</span>"),
          html(one.key_type), one.key_bits,
          one.signature_hash.empty() ? "" : ", " + html(one.signature_hash),
          html(one.not_after.substr(0, 10)) + (one.self_signed ? "<br>self-signed" : "") + staple);
    }
  return "<h3>Certificates</h3>\n<div class=\"wide\"><table>\n<thead><tr><th>subject and names</th>"
         "<th>key, signature</th><th>until</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table></div>\n";
}

std::string lists(const Endpoint& endpoint) {
  std::string rows;
  const auto row = [&](std::string_view label, const std::string& text) {
    if (!text.empty())
      rows += fmt::format("<tr><th scope=\"row\">{}</th><td><code>{}</code></td></tr>\n",
                          html(label), html(text));
  };
  row("groups in TLS 1.3", listed(endpoint.groups13.accepted));
  row("groups up to TLS 1.2", listed(endpoint.groups12.accepted));
  for (const auto& one : endpoint.schemes12)
    row("signs with " + one.key, listed(one.schemes.accepted));
  for (const auto& field : endpoint.fields)
    row("DHE", fmt::format("{} bits {}", field.bits, field.name));
  row("ALPN", base::join(endpoint.facts.alpn, " "));
  if (endpoint.ssh)
    for (const auto& [label, text] : ssh_lines(*endpoint.ssh)) row(label, text);
  for (const auto& one : endpoint.intolerances) row("cannot bear", one.why);
  for (const auto& gap : gaps_of(endpoint)) row("not known", gap.about + ": " + gap.why);
  return rows.empty() ? "" : "<h3>Lists</h3>\n<table><tbody>\n" + rows + "</tbody></table>\n";
}
}  // namespace

std::string html_endpoint(const Judged& judged, const FormOptions& options, int number) {
  const Endpoint& endpoint = judged.endpoint;
  std::string out = fmt::format("<section id=\"e{}\">\n<div class=\"top\"><div>", number);
  out += title_of(endpoint) + "</div>";
  if (judged.grade)
    out += html_tag("div", fmt::format("grade {}", tone_of_grade(judged.grade->letter)),
                    judged.grade->letter);
  out += "</div>\n";
  if (endpoint.serves != Fact::yes) {
    const auto said = no_service(endpoint);
    return out +
           fmt::format("<p>{} {}</p>\n</section>\n", badge("warn", said.label), html(said.why));
  }
  out += held_part(judged.held) + findings(endpoint, options);
  if (!endpoint.ssh) out += html_suites(endpoint);
  out += html_clients(endpoint, reached(endpoint, options.clients));
  out += certificates(endpoint) + lists(endpoint) + grade_part(judged.grade);
  return out + "</section>\n";
}

}  // namespace tlspolicy::report
