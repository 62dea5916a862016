// SPDX-License-Identifier: Apache-2.0
// Judging a client: everything that its own hello offers must be expected.  A hello that did not
// come is no evidence; what it holds is evidence by itself, without a control.
//
// Before TLS 1.3 a hello names its newest version alone (RFC 5246 E.1), so that an older one is
// ruled out only where no suite is offered that it could be used with.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "prove/findings.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;

template <class Terms>
void judge_list(Dimension dimension, std::string_view word, const Terms& allowed,
                const Terms& offered, Findings& out) {
  if (allowed.empty()) return;
  const Terms outside = without(offered, allowed);
  for (const auto& item : outside)
    out.fails(dimension, "client-offers-outside",
              fmt::format("offers the {} {}", word, name(item)));
  if (outside.size() == offered.size())
    out.fails(dimension, "nothing-works", fmt::format("offers no expected {}", word));
  else if (outside.empty())
    out.complies(dimension, "client-offers-inside",
                 fmt::format("{} of {} expected: {}", offered.size(), allowed.size(), word));
}

// Outside the policy, where nothing enforces it.
template <class Terms>
void tell_list(Dimension dimension, std::string_view word, const Terms& of_policy,
               const Terms& offered, Findings& out) {
  if (of_policy.empty()) return;
  std::vector<std::string> outside;
  for (const auto& item : without(offered, of_policy)) outside.push_back(name(item));
  if (!outside.empty())
    out.tells(dimension, "client-offers-unenforced",
              fmt::format("offers, outside the policy, the {}{} {}", word,
                          outside.size() > 1 ? "s" : "", fmt::join(outside, " ")));
}

// Versions that the hello does not name and does not rule out either.
crypto::Protocols unnamed(const wire::ClientOffer& offer) {
  crypto::Protocols out;
  if (offer.lists_versions) return out;
  for (const Protocol version : {Protocol::ssl3, Protocol::tls10, Protocol::tls11})
    if (version < offer.versions.front() &&
        std::ranges::any_of(offer.suites, [&](auto one) { return usable_in(one, version); }))
      out.push_back(version);
  return out;
}

void judge_versions(const TlsExpectation& e, const wire::ClientOffer& offer, Findings& out) {
  for (const Protocol version : without(unnamed(offer), e.protocols))
    out.not_proven(Dimension::protocols, "client-version-unnamed",
                   fmt::format("a hello without TLS 1.3 does not say whether {} would do as well",
                               name(version)));
  judge_list(Dimension::protocols, "version", e.protocols, offer.versions, out);
}

// The policy's first group makes the first share (RFC 8446 4.2.8).  Where that is no hybrid, one
// in the hello makes it longer than one packet, on which some mail servers hang.
void judge_shares(const TlsExpectation& e, const wire::ClientOffer& offer, Findings& out) {
  const auto is_hybrid = [](crypto::Group group) {
    const auto* info = crypto::find(group);
    return info && info->post_quantum;
  };
  if (e.groups.empty() || is_hybrid(e.groups.front())) return;
  for (const auto group : only(offer.shares, is_hybrid))
    out.fails(Dimension::groups, "client-hybrid-share",
              fmt::format("its first hello holds a share of {}, which makes it {} bytes long",
                          name(group), offer.size));
}

// One that turns our throw-away certificate down does what it should: it verifies.
void judge_works(const probe::Caught& caught, Findings& out) {
  const auto has_word = [&](std::string_view word) {
    return caught.why.find(word) != std::string::npos;
  };
  if (caught.shook_hands)
    return out.complies(
        Dimension::protocols, "client-handshake",
        fmt::format("a whole handshake in {} with {}", name(caught.version), name(caught.suite)));
  if (has_word("certificate") || has_word("unknown ca"))
    return out.complies(Dimension::protocols, "client-verifies",
                        "it turned down a certificate that nobody vouches for");
  out.not_proven(Dimension::protocols, "client-no-handshake",
                 "its hello came, and no handshake: " + caught.why);
}
}  // namespace

void judge_client(const TlsExpectation& e, const Evidence& evidence, Findings& out,
                  Verdict& verdict) {
  constexpr auto kAbout = Dimension::protocols;
  if (!evidence.caught)
    return out.not_proven(kAbout, "client-not-asked", "nothing here can make it come to us");
  const auto& caught = *evidence.caught;
  if (!caught.offer) return out.not_proven(kAbout, caught.id, "no hello of its own: " + caught.why);
  const auto& offer = *caught.offer;
  verdict.serves = true;
  verdict.seen.protocols = offer.versions;
  verdict.seen.suites = offer.suites;
  verdict.seen.groups = offer.groups;
  std::ranges::sort(verdict.seen.protocols);
  if (e.protocols.empty())
    return out.complies(kAbout, "serves", "it speaks TLS; nothing else is expected of it");
  const auto is_new = [](crypto::Suite suite) { return usable_in(suite, Protocol::tls13); };
  const auto is_old = [&](crypto::Suite suite) { return !is_new(suite); };
  judge_versions(e, offer, out);
  if (std::ranges::any_of(e.protocols, [](auto one) { return one < Protocol::tls13; }))
    judge_list(Dimension::suites, "suite", e.suites, only(offer.suites, is_old), out);
  if (has(e.protocols, Protocol::tls13))
    judge_list(Dimension::tls13_suites, "suite", e.tls13_suites, only(offer.suites, is_new), out);
  judge_list(Dimension::groups, "group", e.groups, offer.groups, out);
  judge_list(Dimension::schemes, "signature scheme", e.schemes, offer.schemes, out);
  if (has(e.protocols, Protocol::tls13))
    tell_list(Dimension::tls13_suites, "suite", e.of_policy.tls13_suites,
              only(offer.suites, is_new), out);
  tell_list(Dimension::groups, "group", e.of_policy.groups, offer.groups, out);
  tell_list(Dimension::schemes, "signature scheme", e.of_policy.schemes, offer.schemes, out);
  judge_shares(e, offer, out);
  judge_works(caught, out);
}

}  // namespace tlspolicy::prove
