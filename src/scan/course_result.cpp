// SPDX-License-Identifier: Apache-2.0
// From the chains of questions to the result.
#include <fmt/format.h>

#include <algorithm>

#include "base/lists.hpp"
#include "base/text.hpp"
#include "scan/course.hpp"
#include "scan/pair_peel.hpp"
#include "scan/steady.hpp"
#include "scan/suite_peel.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;

void note_gap(Endpoint& out, std::string about, const std::string& why) {
  if (!why.empty()) out.gaps.push_back({std::move(about), why});
}

Version newest_version(const PairPeel& pair) {
  Version out;
  out.protocol = Protocol::tls13;
  out.suites = pair.first().preference<crypto::Suite>();
  if (pair.accepted_any()) {
    out.accepted = Fact::yes;
  } else if (const auto& answer = pair.first_refusal()) {
    out.accepted = pair.refused() ? Fact::no : Fact::unknown;
    out.why = describe(*answer);
  }
  return out;
}

bool has_shared_keys(const Endpoint& endpoint) {
  return std::ranges::any_of(endpoint.versions, [](const Version& one) {
    return std::ranges::any_of(one.suites.accepted, [](auto suite) {
      const auto* info = crypto::find(suite);
      return info && info->auth == crypto::Auth::psk;
    });
  });
}

// RFC 8446 4.2.11: in TLS 1.3 a pre-shared key is not a matter of the suite, and nobody without it
// can tell its server from one that refuses the version, unless that says so.  `older` is known.
void doubt_newest(Version& newest, const PairPeel& pair, Endpoint& older) {
  const bool by_version = pair.first_refusal() && refuses_version(*pair.first_refusal());
  if (newest.accepted != Fact::no || by_version || !has_shared_keys(older)) return;
  newest.accepted = Fact::unknown;
  newest.suites.whole = older.groups13.whole = false;
  older.gaps.push_back({std::string(name(newest.protocol)),
                        newest.why + ", which may be for want of its pre-shared key"});
}

// ": alert 40 (handshake_failure)"; where they differ, of the newest and the other ones: who
// refuses TLS 1.3 alone by another alert may speak it with pre-shared keys.
std::string refusals_of(const std::vector<Version>& versions) {
  const Version& newest = versions.back();
  std::vector<std::string> others;
  for (const Version& one : versions)
    if (one.protocol >= Protocol::ssl3 && one.why != newest.why && !base::has(others, one.why))
      others.push_back(one.why);
  if (newest.why.empty()) return {};
  if (others.empty()) return ": " + newest.why;
  return fmt::format(": {} by {}, others by {}", name(newest.protocol), newest.why,
                     base::join(others, " or "));
}
}  // namespace

void claim_nothing(Endpoint& out, const std::string& why) {
  out.gaps.push_back(
      {"which server answers", why + ": there may be several, or it has had enough of us"});
  for (Version& one : out.versions) {
    one.suites.whole = false;
    if (one.accepted != Fact::no) continue;
    one.accepted = Fact::unknown;
    one.why = "another answer came in the end";
  }
  out.groups12.whole = out.groups13.whole = false;
  for (auto& one : out.schemes12) one.schemes.whole = false;
  out.intolerances.clear();
}

// What a plain client gets, where whoever offers all gets nothing.
void Course::take_modest(Endpoint& out, Version& version) const {
  const auto modest = modest_.find(version.protocol);
  if (modest == modest_.end() || stopped_ || !modest->second->accepted_any()) return;
  const PairPeel& pair = *modest->second;
  version.accepted = Fact::yes;
  version.why.clear();
  version.suites = pair.first().preference<crypto::Suite>();
  version.suites.whole = false;
  if (version.protocol == Protocol::tls13) {
    out.groups13 = pair.second().preference<crypto::Group>();
    out.groups13.whole = false;
  }
  const auto name = crypto::name(version.protocol);
  note_gap(out, fmt::format("suites and groups of {}", name),
           "only a hello that offers few is answered");
  out.intolerances.push_back(
      {"intolerant-long-hello",
       fmt::format("{}: a hello is answered only where it offers few suites, groups and schemes",
                   name)});
}

Endpoint Course::result() const {
  Endpoint out = out_;
  for (const Protocol protocol : crypto::all_protocols()) {
    Version version{.protocol = protocol, .accepted = Fact::unknown, .why = out.why, .suites = {}};
    const auto peel = peels_.find(protocol);
    if (peel != peels_.end() && !stopped_) {
      version = peel->second->version();
      out.gaps.insert(out.gaps.end(), peel->second->gaps().begin(), peel->second->gaps().end());
      if (peel->second->dislikes_long_hellos())
        out.intolerances.push_back(
            {"intolerant-long-hello",
             fmt::format("{}: a hello with every suite is not answered as one with 60 is",
                         crypto::name(protocol))});
    }
    if (protocol == Protocol::tls13 && !newest_.empty() && !stopped_) {
      const PairPeel& pair = *newest_.back();
      version = newest_version(pair);
      out.groups13 = pair.second().preference<crypto::Group>();
      doubt_newest(version, pair, out);
      if (version.accepted == Fact::yes) {
        note_gap(out, "suites of TLSv1.3", pair.first().why());
        note_gap(out, "groups of TLSv1.3", pair.second().why());
      }
    }
    take_modest(out, version);
    out.versions.push_back(std::move(version));
  }
  // Both have a say: Erlang puts keys in an order of its own, and follows the client within each.
  const bool mixed =
      std::ranges::any_of(signed_, [](const Signed& one) { return one.pair->took_first_suite(); });
  for (auto& version : out.versions)
    if (mixed && version.protocol <= Protocol::tls12 && version.suites.order == Order::server)
      version.suites.order = Order::unknown;
  for (const Signed& one : signed_) {
    if (one.has_schemes) {
      out.schemes12.push_back({one.key, one.pair->first().preference<crypto::Scheme>()});
      note_gap(out, "schemes of " + one.key + " up to TLSv1.2", one.pair->first().why());
    }
    if (one.has_groups) {
      out.groups12 = one.pair->second().preference<crypto::Group>();
      note_gap(out, "groups up to TLSv1.2", one.pair->second().why());
    }
  }
  out.facts = riders_.facts();
  out.facts.chacha20_by_client = out_.facts.chacha20_by_client;
  const auto& unbearable = riders_.intolerances();
  out.intolerances.insert(out.intolerances.end(), unbearable.begin(), unbearable.end());
  out.chains = seen_.chains();
  out.fields = seen_.fields();
  for (const Steady* one : {steady_, company_}) {
    if (one && !one->lost().empty())
      out.gaps.push_back(
          {"the end of the scan", "what it had accepted at first got " + one->lost()});
    if (one && !one->differs().empty()) claim_nothing(out, one->differs());
  }
  if (breaks_off_at_will_) out.intolerances.clear();
  if (takes_breaks_ && breaks_off_at_will_)
    claim_nothing(out, "it breaks off what it refuses, and what it had accepted at times");
  if (is_lost())
    out.gaps.push_back({"everything else", "it is silent now, to what it had accepted too"});
  const auto is = [&](Fact fact) {
    return std::ranges::any_of(out.versions, [&](const auto& v) { return v.accepted == fact; });
  };
  out.serves = is(Fact::yes) ? Fact::yes : is(Fact::unknown) ? Fact::unknown : Fact::no;
  if (out.serves == Fact::no) out.why = "every version is refused" + refusals_of(out.versions);
  if (out.serves == Fact::unknown && out.why.empty() && !out.gaps.empty())
    out.why = out.gaps.front().why;
  return out;
}

}  // namespace tlspolicy::scan
