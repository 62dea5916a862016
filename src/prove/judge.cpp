// SPDX-License-Identifier: Apache-2.0
// From evidence to verdict: what was seen, in words and as lists.
#include "prove/judge.hpp"

#include <fmt/format.h>

#include "prove/findings.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
void note(Seen& seen, crypto::Protocol version, crypto::Suite suite,
          const std::optional<crypto::Group>& group) {
  add_once(seen.protocols, version);
  add_once(seen.suites, suite);
  if (group) add_once(seen.groups, *group);
}

void note(Seen& seen, const wire::Answer& answer) {
  if (const auto* retry = std::get_if<wire::Retry>(&answer))
    note(seen, crypto::Protocol::tls13, retry->suite, retry->group);
  const auto* chosen = std::get_if<wire::Chosen>(&answer);
  if (!chosen) return;
  if (chosen->version == crypto::Protocol::ssl2) {
    add_once(seen.protocols, chosen->version);
    for (const auto suite : chosen->ssl2_suites) add_once(seen.suites, suite);
  } else {
    note(seen, chosen->version, chosen->suite, chosen->group);
  }
}

template <class... Case>
struct Overload : Case... {
  using Case::operator()...;
};
template <class... Case>
Overload(Case...) -> Overload<Case...>;
}  // namespace

std::string describe(const wire::Answer& answer) {
  const Overload words{
      [](const wire::Chosen& a) { return fmt::format("{} {}", name(a.version), name(a.suite)); },
      [](const wire::Retry& a) { return fmt::format("TLSv1.3 {}", name(a.suite)); },
      [](const wire::Refused& a) { return fmt::format("refused (alert {})", a.alert); },
      [](const wire::Closed& a) { return std::string(a.reset ? "a reset" : "a close"); },
      [](const wire::Silent&) { return std::string("silence"); },
      [](const wire::Unreachable& a) { return "no connection (" + a.why + ")"; },
      [](const wire::Nonsense& a) { return "nonsense (" + a.why + ")"; },
      [](const wire::Declined& a) { return "no TLS (" + a.why + ")"; }};
  return std::visit(words, answer);
}

void see(const Evidence& evidence, const Questions& q, Seen& seen) {
  for (const Asked& asked : evidence.answers) note(seen, asked.answer);
  for (const Tried& tried : evidence.handshakes) {
    const probe::Handshake& h = tried.handshake;
    if (h.done) note(seen, h.version, h.suite, h.group);
    seen.handshakes.push_back(h);
  }
  std::ranges::sort(seen.protocols);
  const auto* preferred = q.preferred ? answer_to(*q.preferred, evidence.answers) : nullptr;
  if (!preferred) return;
  if (const auto* retry = std::get_if<wire::Retry>(preferred)) seen.preferred_group = retry->group;
  if (const auto* chosen = std::get_if<wire::Chosen>(preferred))
    seen.preferred_group = chosen->group;
}

Verdict judge(const Target& target, const Evidence& evidence) {
  Verdict out;
  out.target = target;
  out.connections = evidence.connections;
  Findings findings(target.observed);
  const auto* tls = std::get_if<TlsExpectation>(&target.expect);
  if (tls && !target.client.way.empty())
    judge_client(*tls, evidence, findings, out);
  else if (tls)
    judge_tls(*tls, evidence, findings, out);
  else
    judge_ssh(std::get<SshExpectation>(target.expect), evidence, findings, out);
  std::move(findings).conclude(out);
  return out;
}

}  // namespace tlspolicy::prove
