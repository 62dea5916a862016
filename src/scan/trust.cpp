// SPDX-License-Identifier: Apache-2.0
// See trust.hpp.
#include "scan/trust.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace tlspolicy::scan {
namespace {
// RFC 9525 6.3: a star stands for one whole label.
bool names(const std::string& pattern, const std::string& host) {
  if (base::iequals(pattern, host)) return true;
  const auto dot = host.find('.');
  return pattern.starts_with("*.") && dot != std::string::npos &&
         base::iequals(std::string_view(pattern).substr(1), std::string_view(host).substr(dot));
}
bool names(const Certificate& leaf, const std::string& host) {
  return std::ranges::any_of(leaf.names, [&](const auto& name) { return names(name, host); });
}
}  // namespace

std::string about_text(const Certificate& one) {
  return one.key_type + " " + (one.subject.empty() ? one.sha256 : one.subject);
}

std::vector<Distrust> distrusts_of(const Endpoint& endpoint, const std::string& now) {
  std::vector<Distrust> out;
  const auto& place = endpoint.target.place;
  const auto& host = place.sni;
  // Mail servers take any certificate there (RFC 3207 4.1), unless DANE or MTA-STS says otherwise.
  const bool seldom_checked = place.preamble == "smtp" && place.port == 25;
  const Severity who = seldom_checked ? Severity::low : Severity::medium;
  for (const Chain& chain : endpoint.chains) {
    const Certificate& leaf = chain.certificates.front();
    const auto say = [&](const char* id, Severity severity, const char* letter, std::string text) {
      const auto said = [&](const Distrust& one) { return one.id == id && one.text == text; };
      if (std::ranges::any_of(out, said)) return;  // of another certificate
      out.push_back({id, severity, letter, std::move(text), about_text(leaf)});
    };
    if (chain.staple && chain.staple->status == "revoked")
      say("certificate-revoked", Severity::high, "T",
          "the certificate was revoked on " + chain.staple->revoked.substr(0, 10));
    if (leaf.self_signed) say("certificate-self-signed", who, "T", "self-signed certificate");
    if (!now.empty() && !leaf.not_after.empty() && leaf.not_after < now)
      say("certificate-expired", Severity::high, "T",
          "the certificate was valid until " + leaf.not_after.substr(0, 10));
    if (!now.empty() && !leaf.not_before.empty() && leaf.not_before > now)
      // It may also be the clock here that is wrong.
      say("certificate-not-yet-valid", Severity::medium, "T",
          "the certificate will be valid from " + leaf.not_before.substr(0, 10));
    if (!host.empty() && !names(leaf, host))
      say("certificate-name", who, "M", fmt::format("the certificate does not name {}", host));
  }
  return out;
}

bool names_not_held(const Endpoint& endpoint) {
  const auto& place = endpoint.target.place;
  const auto address = place.address.substr(0, place.address.find('%'));  // RFC 4007 11
  return place.sni.empty() && std::ranges::any_of(endpoint.chains, [&](const Chain& chain) {
           return !names(chain.certificates.front(), address);
         });
}

}  // namespace tlspolicy::scan
