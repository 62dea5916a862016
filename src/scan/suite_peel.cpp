// SPDX-License-Identifier: Apache-2.0
// Peeling suites; see suite_peel.hpp.
#include "scan/suite_peel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/lists.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol, crypto::Suite, crypto::Suites;

// So many choices that a fixed order of the server would hardly have agreed with ours in each.
constexpr std::size_t kEnoughChoices = 4;

// The kind of key that the certificate has to have; RFC 4492 2.3: for static ECDH that is one for
// curves, whoever signed it.
crypto::Auth key_needed_by(Suite suite) {
  const auto* info = crypto::find(suite);
  return info->kx == crypto::KeyExchange::ecdh ? crypto::Auth::ecdsa : info->auth;
}

Suites suites_of(const Choices& choices) {
  Suites out;
  for (const Choice& one : choices) out.push_back(one.suite);
  return out;
}
}  // namespace

SuitePeel::SuitePeel(Protocol protocol, std::size_t& depth, bool bears_long)
    : families_(protocol, depth, bears_long) {
  out_.protocol = protocol;
}

void SuitePeel::gap(const std::string& about, const std::string& why) {
  gaps_.push_back({fmt::format("{} of {}", about, name(out_.protocol)), why});
}

std::optional<wire::Hello> SuitePeel::next() {
  if (phase_ == Phase::peel) {
    if (const auto* list = families_.offer())
      sent_ = *list;
    else
      peeled();
  }
  if (phase_ == Phase::confirm) sent_ = least_wanted_first(base::first_of(merge_.whole(), kFamily));
  if (phase_ == Phase::merge) sent_ = merge_.firsts();
  if (phase_ == Phase::control) sent_ = {out_.suites.accepted.front()};
  if (phase_ == Phase::over) return std::nullopt;
  return wire::Hello{.versions = {out_.protocol},
                     .suites = sent_,
                     .groups = groups_for(out_.protocol),
                     .schemes = schemes_for(out_.protocol),
                     .shares = {},
                     .sni = {}};
}

void SuitePeel::answer(const wire::Answer& answer, Said said) {
  if (phase_ == Phase::peel) return peel(answer, said);
  const auto suite = said == Said::yes ? chosen_suite(answer) : std::nullopt;
  if (phase_ == Phase::control) {
    phase_ = Phase::over;
    if (suite) return;
    out_.suites.whole = false;
    return gap("suites", "at the end also what it had accepted got " + describe(answer));
  }
  if (!suite) gap("order", describe(answer));
  if (phase_ == Phase::confirm) return confirm(suite);
  if (!suite || !merge_.took(*suite) || merge_.over()) conclude();
}

void SuitePeel::peel(const wire::Answer& answer, Said said) {
  // In SSLv2 all kinds come in one answer (perhaps none: it is spoken all the same).
  if (const auto* old = std::get_if<wire::Chosen>(&answer); old && old->version == Protocol::ssl2) {
    families_.took_all(old->ssl2_suites);
    out_.accepted = Fact::yes;
    return;
  }
  const auto suite = chosen_suite(answer);
  if (suite && families_.took(*suite)) return;
  if (!first_refusal_) first_refusal_ = answer;
  if (out_.why.empty()) out_.why = describe(answer);
  families_.refused(answer, said == Said::yes ? Said::unclear : said);
}

void SuitePeel::peeled() {
  for (const auto& why : families_.unclear()) gap("suites", why);
  out_.suites.whole = gaps_.empty();
  const auto chosen = families_.chosen();
  if (chosen.empty()) {
    if (out_.accepted != Fact::yes) out_.accepted = gaps_.empty() ? Fact::no : Fact::unknown;
    phase_ = Phase::over;
    return;
  }
  out_.accepted = Fact::yes;
  out_.why.clear();
  std::vector<Suites> lists;
  for (const auto& choices : chosen) lists.push_back(suites_of(choices));
  const bool one_alone = lists.size() == 1 && lists.front().size() == 1;
  merge_ = Merge(std::move(lists));
  show_order(chosen);
  if (out_.suites.order == Order::unknown && !one_alone)
    phase_ = Phase::confirm;
  else
    begin_merge();
}

// What the choices show by themselves.
void SuitePeel::show_order(const std::vector<Choices>& chosen) {
  if (out_.protocol == Protocol::ssl2) {
    out_.suites.order = Order::client;  // the client has the last word there
    return;
  }
  std::size_t choices = 0;  // in which our own order could have been seen
  // The second: also among suites with the same kind of key (see Erlang in tests/scan).
  bool against_ours = false, against_within = false;
  for (const auto& list : chosen) {
    for (auto one = list.begin(); one != list.end(); ++one) {
      const auto alike = [&](const Choice& later) {
        return layer(later.suite) == layer(one->suite);
      };
      choices += std::any_of(one + 1, list.end(), alike) ? 1 : 0;
      for (auto later = one + 1; later != list.end(); ++later) {
        if (families_.in_front(one->suite, later->suite, one->reversed)) continue;
        against_ours = true;
        against_within = against_within || key_needed_by(one->suite) == key_needed_by(later->suite);
      }
    }
  }
  if (against_within) out_.suites.order = Order::server;
  if (!against_ours && choices >= kEnoughChoices) out_.suites.order = Order::client;
}

// Neither its own first one nor ours: both have a say, and no order is claimed.
void SuitePeel::confirm(std::optional<Suite> chosen) {
  if (chosen && *chosen == sent_.front())
    out_.suites.order = Order::client;
  else if (chosen && base::has(merge_.firsts(), *chosen))
    out_.suites.order = Order::server;
  begin_merge();
}

void SuitePeel::begin_merge() {
  phase_ = Phase::merge;
  if (out_.suites.order != Order::server || merge_.over()) conclude();
}

void SuitePeel::conclude() {
  out_.suites.accepted = merge_.whole();
  if (out_.suites.order != Order::server)
    std::ranges::sort(out_.suites.accepted, {}, [&](Suite suite) { return families_.rank(suite); });
  const bool doubtful = families_.soft_refusal() && out_.protocol != Protocol::ssl2;
  phase_ = doubtful ? Phase::control : Phase::over;
}

}  // namespace tlspolicy::scan
