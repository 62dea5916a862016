// SPDX-License-Identifier: Apache-2.0
// R11: what an endpoint accepts now, so that a change can be compared with it.
//
// Each list is peeled: all of it is offered, what was chosen is taken out, until it is refused.  A
// hello holds at most 60 suites, and every hello is strictly smaller than the one before.
#include <memory>

#include "prove/prove.hpp"
#include "prove/questions.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
using crypto::Protocol;
using enum Protocol;

constexpr std::size_t kFamily = 60;

wire::Hello broad_hello(Protocol version) {
  return {.versions = {version},
          .suites = first_of(popular_in(version), kFamily),
          .groups = version == ssl2 ? crypto::Groups{} : known_groups(),
          .schemes = version == ssl2 ? crypto::Schemes{} : known_schemes(),
          .shares = {},
          .sni = {}};
}

// A server with an EC certificate serves nobody who lacks the certificate's curve (RFC 8422 5.1),
// so these stay in the hello until everything before them is peeled.
crypto::Groups certificate_curves() {
  crypto::Groups out;
  for (const auto name : {"secp384r1", "secp256r1"})
    if (const auto group = crypto::group_named(name)) out.push_back(*group);
  return out;
}

// The course of one endpoint.  Every step asks the next one from its own answer.
class Measuring {
 public:
  Measuring(const NowQuestion& question, probe::Enquiry& enquiry)
      : question_(question), enquiry_(enquiry) {}

  void start() {
    if (question_.place.preamble == "ssh") return ask_ssh();
    ask(broad_hello(tls12), [this](const wire::Answer& answer) {
      // Nobody is there: the other versions would only wait for the same.
      if (std::holds_alternative<wire::Unreachable>(answer)) return;
      versions(tls12, answer);
      ask(broad_hello(tls13), [this](const wire::Answer& newest) {
        versions(tls13, newest);
        if (!now_.reachable) return;
        for (const Protocol version : {ssl2, ssl3, tls10, tls11})
          ask(broad_hello(version),
              [this, version](const wire::Answer& other) { versions(version, other); });
      });
    });
  }
  Now take() {
    std::ranges::sort(now_.protocols);
    return std::move(now_);
  }

 private:
  using Then = std::function<void(const wire::Answer&)>;

  void ask(const wire::Hello& hello, const Then& then) {
    enquiry_.ask(question_.place, hello, [this, then](const wire::Answer& answer) {
      now_.reachable = now_.reachable || answers_at_all(answer);
      then(answer);
    });
  }

  void ask_ssh() {
    enquiry_.ask_ssh(question_.place, [this](const wire::SshAnswer& answer) {
      if (const auto* offer = std::get_if<wire::SshOffer>(&answer)) now_.ssh = *offer;
      now_.reachable = now_.ssh.has_value();
    });
  }

  void versions(Protocol version, const wire::Answer& answer) {
    if (!accepted(answer)) return;
    add_once(now_.protocols, version);
    if (version == ssl2) return;
    if (version == tls13) {
      if (const auto* retry = std::get_if<wire::Retry>(&answer))
        now_.preferred_group = retry->group;
      return peel_groups(version, question_.groups);
    }
    const auto usable =
        only(question_.suites, [&](auto suite) { return crypto::answerable_in(suite, version); });
    for (std::size_t i = 0; i < usable.size(); i += kFamily) {
      const auto at = usable.begin() + static_cast<std::ptrdiff_t>(i);
      peel_suites(version, first_of(crypto::Suites(at, usable.end()), kFamily));
    }
    peel_groups(version,
                with(without(question_.groups, certificate_curves()), certificate_curves()));
  }

  void peel_suites(Protocol version, const crypto::Suites& left) {
    if (left.empty()) return;
    wire::Hello hello = broad_hello(version);
    hello.suites = left;
    ask(hello, [this, version, left](const wire::Answer& answer) {
      const auto* chosen = std::get_if<wire::Chosen>(&answer);
      if (!chosen || !has(left, chosen->suite)) return;
      add_once(now_.suites, {version, chosen->suite});
      peel_suites(version, without(left, {chosen->suite}));
    });
  }

  // Up to TLS 1.2 only the suites with (EC)DHE show a group.
  void peel_groups(Protocol version, const crypto::Groups& left) {
    if (left.empty()) return;
    wire::Hello hello = broad_hello(version);
    hello.groups = left;
    if (version != tls13)
      hello.suites = only(hello.suites, [](auto suite) {
        const auto* info = crypto::find(suite);
        return info && info->kx == crypto::KeyExchange::ecdhe;
      });
    if (hello.suites.empty()) return;
    ask(hello, [this, version, left](const wire::Answer& answer) {
      const auto* chosen = std::get_if<wire::Chosen>(&answer);
      const auto* retry = std::get_if<wire::Retry>(&answer);
      const auto group = chosen  ? chosen->group
                         : retry ? std::optional(retry->group)
                                 : std::nullopt;
      if (!group || !has(left, *group)) return;
      if (has(question_.groups, *group)) add_once(now_.groups, *group);
      peel_groups(version, without(left, {*group}));
    });
  }

  const NowQuestion& question_;
  probe::Enquiry& enquiry_;
  Now now_;
};

// A client says it all in its hello.  Versions that it does not name are not taken for offered.
Now of_client(const NowQuestion& question, const Means& means) {
  Now out;
  const auto caught =
      means.caught ? means.caught(question.client, question.place.preamble) : probe::Caught{};
  if (!caught.offer) return out;
  out.reachable = true;
  out.protocols = caught.offer->versions;
  std::ranges::sort(out.protocols);
  for (const Protocol version : out.protocols)
    for (const auto suite : question.suites)
      if (version < tls13 && has(caught.offer->suites, suite) && usable_in(suite, version))
        out.suites.emplace_back(version, suite);
  out.groups = only(question.groups, [&](auto one) { return has(caught.offer->groups, one); });
  return out;
}
}  // namespace

std::vector<Now> measure(const std::vector<NowQuestion>& questions, const Means& means) {
  probe::Enquiry enquiry(means.limits);
  std::vector<std::unique_ptr<Measuring>> running;
  for (const NowQuestion& question : questions) {
    running.push_back(std::make_unique<Measuring>(question, enquiry));
    if (question.client.way.empty()) running.back()->start();
  }
  enquiry.run();
  std::vector<Now> out;
  for (std::size_t i = 0; i < running.size(); ++i)
    out.push_back(questions[i].client.way.empty() ? running[i]->take()
                                                  : of_client(questions[i], means));
  return out;
}

std::vector<Now> measure(const std::vector<NowQuestion>& questions, probe::Limits limits) {
  return measure(questions, Means{.limits = limits});
}

}  // namespace tlspolicy::prove
