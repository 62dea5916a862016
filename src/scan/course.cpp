// SPDX-License-Identifier: Apache-2.0
// Which chains of questions an endpoint gets, and when; see course.hpp.
#include "scan/course.hpp"

#include <algorithm>

#include "base/lists.hpp"
#include "scan/certificate.hpp"
#include "scan/lists.hpp"
#include "scan/pair_peel.hpp"
#include "scan/suite_peel.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Auth, crypto::KeyExchange, crypto::Protocol;
using enum Protocol;

constexpr int kSilencesThatAreEnough = 5;

Protocol version_of(const wire::Hello& hello) { return *std::ranges::max_element(hello.versions); }

bool is_nobody(const wire::Answer& answer) {
  return std::holds_alternative<wire::Unreachable>(answer) ||
         std::holds_alternative<wire::Declined>(answer);
}

// The keys that sign, as SchemeInfo names them.
std::string_view key_of(Auth auth) {
  if (auth == Auth::rsa) return "rsa";
  return auth == Auth::ecdsa ? "ecdsa" : "dsa";
}

crypto::Suites signed_by(const crypto::Suites& suites, Auth auth, KeyExchange kx) {
  const auto fits = [&](auto suite) {
    const auto* info = crypto::find(suite);
    return info->auth == auth && info->kx == kx;
  };
  return base::first_of(base::only(suites, fits), kFamily);
}
}  // namespace

Course::Course(Target target, Options options) : options_(options) {
  out_.target = std::move(target);
  start_peel(tls12);
}
Course::~Course() = default;

void Course::add(std::unique_ptr<Track> track) { slots_.push_back({.track = std::move(track)}); }

void Course::start_peel(Protocol version) {
  auto peel = std::make_unique<SuitePeel>(version);
  peels_[version] = peel.get();
  add(std::move(peel));
}

// Other versions are asked for when something came back to the first.
void Course::start_versions() {
  versions_started_ = true;
  start_newest();
  for (const auto version : {tls11, tls10, ssl3, ssl2}) start_peel(version);
}

void Course::start_newest() {
  // The second time with key shares, for servers that cannot ask for them.
  wire::Hello base{.versions = {tls13},
                   .suites = {},
                   .groups = {},
                   .schemes = schemes_for(tls13),
                   .shares = {},
                   .sni = {}};
  if (!newest_.empty()) base.shares = {crypto::Group{29}};
  auto pair = std::make_unique<PairPeel>(std::move(base),
                                         Ladder(Kind::suites, numbers(registry(tls13).ordinary)),
                                         Ladder(Kind::groups, numbers(groups_for(tls13))));
  newest_.push_back(pair.get());
  add(std::move(pair));
}

std::vector<Course::Question> Course::questions() {
  std::vector<Question> out;
  for (std::size_t i = 0; i < slots_.size() && !stopped_; ++i) {
    if (slots_[i].over || slots_[i].asked) continue;
    auto hello = slots_[i].track->next();
    if (hello && slots_[i].doubtful) hello->suites = nothing_real();
    slots_[i].asked = hello;
    slots_[i].over = !hello;
    if (hello)
      out.push_back({i, std::move(*hello)});
    else
      on_over(slots_[i]);  // may add more, which come in their turn
  }
  return out;
}

void Course::answer(std::size_t track, const wire::Answer& answer) {
  ++out_.connections;
  Slot& slot = slots_[track];
  const Said what = said(answer);
  if (what == Said::yes) observe(answer);
  stop_where_nobody_is(answer, what);
  if (stopped_) return;
  if (slot.doubtful) {
    manners_.emplace(version_of(*slot.asked), answer);
    const wire::Answer before = *std::exchange(slot.doubtful, std::nullopt);
    return settle(slot, before, same_manner(before, answer) ? Said::no : Said::unclear);
  }
  if (what != Said::unclear) return settle(slot, answer, what);
  const auto manner = manners_.find(version_of(*slot.asked));
  const bool known = manner != manners_.end();
  if (known && same_manner(answer, manner->second)) return settle(slot, answer, Said::no);
  if (slot.tries++ < options_.retries) return slot.asked.reset();
  // Only beside something of that version that was accepted can it be a refusal.
  if (known || !slot.accepted || is_nobody(answer)) return settle(slot, answer, what);
  slot.doubtful = answer;
  slot.asked.reset();
}

void Course::settle(Slot& slot, const wire::Answer& answer, Said what) {
  slot.tries = 0;
  slot.accepted = slot.accepted || what == Said::yes;
  slot.asked.reset();
  slot.track->answer(answer, what);
  if (!versions_started_) start_versions();
}

void Course::stop_where_nobody_is(const wire::Answer& answer, Said what) {
  answered_ = answered_ || what != Said::unclear;
  if (answered_) return;
  ++unanswered_;
  stopped_ = unanswered_ > (is_nobody(answer) ? options_.retries : kSilencesThatAreEnough);
  if (stopped_) out_.why = describe(answer);
}

// What every answer shows besides its suite.
void Course::observe(const wire::Answer& answer) {
  const auto* chosen = std::get_if<wire::Chosen>(&answer);
  if (!chosen) return;
  seen_.take(*chosen);
  const auto* info = crypto::find(chosen->suite);
  if (chosen->version == tls12 && info)
    first_with_.emplace(std::pair(info->auth, info->kx), *chosen);
}

void Course::on_over(const Slot& slot) {
  const bool refused_otherwise = !newest_.empty() && slot.track.get() == newest_.front() &&
                                 newest_.size() == 1 && !newest_.front()->accepted_any();
  if (refused_otherwise) {
    const auto& why = newest_.front()->first_refusal();
    if (why && !refuses_version(*why)) start_newest();
  }
  start_signatures_when_known();
}

// On the newest version up to 1.2: groups hold for all of them, and schemes begin there.
void Course::start_signatures_when_known() {
  if (signatures_started_) return;
  for (const auto version : {tls12, tls11, tls10}) {
    const auto found = peels_.find(version);
    if (found == peels_.end() || !found->second) return;
    if (!is_over(*found->second)) return;
    if (found->second->version().accepted != Fact::yes) continue;
    signatures_started_ = true;
    return start_signatures(found->second->version());
  }
}

bool Course::is_over(const Track& track) const {
  const auto slot = std::ranges::find(slots_, &track, [](const Slot& s) { return s.track.get(); });
  return slot != slots_.end() && slot->over;
}

void Course::start_signatures(const Version& version) {
  bool groups_wanted = true;
  for (const auto auth : {Auth::rsa, Auth::ecdsa, Auth::dss, Auth::anon}) {
    const auto elliptic = auth == Auth::anon ? KeyExchange::ecdh_anon : KeyExchange::ecdhe;
    auto suites = signed_by(version.suites.accepted, auth, elliptic);
    const bool has_groups = !suites.empty();
    if (!has_groups) suites = signed_by(version.suites.accepted, auth, KeyExchange::dhe);
    const bool has_schemes = version.protocol == tls12 && auth != Auth::anon;
    if (suites.empty() || !(has_schemes || (has_groups && groups_wanted))) continue;
    const std::string key(key_of(auth));
    const auto all_groups = numbers(groups_for(version.protocol));
    auto schemes = has_schemes
                       ? Ladder(Kind::schemes, numbers(schemes_of(key)))
                       : Ladder::fixed(Kind::schemes, numbers(schemes_for(version.protocol)));
    auto groups = has_groups && groups_wanted ? Ladder(Kind::groups, all_groups)
                                              : Ladder::fixed(Kind::groups, all_groups);
    const auto first = first_with_.find({auth, has_groups ? elliptic : KeyExchange::dhe});
    if (first != first_with_.end() && has_schemes) {
      if (first->second.scheme) schemes.seed(static_cast<std::uint32_t>(*first->second.scheme));
      if (first->second.group) groups.seed(static_cast<std::uint32_t>(*first->second.group));
    }
    // Without its certificate's curve nobody is served (RFC 8422 5.1).
    if (auth == Auth::ecdsa)
      if (const auto curve = seen_.curve_of_leaf()) groups.keep(static_cast<std::uint32_t>(*curve));
    wire::Hello base{.versions = {version.protocol},
                     .suites = suites,
                     .groups = {},
                     .schemes = {},
                     .shares = {},
                     .sni = {}};
    auto pair = std::make_unique<PairPeel>(std::move(base), std::move(schemes), std::move(groups));
    signed_.push_back({key, pair.get(), has_schemes, has_groups && groups_wanted});
    groups_wanted = groups_wanted && !has_groups;
    add(std::move(pair));
  }
}

}  // namespace tlspolicy::scan
