// SPDX-License-Identifier: Apache-2.0
// Peeling suites; see suite_peel.hpp.
#include "scan/suite_peel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/lists.hpp"
#include "scan/lists.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol, crypto::Suite, crypto::Suites;

// So many choices that a fixed order of the server would hardly have agreed with ours in each.
constexpr std::size_t kEnoughChoices = 4;

std::optional<Suite> chosen_suite(const wire::Answer& answer) {
  if (const auto* chosen = std::get_if<wire::Chosen>(&answer)) return chosen->suite;
  if (const auto* retry = std::get_if<wire::Retry>(&answer)) return retry->suite;
  return std::nullopt;
}
}  // namespace

SuitePeel::SuitePeel(Protocol protocol, std::size_t& depth, bool bears_long)
    : depth_(depth), bears_long_(bears_long) {
  out_.protocol = protocol;
  const Registry all = registry(protocol);
  ranked_ = base::with(all.ordinary, all.uncommon);
  ordinary_ = all.ordinary.size();
  // A long hello only where it saves more than it costs.
  const bool is_long = all.ordinary.size() > (bears_long ? kFamily : 2 * kFamily);
  families_.push_back({.left = all.ordinary, .whole_list = is_long});
  families_.push_back({.left = all.uncommon});
}

// The one under way becomes several, of which none is longer than what the server reads.
void SuitePeel::split_family() {
  const auto parts = families(families_[at_].left, depth_);
  const auto place = families_.erase(families_.begin() + static_cast<std::ptrdiff_t>(at_));
  std::vector<Family> split;
  for (const auto& part : parts) split.push_back({.left = part});
  families_.insert(place, split.begin(), split.end());
}

wire::Hello SuitePeel::hello(Suites suites) const {
  return {.versions = {out_.protocol},
          .suites = std::move(suites),
          .groups = groups_for(out_.protocol),
          .schemes = schemes_for(out_.protocol),
          .shares = {},
          .sni = {}};
}

std::size_t SuitePeel::rank(Suite suite) const {
  return static_cast<std::size_t>(std::ranges::find(ranked_, suite) - ranked_.begin());
}

void SuitePeel::gap(const std::string& about, const std::string& why) {
  gaps_.push_back({fmt::format("{} of {}", about, name(out_.protocol)), why});
}

std::optional<wire::Hello> SuitePeel::next() {
  while (phase_ == Phase::peel) {
    if (at_ == families_.size())
      settle_order();
    else if (families_[at_].left.empty())
      ++at_;
    else if (!families_[at_].whole_list && families_[at_].left.size() > depth_)
      split_family();
    else
      break;
  }
  switch (phase_) {
    case Phase::peel:
      sent_ = families_[at_].left;
      if (reversed_) std::ranges::reverse(sent_);
      break;
    case Phase::confirm:
      sent_.clear();
      for (const auto& list : lists_) sent_.insert(sent_.end(), list.begin(), list.end());
      sent_ = base::first_of(std::move(sent_), kFamily);
      std::ranges::reverse(sent_);
      break;
    case Phase::merge:
      sent_.clear();
      for (const auto& list : lists_)
        if (!list.empty()) sent_.push_back(list.front());
      break;
    case Phase::control:
      sent_ = {out_.suites.accepted.front()};
      break;
    case Phase::over:
      return std::nullopt;
  }
  return hello(sent_);
}

void SuitePeel::answer(const wire::Answer& answer, Said said) {
  const auto suite = said == Said::yes ? chosen_suite(answer) : std::nullopt;
  switch (phase_) {
    case Phase::peel:
      return peel(answer, said);
    case Phase::confirm:
      // Neither its own first one nor ours: both have a say, and no order is claimed.
      if (suite && *suite == sent_.front())
        out_.suites.order = Order::client;
      else if (suite && std::ranges::any_of(
                            lists_, [&](const Suites& list) { return list.front() == *suite; }))
        out_.suites.order = Order::server;
      if (!suite) gap("order", describe(answer));
      return begin_merge();
    case Phase::merge:
      if (!suite) gap("order", describe(answer));
      return merge(suite);
    case Phase::control:
      if (!suite) {
        gap("suites", "at the end also what it had accepted got " + describe(answer));
        out_.suites.whole = false;
      }
      phase_ = Phase::over;
      return;
    case Phase::over:
      return;
  }
}

void SuitePeel::peel(const wire::Answer& answer, Said said) {
  Family& family = families_[at_];
  // In SSLv2 all kinds come in one answer (perhaps none: it is spoken all the same).
  if (const auto* old = std::get_if<wire::Chosen>(&answer); old && old->version == Protocol::ssl2) {
    for (const auto kind : old->ssl2_suites) family.found.push_back({kind, false});
    family.left.clear();
    out_.accepted = Fact::yes;
    return;
  }
  if (const auto suite = chosen_suite(answer); suite && base::has(family.left, *suite)) {
    family.found.push_back({*suite, reversed_});
    std::erase(family.left, *suite);
    const auto stood = std::ranges::find(sent_, *suite) - sent_.begin();
    depth_ = std::max(depth_, static_cast<std::size_t>(stood) + 1);
    bears_long_ = bears_long_ || family.whole_list;
    reversed_ = !reversed_;
    const bool long_one_failed = families_[0].whole_list && families_[0].found.empty();
    if (long_one_failed && rank(*suite) < ordinary_) dislikes_long_ = true;
    return;
  }
  refused(answer, said == Said::yes ? Said::unclear : said);
}

void SuitePeel::refused(const wire::Answer& answer, Said said) {
  if (out_.why.empty()) out_.why = describe(answer);
  const bool none_found =
      std::ranges::all_of(families_, [](const Family& family) { return family.found.empty(); });
  if (none_found && said == Said::no && refuses_version(answer)) {
    families_.clear();
    at_ = 0;
    return;
  }
  soft_refusal_ = soft_refusal_ || !by_alert(answer);
  if (said == Said::no && ask_by_kind(answer)) return;
  if (families_[at_].whole_list) {
    // A server that bears its length has read so far: only what stood behind is in doubt.
    const bool sure = bears_long_ && said == Said::no;
    auto doubtful = std::exchange(families_[at_].left, {});
    if (sure) doubtful = base::without(std::move(doubtful), base::first_of(sent_, depth_));
    families_.insert(families_.begin() + static_cast<std::ptrdiff_t>(at_ + 1),
                     Family{.left = std::move(doubtful)});
  } else if (said == Said::unclear) {
    gap("suites", describe(answer));
    // Each further one would only cost its time limit.
    if (none_found && std::holds_alternative<wire::Silent>(answer)) at_ = families_.size() - 1;
  }
  ++at_;
}

// Refused otherwise than suites with certificates are: it may have chosen what it cannot do (Erlang
// does so with SRP, and has RSA_PSK), which hides the others in that hello.
bool SuitePeel::ask_by_kind(const wire::Answer& answer) {
  // What a server says to a hello that is too long for it is no measure.
  const bool too_long = families_[at_].whole_list && !bears_long_;
  if (refusal_.empty() && !too_long) refusal_ = describe(answer);
  const auto& left = families_[at_].left;
  if (rank(left.front()) < ordinary_ || refusal_ == describe(answer)) return false;
  std::map<crypto::KeyExchange, Suites> kinds;
  for (const auto suite : left) kinds[crypto::find(suite)->kx].push_back(suite);
  if (kinds.size() < 2) return false;
  families_[at_++].left.clear();
  std::vector<Family> apart;
  for (auto& [kx, suites] : kinds) apart.push_back({.left = std::move(suites)});
  families_.insert(families_.begin() + static_cast<std::ptrdiff_t>(at_), apart.begin(),
                   apart.end());
  return true;
}

void SuitePeel::settle_order() {
  std::size_t choices = 0;
  // The second: also among suites with the same kind of key (see Erlang in tests/scan).
  bool against_ours = false, against_within = false;
  for (const Family& family : families_) {
    Suites list;
    for (auto one = family.found.begin(); one != family.found.end(); ++one) {
      list.push_back(one->suite);
      for (auto later = one + 1; later != family.found.end(); ++later) {
        if ((rank(later->suite) < rank(one->suite)) == one->reversed) continue;
        against_ours = true;
        const auto auth = [](const Found& found) { return crypto::find(found.suite)->auth; };
        against_within = against_within || auth(*one) == auth(*later);
      }
    }
    if (list.empty()) continue;
    choices += list.size() - 1;
    lists_.push_back(std::move(list));
  }
  out_.suites.whole = gaps_.empty();
  if (lists_.empty()) {
    if (out_.accepted != Fact::yes) out_.accepted = gaps_.empty() ? Fact::no : Fact::unknown;
    phase_ = Phase::over;
    return;
  }
  out_.accepted = Fact::yes;
  out_.why.clear();
  if (out_.protocol == Protocol::ssl2) {
    out_.suites.order = Order::client;  // the client has the last word there
    return begin_merge();
  }
  if (against_within) out_.suites.order = Order::server;
  if (!against_ours && choices >= kEnoughChoices) out_.suites.order = Order::client;
  const bool one_alone = lists_.size() == 1 && lists_.front().size() == 1;
  if (out_.suites.order == Order::unknown && !one_alone)
    phase_ = Phase::confirm;
  else
    begin_merge();
}

// Each list is in the server's order; which of their first ones it prefers, it says itself.
void SuitePeel::begin_merge() {
  phase_ = Phase::merge;
  if (out_.suites.order != Order::server || lists_.size() == 1) merge(std::nullopt);
}

void SuitePeel::merge(std::optional<Suite> chosen) {
  const auto owner = std::ranges::find_if(lists_, [&](const Suites& list) {
    return chosen && !list.empty() && list.front() == *chosen;
  });
  if (owner != lists_.end()) {
    out_.suites.accepted.push_back(*chosen);
    owner->erase(owner->begin());
    const auto left =
        std::ranges::count_if(lists_, [](const Suites& list) { return !list.empty(); });
    if (left > 1) return;
  }
  for (const Suites& list : lists_)
    out_.suites.accepted.insert(out_.suites.accepted.end(), list.begin(), list.end());
  conclude();
}

void SuitePeel::conclude() {
  if (out_.suites.order != Order::server)
    std::ranges::sort(out_.suites.accepted, {}, [&](Suite suite) { return rank(suite); });
  const bool doubtful = soft_refusal_ && out_.protocol != Protocol::ssl2;
  phase_ = doubtful ? Phase::control : Phase::over;
}

}  // namespace tlspolicy::scan
