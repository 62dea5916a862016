// SPDX-License-Identifier: Apache-2.0
// What is offered next; see families.hpp.
#include "scan/families.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/lists.hpp"

namespace tlspolicy::scan {
using crypto::Protocol, crypto::Suite, crypto::Suites;

Families::Families(Protocol protocol, std::size_t& depth, bool bears_long)
    : all_(registry(protocol)), depth_(depth), bears_long_(bears_long) {
  // A long hello only where it saves more than it costs.
  const bool is_long = all_.ordinary.size() > (bears_long ? kFamily : 2 * kFamily);
  families_ = {{.left = all_.ordinary, .whole_list = is_long},
               {.left = all_.uncommon, .mixed = true},
               {.left = all_.misplaced,
                .mixed = true,
                .if_spoken = protocol == Protocol::ssl3,
                .at_once = bears_long}};
}

std::size_t Families::rank(Suite suite) const {
  return static_cast<std::size_t>(std::ranges::find(all_.ranked, suite) - all_.ranked.begin());
}

bool Families::in_front(Suite one, Suite two, bool reversed) const {
  if (layer(one) != layer(two)) return layer(one) < layer(two);
  return (rank(one) < rank(two)) != reversed;
}

bool Families::none_chosen() const {
  return std::ranges::all_of(families_, [](const Family& one) { return one.chosen.empty(); });
}

void Families::insert(std::size_t at, const std::vector<Family>& more) {
  families_.insert(families_.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
}

const Suites* Families::offer() {
  for (; at_ < families_.size(); ++at_) {
    const Family& family = families_[at_];
    if (family.left.empty() || (family.if_spoken && none_chosen())) continue;
    const bool whole = family.whole_list || family.at_once;
    if (!whole && family.left.size() > depth_) split();
    sent_ = arranged(families_[at_].left, reversed_);
    return &sent_;
  }
  return nullptr;
}

// The one under way becomes several, of which none is longer than what the server reads.
void Families::split() {
  std::vector<Family> parts;
  for (const auto& part : families(families_[at_].left, depth_))
    parts.push_back({.left = part, .mixed = families_[at_].mixed});
  families_.erase(families_.begin() + static_cast<std::ptrdiff_t>(at_));
  insert(at_, parts);
}

bool Families::took(Suite suite) {
  Family& family = families_[at_];
  if (!base::has(family.left, suite)) return false;
  family.chosen.push_back({suite, reversed_});
  std::erase(family.left, suite);
  const auto stood = std::ranges::find(sent_, suite) - sent_.begin();
  depth_ = std::max(depth_, static_cast<std::size_t>(stood) + 1);
  bears_long_ = bears_long_ || family.whole_list;
  reversed_ = !reversed_;
  const bool long_one_failed = families_[0].whole_list && families_[0].chosen.empty();
  if (long_one_failed && is_ordinary(suite)) dislikes_long_ = true;
  return true;
}

void Families::took_all(const Suites& suites) {
  for (const auto suite : suites) families_[at_].chosen.push_back({suite, false});
  families_[at_].left.clear();
}

void Families::refused(const wire::Answer& answer, Said said) {
  if (none_chosen() && said == Said::no && refuses_version(answer)) {
    families_.clear();
    at_ = 0;
    return;
  }
  soft_refusal_ = soft_refusal_ || !by_alert(answer);
  if (said == Said::no && ask_by_kind(answer)) return;
  if (families_[at_].whole_list) {
    doubt(bears_long_ && said == Said::no);
  } else if (said == Said::unclear) {
    unclear_.push_back(describe(answer));
    // Each further one would only cost its time limit.
    if (none_chosen() && std::holds_alternative<wire::Silent>(answer)) at_ = families_.size() - 1;
  }
  ++at_;
}

// What a long list left: a server that bears its length has read so far, and only what stood behind
// is in doubt.
void Families::doubt(bool sure) {
  auto doubtful = std::exchange(families_[at_].left, {});
  if (sure) doubtful = base::without(std::move(doubtful), base::first_of(sent_, depth_));
  insert(at_ + 1, {{.left = std::move(doubtful)}});
}

// Refused otherwise than suites with certificates are: it may have chosen what it cannot do (Erlang
// does so with SRP, and has RSA_PSK), which hides the others in that hello.
bool Families::ask_by_kind(const wire::Answer& answer) {
  // What a server says to a hello that is too long for it is no measure.
  const bool too_long = families_[at_].whole_list && !bears_long_;
  if (refusal_.empty() && !too_long) refusal_ = describe(answer);
  if (!families_[at_].mixed || refusal_ == describe(answer)) return false;
  std::map<crypto::KeyExchange, Suites> kinds;
  for (const auto suite : families_[at_].left) kinds[crypto::find(suite)->kx].push_back(suite);
  if (kinds.size() < 2) return false;
  families_[at_++].left.clear();
  std::vector<Family> apart;
  for (auto& [kx, suites] : kinds) apart.push_back({.left = std::move(suites)});
  insert(at_, apart);
  return true;
}

std::vector<Choices> Families::chosen() const {
  std::vector<Choices> out;
  for (const Family& family : families_)
    if (!family.chosen.empty()) out.push_back(family.chosen);
  return out;
}

}  // namespace tlspolicy::scan
