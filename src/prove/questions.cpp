// SPDX-License-Identifier: Apache-2.0
// Putting the questions together, and which of them may be asked next.
#include "prove/questions.hpp"

#include "prove/claims.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;
using enum Protocol;
using Hellos = std::vector<wire::Hello>;

// Everything still open, the most important first, each with whether it may be asked already.
struct Open {
  const Answers& answers;
  Hellos hellos{};
  std::vector<bool> ready{};

  void add(const wire::Hello& hello, bool is_ready) {
    if (answer_to(hello, answers)) return;
    const auto at = std::ranges::find(hellos, hello);
    if (at != hellos.end()) {
      const auto i = static_cast<std::size_t>(at - hellos.begin());
      ready[i] = ready[i] || is_ready;
      return;
    }
    hellos.push_back(hello);
    ready.push_back(is_ready);
  }
  void add(const Claim& claim) {
    add(claim.control, true);
    // A forbidden version that is accepted fails with or without a control.
    const bool alone = claim.dimension == Dimension::protocols;
    if (alone || !turned_down(claim.control, answers))
      add(claim.forbidden, alone || accepted(claim.control, answers));
  }
};

bool unreachable(const Asked& asked) {
  return std::holds_alternative<wire::Unreachable>(asked.answer);
}
}  // namespace

const wire::Answer* answer_to(const wire::Hello& hello, const Answers& answers) {
  const auto at = std::ranges::find(answers, hello, &Asked::hello);
  return at == answers.end() ? nullptr : &at->answer;
}

bool accepted(const wire::Answer& answer) {
  return std::holds_alternative<wire::Chosen>(answer) ||
         std::holds_alternative<wire::Retry>(answer);
}

bool accepted(const wire::Hello& hello, const Answers& answers) {
  const auto* answer = answer_to(hello, answers);
  return answer && accepted(*answer);
}

bool turned_down(const wire::Hello& hello, const Answers& answers) {
  const auto* answer = answer_to(hello, answers);
  return answer && !accepted(*answer);
}

bool answers_at_all(const wire::Answer& answer) {
  if (const auto* nonsense = std::get_if<wire::Nonsense>(&answer))
    return nonsense->instead.has_value();
  const auto* closed = std::get_if<wire::Closed>(&answer);
  return accepted(answer) || std::holds_alternative<wire::Refused>(answer) ||
         (closed && !closed->reset);
}

bool answers_at_all(const Answers& answers) {
  return std::ranges::any_of(answers,
                             [](const Asked& asked) { return answers_at_all(asked.answer); });
}

std::optional<Protocol> classic(const TlsExpectation& e) {
  for (const Protocol version : {tls12, tls11, tls10, ssl3})
    if (has(e.protocols, version)) return version;
  return std::nullopt;
}

crypto::Suites allowed_in(const TlsExpectation& e, Protocol version) {
  return only(version == tls13 ? e.tls13_suites : e.suites,
              [&](auto suite) { return crypto::answerable_in(suite, version); });
}

crypto::Protocols handshake_versions(const TlsExpectation& e, const Answers& answers) {
  if (e.protocols.empty()) {
    for (const Asked& asked : answers) {
      const auto* chosen = std::get_if<wire::Chosen>(&asked.answer);
      if (!chosen && !std::holds_alternative<wire::Retry>(asked.answer)) continue;
      const Protocol newest = chosen ? chosen->version : tls13;
      return only(crypto::Protocols{tls13, tls12, tls11, tls10},
                  [&](Protocol one) { return one <= newest; });
    }
  }
  return only(e.protocols, [](Protocol version) { return version >= tls10; });
}

Questions questions(const TlsExpectation& e, const Answers& answers) {
  Questions out;
  out.base = base_hello(e, answers);
  claim_versions(out, e, answers);
  claim_suites(out, e, answers);
  claim_tls13(out, e, answers);
  claim_key_exchange(out, e, answers);
  // A server that needs many small hellos must not cost the other dimensions their questions.
  std::ranges::stable_partition(out.claims, [](const Claim& claim) { return !claim.part; });
  return out;
}

Hellos next(const Questions& q, const Answers& answers, int left) {
  if (left <= 0) return {};
  if (std::ranges::any_of(answers, unreachable) && !answers_at_all(answers)) return {};
  const auto* base = answer_to(q.base, answers);
  if (!base) return {q.base};
  if (!answers_at_all(answers)) return {};
  Open open{answers};
  const auto add_claims = [&](bool parts) {
    for (const Claim& claim : q.claims)
      if (claim.part == parts && (accepted(*base) || claim.dimension == Dimension::protocols))
        open.add(claim);
  };
  add_claims(false);
  if (accepted(*base)) {
    if (q.preferred) open.add(*q.preferred, true);
    for (const auto& hello : q.order) open.add(hello, true);
    add_claims(true);
    // Last: what the other answers show may make these unnecessary.
    const bool last = open.hellos.empty();
    if (q.finite_field) open.add(*q.finite_field, last);
    for (const auto& hello : q.certificates) open.add(hello, last);
  }
  Hellos out;
  for (std::size_t i = 0; i < open.hellos.size() && static_cast<int>(i) < left; ++i)
    if (open.ready[i]) out.push_back(open.hellos[i]);
  return out;
}

}  // namespace tlspolicy::prove
