// SPDX-License-Identifier: Apache-2.0
// Judging a TLS endpoint: every claim beside its control, the order of suites, the finite field,
// and that something inside works.
#include <fmt/format.h>

#include "prove/findings.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;

std::string not_proven_id(const wire::Answer& answer) {
  if (std::holds_alternative<wire::Silent>(answer)) return "silent";
  if (std::holds_alternative<wire::Unreachable>(answer)) return "unreachable";
  if (std::holds_alternative<wire::Closed>(answer)) return "reset";
  if (std::holds_alternative<wire::Declined>(answer)) return "starttls-declined";
  return "nonsense";
}

// A close in order is how some servers refuse (OpenSSL 1.0.1 without an alert); a reset is not:
// firewalls and rate limits do the same.
bool refused(const wire::Answer& answer) {
  const auto* closed = std::get_if<wire::Closed>(&answer);
  return std::holds_alternative<wire::Refused>(answer) || (closed && !closed->reset);
}

std::string proven_id(Dimension dimension) {
  std::string id(name(dimension));
  std::ranges::replace(id, '_', '-');
  return id + "-refused";
}

void judge_claim(const Claim& claim, const TlsExpectation& e, const Answers& answers,
                 Findings& out) {
  const auto* control = answer_to(claim.control, answers);
  const auto* answer = answer_to(claim.forbidden, answers);
  const auto not_proven = [&](std::string id, const std::string& why) {
    const bool first_says_so = claim.told && claim.part && !(control && accepted(*control));
    if (first_says_so) return;
    if (claim.told) return out.tells(claim.dimension, std::move(id), claim.about + ": " + why);
    out.not_proven(claim.dimension, std::move(id), claim.about + ": " + why);
  };
  if (control && !accepted(*control))
    not_proven("no-control", "the control beside it was answered by " + describe(*control));
  if (!answer) {
    if (!control || accepted(*control))
      not_proven("no-connection-left", "not asked within the connections allowed");
    return;
  }
  if (claim.last && accepted(*answer))
    not_proven("no-connection-left", "there may be more, which is not asked for");
  const auto* nonsense = std::get_if<wire::Nonsense>(answer);
  const bool stepped_down = nonsense && nonsense->instead;
  if (accepted(*answer) || stepped_down) {
    Findings counted;
    if (judge_answer(e, *answer, counted)) return;  // said for every answer alike
    if (!stepped_down || claim.dimension != Dimension::protocols)
      return not_proven("nonsense", "answered with what was not offered");
  } else if (!refused(*answer)) {
    return not_proven(not_proven_id(*answer), "answered by " + describe(*answer));
  }
  if (!control || !accepted(*control)) return;
  if (!claim.weakness.empty()) return not_proven("hidden-by-certificate", claim.weakness);
  out.complies(claim.dimension, proven_id(claim.dimension),
               fmt::format("{}: {}, {}", claim.about, describe(*answer),
                           claim.same_shape ? "beside an accepted control"
                                            : "while the endpoint answers another hello"));
}

const wire::Chosen* chosen_for(const wire::Hello& hello, const Answers& answers) {
  const auto* answer = answer_to(hello, answers);
  return answer ? std::get_if<wire::Chosen>(answer) : nullptr;
}

void judge_order(const Questions& q, const TlsExpectation& e, const Answers& answers,
                 Findings& out) {
  if (q.order.empty()) return;
  const auto* forward = chosen_for(q.order[0], answers);
  const auto* backward = chosen_for(q.order[1], answers);
  if (!forward || !backward)
    return out.not_proven(Dimension::order, "no-control",
                          "order: not both orders of the allowed suites were answered");
  const bool same = forward->suite == backward->suite;
  if (*e.order == policy::Order::server) {
    if (same) return out.complies(Dimension::order, "order-seen", "the server's order decides");
    return out.fails(Dimension::order, "order-differs",
                     fmt::format("the client's order decides: {} or {}", name(forward->suite),
                                 name(backward->suite)));
  }
  if (!same) return out.complies(Dimension::order, "order-seen", "the client's order decides");
  const auto* third = q.order.size() > 2 ? answer_to(q.order[2], answers) : nullptr;
  if (third && accepted(*third))
    return out.fails(Dimension::order, "order-differs",
                     fmt::format("the server's order decides: {}", name(forward->suite)));
  if (third && refused(*third))
    return out.complies(Dimension::order, "order-seen", "one suite alone: there is no order");
  out.not_proven(Dimension::order, "no-control",
                 "order: it could not be told whether there is a second suite");
}

// A field that is too small was found in judge_answer; where the question itself could not be
// asked any more, a field seen in another answer counts.
void judge_finite_field(const Questions& q, const TlsExpectation& e, const Answers& answers,
                        Findings& out) {
  if (!q.finite_field) return;
  const auto* answer = answer_to(*q.finite_field, answers);
  bool seen = false;
  for (const Asked& asked : answers) {
    const auto* chosen = std::get_if<wire::Chosen>(&asked.answer);
    if (!chosen || chosen->dh_bits <= 0) continue;
    seen = true;
    if (chosen->dh_bits >= e.dh_bits)
      out.complies(Dimension::sizes, "dh-size",
                   fmt::format("DHE in a field of {} bits", chosen->dh_bits));
  }
  if (seen && (!answer || accepted(*answer))) return;
  if (!answer)
    return out.not_proven(Dimension::sizes, "no-connection-left",
                          "DHE: not asked within the connections allowed");
  if (refused(*answer)) {
    if (!seen) out.complies(Dimension::sizes, "dh-size", "no DHE key exchange is accepted");
    return;
  }
  out.not_proven(Dimension::sizes, accepted(*answer) ? "nonsense" : not_proven_id(*answer),
                 "DHE: answered by " + describe(*answer));
}

bool answered_in(Protocol version, const Answers& answers) {
  return std::ranges::any_of(answers, [&](const Asked& asked) {
    const auto* chosen = std::get_if<wire::Chosen>(&asked.answer);
    const bool retry = std::holds_alternative<wire::Retry>(asked.answer);
    return chosen ? chosen->version == version : retry && version == Protocol::tls13;
  });
}

// Did the server choose, in that version, what the library had to leave out of its own offer?
bool beyond_library(const Tried& tried, const Answers& answers) {
  const probe::Handshake& h = tried.handshake;
  if (!h.reached_server) return true;
  return std::ranges::any_of(answers, [&](const Asked& asked) {
    const auto* chosen = std::get_if<wire::Chosen>(&asked.answer);
    const auto* retry = std::get_if<wire::Retry>(&asked.answer);
    if (chosen && chosen->version == tried.version)
      return has(h.suites_left_out, chosen->suite) ||
             (chosen->group && has(h.groups_left_out, *chosen->group));
    return retry && tried.version == Protocol::tls13 &&
           (has(h.suites_left_out, retry->suite) || has(h.groups_left_out, retry->group));
  });
}

using Handshakes = std::vector<Tried>;

bool is_done(const Tried& tried) { return tried.handshake.done; }

void judge_works(const Handshakes& handshakes, const Answers& answers, Findings& out) {
  const bool works = std::ranges::any_of(handshakes, is_done);
  for (const Tried& tried : handshakes) {
    const auto version = name(tried.version);
    const probe::Handshake& h = tried.handshake;
    if (h.done && h.version == tried.version)
      out.complies(Dimension::protocols, "works",
                   fmt::format("{} works{}: {}", version,
                               h.demands_certificate ? " up to the client's certificate" : "",
                               name(h.suite)));
    else if (h.done)
      out.not_proven(
          Dimension::protocols, "nonsense",
          fmt::format("asked for {} alone, the handshake was {}", version, name(h.version)));
    else if (h.reached_server && !h.turned_down)
      out.not_proven(Dimension::protocols, "handshake-cut",
                     fmt::format("no handshake in {}: {}", version, h.why));
    else if (!beyond_library(tried, answers))
      out.fails(Dimension::protocols, works ? "version-broken" : "nothing-works",
                fmt::format("no handshake in {}: {}", version, h.why));
    else if (answered_in(tried.version, answers))
      out.complies(Dimension::protocols, "library-lacks",
                   fmt::format("{} is answered; the whole handshake is not proven with this host's "
                               "own library: {}",
                               version, h.why));
    else
      out.not_proven(
          Dimension::protocols, "library-lacks",
          fmt::format("{} cannot be tried with this host's own library: {}", version, h.why));
  }
}

bool nobody_there(const Evidence& evidence) {
  return !answers_at_all(evidence.answers) && std::ranges::none_of(evidence.handshakes, is_done);
}

// No policy holds for it (upstream): all that can be asked is whether somebody is let in.
void judge_serving(const Evidence& evidence, const Verdict& verdict, Findings& out) {
  // Versions that were tried before the one that works are nobody's expectation.
  const auto working = only(evidence.handshakes, is_done);
  judge_works(working.empty() ? evidence.handshakes : working, evidence.answers, out);
  if (verdict.serves)
    out.complies(Dimension::protocols, "serves", "serves; nothing else is expected of it");
  else
    out.not_proven(Dimension::protocols, "nothing-accepted",
                   "nothing that was offered is accepted");
}
}  // namespace

void judge_tls(const TlsExpectation& e, const Evidence& evidence, Findings& out, Verdict& verdict) {
  const Questions q = questions(e, evidence.answers);
  see(evidence, q, verdict.seen);
  verdict.serves = !verdict.seen.protocols.empty();
  if (nobody_there(evidence)) {
    const wire::Answer last =
        evidence.answers.empty() ? wire::Answer(wire::Silent{}) : evidence.answers.back().answer;
    return out.not_proven(Dimension::protocols, not_proven_id(last),
                          "no TLS server answers: " + describe(last));
  }
  if (e.protocols.empty()) return judge_serving(evidence, verdict, out);
  for (const Asked& asked : evidence.answers) judge_answer(e, asked.answer, out);
  for (const Tried& tried : evidence.handshakes) judge_handshake(e, tried, out);
  for (const Claim& claim : q.claims) judge_claim(claim, e, evidence.answers, out);
  judge_order(q, e, evidence.answers, out);
  judge_finite_field(q, e, evidence.answers, out);
  judge_certificates(e, evidence, out);
  judge_works(evidence.handshakes, evidence.answers, out);
}

}  // namespace tlspolicy::prove
