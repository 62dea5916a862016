// SPDX-License-Identifier: Apache-2.0
// The matrices of the HTML report: suites by protocol, clients by what they get.
#include <fmt/format.h>

#include <algorithm>

#include "base/lists.hpp"
#include "report/html.hpp"

namespace tlspolicy::report {
namespace {
using crypto::Protocol, scan::Fact, scan::Version;

std::string_view css_tone_of_suite(const crypto::SuiteInfo* suite) {
  if (!suite || suite->bits < 112 || suite->auth == crypto::Auth::anon) return "bad";
  if (suite->encryption.starts_with("3DES") || suite->encryption.starts_with("IDEA")) return "warn";
  return suite->forward_secret && suite->aead ? "good" : "mid";
}

std::string strength_of(const crypto::SuiteInfo* suite) {
  if (!suite) return "";
  return fmt::format("{} bits{}{}", suite->bits, suite->forward_secret ? ", forward secret" : "",
                     suite->aead ? ", AEAD" : "");
}

std::string header(const Version& version) {
  const std::string_view word = version.accepted == Fact::yes  ? "accepted"
                                : version.accepted == Fact::no ? "refused"
                                                               : "not known";
  const bool old = version.protocol < Protocol::tls12;
  const std::string_view tone = version.accepted == Fact::unknown ? "warn"
                                : version.accepted == Fact::no    ? "dim"
                                : old                             ? "bad"
                                                                  : "good";
  return fmt::format("<th class=\"c\" scope=\"col\">{}<br>{}</th>", html(name(version.protocol)),
                     html_tag("span", tone == "dim" ? "dim" : fmt::format("badge {}", tone), word));
}

// The place in the server's order, or a mark where the client's decides.
std::string cell(const Version& version, crypto::Suite suite) {
  const auto& list = version.suites.accepted;
  const auto found = std::ranges::find(list, suite);
  if (found == list.end()) return "<td class=\"c\"></td>";
  const std::string text =
      version.suites.order == scan::Order::server ? std::to_string(found - list.begin() + 1) : "✓";
  return fmt::format("<td class=\"c {}\">{}</td>", css_tone_of_suite(crypto::find(suite)), text);
}
}  // namespace

std::string html_suites(const scan::Endpoint& endpoint) {
  crypto::Suites all;
  std::string head, orders;
  for (auto version = endpoint.versions.rbegin(); version != endpoint.versions.rend(); ++version) {
    all = base::with(all, version->suites.accepted);
    head += header(*version);
  }
  std::string rows;
  for (const auto suite : all) {
    const auto* info = crypto::find(suite);
    rows +=
        fmt::format("<tr><td class=\"name\"><code>{}</code><br><span class=\"dim\">{}</span></td>",
                    html(name(suite)), html(strength_of(info)));
    for (auto version = endpoint.versions.rbegin(); version != endpoint.versions.rend(); ++version)
      rows += cell(*version, suite);
    rows += "</tr>\n";
  }
  const std::string_view chacha20 = endpoint.facts.chacha20_by_client == scan::Fact::yes
                                        ? " A client that puts ChaCha20 first gets it first."
                                        : "";
  return fmt::format(
      "<h3>Protocols and suites</h3>\n<p class=\"dim\">A number is the place in the server's own "
      "order; ✓: accepted, the client's order decides.{}</p>\n<div class=\"wide\"><table "
      "class=\"matrix\">\n<thead><tr><th scope=\"col\">suite</th>{}</tr></thead>\n<tbody>\n{}"
      "</tbody></table></div>\n",
      chacha20, head, rows);
}

std::string html_clients(const scan::Endpoint& endpoint, const std::vector<Reached>& reached) {
  if (reached.empty()) return {};
  std::string rows;
  for (const Reached& one : reached) {
    const auto& handshake = one.outcome.handshake;
    rows += fmt::format("<tr><td>{}{}</td>", html(one.client->title),
                        one.client->sni ? "" : " <span class=\"dim\">(names no host)</span>");
    if (handshake)
      rows += fmt::format("<td class=\"c {}\">{}</td><td><code>{}</code>{}</td></tr>\n",
                          handshake->protocol >= Protocol::tls12 ? "good" : "warn",
                          html(name(handshake->protocol)), html(name(handshake->suite)),
                          handshake->group
                              ? " <span class=\"dim\">" + html(name(*handshake->group)) + "</span>"
                              : "");
    else
      rows += fmt::format("<td class=\"c bad\">cannot connect</td><td>{}</td></tr>\n",
                          html(one.outcome.loss.why));
  }
  const auto lost = std::ranges::count_if(
      reached, [](const Reached& one) { return !one.outcome.handshake.has_value(); });
  return fmt::format(
      "<h3>Clients</h3>\n<p class=\"dim\">Computed from their hellos: {} of {} "
      "connect{}.</p>\n<div "
      "class=\"wide\"><table class=\"matrix\">\n<thead><tr><th scope=\"col\">client</th><th "
      "class=\"c\" scope=\"col\">protocol</th><th scope=\"col\">suite and group</th></tr></thead>\n"
      "<tbody>\n{}</tbody></table></div>\n",
      static_cast<std::ptrdiff_t>(reached.size()) - lost, reached.size(), reach_caveat(endpoint),
      rows);
}

}  // namespace tlspolicy::report
