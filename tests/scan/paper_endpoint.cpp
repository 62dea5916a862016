// SPDX-License-Identifier: Apache-2.0
// The server on paper; see paper_endpoint.hpp.
#include "scan/paper_endpoint.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/lists.hpp"
#include "scan/named.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Auth, crypto::KeyExchange, crypto::Protocol;

// The first of `mine` that is in `theirs`, or the other way round.
template <class Term>
std::optional<Term> pick(const std::vector<Term>& mine, const std::vector<Term>& theirs,
                         bool own_order) {
  const auto& [first, second] = own_order ? std::tie(mine, theirs) : std::tie(theirs, mine);
  for (const Term& term : first)
    if (base::has(second, term)) return term;
  return std::nullopt;
}

// It has no keys for DSA: those suites are signed by RSA here.
std::string_view kind_of_key(Auth auth) { return auth == Auth::ecdsa ? "ecdsa" : "rsa"; }

bool is_cbc(const crypto::SuiteInfo& suite) {
  return suite.encryption.find("CBC") != std::string_view::npos;
}

bool is_signed(const crypto::SuiteInfo& suite) {
  return suite.kx == KeyExchange::dhe || suite.kx == KeyExchange::ecdhe;
}
}  // namespace

wire::Answer PaperEndpoint::answer(const wire::Hello& hello, int nr) const {
  if (quirk)
    if (auto instead = quirk(hello, nr)) return *instead;
  if (hello.suites.size() > most_suites) return too_long;
  if (cannot_bear && cannot_bear(hello)) return dislike;
  const Protocol version = hello.versions.front();
  const auto mine = suites.find(version);
  if (mine == suites.end()) return wire::Refused{70};
  const auto group = pick(groups, hello.groups, own_order);
  if (version == Protocol::tls13) {
    const auto suite = pick(mine->second, hello.suites, own_order);
    if (!suite || !group) return refusal;
    const auto share = pick(groups, hello.shares, own_order && !takes_first_share);
    if (share) return wire::Chosen{version, *suite, share, {}, 0, {}, {}};
    return wire::Retry{*suite, *group};
  }
  const auto usable = base::only(mine->second, [&](auto suite) {
    const auto& info = *crypto::find(suite);
    if (info.kx == KeyExchange::ecdhe && !group) return false;
    if (info.auth == Auth::ecdsa && curve && !base::has(hello.groups, *curve)) return false;
    if (version != Protocol::tls12 || !is_signed(info)) return true;
    const auto fits = base::only(
        schemes, [&](auto scheme) { return crypto::find(scheme)->key == kind_of_key(info.auth); });
    return pick(fits, hello.schemes, own_order).has_value();
  });
  const auto suite = pick(usable, hello.suites, own_order);
  if (!suite) return refusal;
  if (hello.extras.fallback && suites.rbegin()->first > version && knows_fallback)
    return wire::Refused{86};
  const auto protocol = pick(alpn, hello.extras.alpn, own_order);
  if (!alpn.empty() && !hello.extras.alpn.empty() && !protocol) return wire::Refused{120};
  wire::Chosen out;
  out.version = version;
  out.suite = *suite;
  const auto& info = *crypto::find(*suite);
  const auto& extras = hello.extras;
  out.told = {.secure_renegotiation = tells.secure_renegotiation,
              .extended_master_secret = tells.extended_master_secret,
              .encrypt_then_mac = tells.encrypt_then_mac && extras.usual && is_cbc(info),
              .session_ticket = tells.session_ticket && extras.usual,
              .heartbeat = tells.heartbeat && extras.heartbeat,
              .deflate = tells.deflate && extras.deflate,
              .staple = extras.usual ? tells.staple : std::nullopt,
              .alpn = protocol.value_or("")};
  if (version == Protocol::ssl3) out.told = {};
  out.certificates = certificates;
  if (info.kx == KeyExchange::ecdhe) out.group = group;
  if (version == Protocol::tls12 && is_signed(info))
    out.scheme = pick(
        base::only(schemes, [&](auto s) { return crypto::find(s)->key == kind_of_key(info.auth); }),
        hello.schemes, own_order);
  return out;
}

PaperScan scan_on_paper(const PaperEndpoint& server, Options options) {
  PaperScan out;
  Course course({"paper", {"192.0.2.1", 443, "", ""}}, options);
  std::deque<Course::Question> waiting;
  const auto take = [&] {
    for (auto& question : course.questions()) waiting.push_back(std::move(question));
  };
  for (take(); !waiting.empty(); take()) {
    const auto question = std::move(waiting.front());
    waiting.pop_front();
    out.longest = std::max(out.longest, question.hello.suites.size());
    if (++out.questions > 2'000) {
      ADD_FAILURE() << "the course does not end";
      break;
    }
    course.answer(question.track, server.answer(question.hello, out.questions));
  }
  out.result = course.result();
  return out;
}

PaperEndpoint usual() {
  PaperEndpoint out;
  out.suites[Protocol::tls13] = named({"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"});
  out.suites[Protocol::tls12] =
      named({"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA",
             "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"});
  out.groups = groups_named({"secp384r1", "x25519", "secp256r1"});
  out.schemes = schemes_named({"rsa_pkcs1_sha512", "rsa_pss_rsae_sha256", "rsa_pkcs1_sha1"});
  return out;
}

crypto::Suites found(const Endpoint& endpoint, Protocol version) {
  return find(endpoint, version)->suites.accepted;
}

}  // namespace tlspolicy::scan
