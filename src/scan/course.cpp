// SPDX-License-Identifier: Apache-2.0
// Which chains of questions an endpoint gets, and when; see course.hpp.
#include "scan/course.hpp"

#include <algorithm>
#include <utility>

#include "base/lists.hpp"
#include "scan/certificate.hpp"
#include "scan/lists.hpp"
#include "scan/pair_peel.hpp"
#include "scan/suite_peel.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Auth, crypto::KeyExchange, crypto::Protocol;
using enum Protocol;

crypto::Suites signed_by(const crypto::Suites& suites, Auth auth, KeyExchange kx) {
  const auto fits = [&](auto suite) {
    const auto* info = crypto::find(suite);
    return info->auth == auth && info->kx == kx;
  };
  return base::first_of(base::only(suites, fits), kFamily);
}
}  // namespace

Course::Course(Target target, Options options) : options_(options), depth_(kFamily) {
  out_.target = std::move(target);
  start_peel(tls12);
}
Course::~Course() = default;

void Course::add(std::unique_ptr<Track> track) { slots_.push_back({.track = std::move(track)}); }

void Course::start_peel(Protocol version) {
  auto peel = std::make_unique<SuitePeel>(version, depth_, accepted_.contains(tls12));
  peels_[version] = peel.get();
  add(std::move(peel));
}

// Other versions are asked for when something came back to the first.
void Course::start_versions() {
  versions_started_ = true;
  start_newest();
  for (const auto version : {tls11, tls10, ssl2}) start_peel(version);
}

void Course::start_newest() {
  // The second time with key shares, for servers that cannot ask for them.
  wire::Hello base{.versions = {tls13},
                   .suites = {},
                   .groups = {},
                   .schemes = schemes_for(tls13),
                   .shares = {},
                   .sni = {}};
  constexpr std::size_t kShares = 4;
  if (!newest_.empty())
    base.shares = base::first_of(base::only(groups_for(tls13), wire::can_share), kShares);
  auto pair = std::make_unique<PairPeel>(std::move(base),
                                         Ladder(Kind::suites, numbers(registry(tls13).ordinary)),
                                         Ladder(Kind::groups, numbers(groups_for(tls13))));
  newest_.push_back(pair.get());
  add(std::move(pair));
}

std::vector<Course::Question> Course::questions() {
  std::vector<Question> out;
  if (is_lost()) return out;
  feel_pulse();
  for (std::size_t i = 0; i < slots_.size() && !stopped_; ++i) {
    if (slots_[i].over || slots_[i].asked || on_hold(slots_[i])) continue;
    auto hello = slots_[i].track->next();
    const auto peel = peels_.find(tls12);
    const bool of_suites = peel != peels_.end() && peel->second == slots_[i].track.get();
    // wolfSSL reads the beginning of a list of schemes, so what is compared gets the usual ones
    // first.
    // OpenSSL chooses a scheme whose hash has no room in the key, and then refuses.
    if (hello && of_suites && !peel->second->compares() && !seen_.small_rsa())
      shown_.arrange(*hello);
    if (hello && slots_[i].doubtful)
      hello = in_doubt(slots_[i].doubt, *std::move(hello));
    else if (hello && slots_[i].accepted && !slots_[i].left)
      slots_[i].rider = riders_.board(*hello, newer_accepted(*hello));
    slots_[i].asked = hello;
    slots_[i].over = !hello;
    if (hello)
      out.push_back({i, std::move(*hello), slots_[i].track->manner()});
    else
      on_over(slots_[i]);  // may add more, which come in their turn
  }
  const auto is_asked = [](const Slot& slot) { return slot.asked.has_value(); };
  if (out.empty() && !stopped_ && std::ranges::none_of(slots_, is_asked) && release_held())
    return questions();
  const auto is_over = [](const Slot& slot) { return slot.over; };
  constexpr int kRounds = 4;
  if (!out.empty() || stopped_ || rounds_ == kRounds || !std::ranges::all_of(slots_, is_over))
    return out;
  add_round(rounds_++);
  return questions();
}

bool Course::newer_accepted(const wire::Hello& hello) const {
  return !accepted_.empty() && accepted_.rbegin()->first > version_of(hello);
}

// What every answer shows besides its suite.
void Course::observe(const wire::Hello& asked, const wire::Answer& answer) {
  auto plain = asked;
  plain.extras = {};
  if (!first_) first_.emplace(plain, answer);
  accepted_[version_of(asked)] = std::move(plain);
  const auto* chosen = std::get_if<wire::Chosen>(&answer);
  if (!chosen) return;
  riders_.observe(asked, *chosen);
  observe_chacha20(asked, chosen->suite);
  seen_.take(*chosen);
  if (!signatures_started_) shown_.take(asked, *chosen);
}

// Some servers refuse what is new to them, or long, whatever else stands there: before a version
// counts as refused it is asked for as a plain client would.
void Course::ask_modestly(Protocol version, const std::optional<wire::Answer>& refusal) {
  constexpr std::size_t kSuites = 12, kGroups = 3, kSchemes = 8;
  if (modest_.contains(version) || !refusal || refuses_version(*refusal)) return;
  const bool newest = version == tls13;
  wire::Hello base{.versions = {version},
                   .suites = {},
                   .groups = {},
                   .schemes = base::first_of(schemes_for(version), kSchemes),
                   .shares = newest ? base::first_of(groups_for(version), 1) : crypto::Groups{},
                   .sni = {}};
  const auto groups = numbers(base::first_of(groups_for(version), kGroups));
  auto pair = std::make_unique<PairPeel>(
      std::move(base),
      Ladder(Kind::suites, numbers(base::first_of(registry(version).ordinary, kSuites))),
      newest ? Ladder(Kind::groups, groups) : Ladder::fixed(Kind::groups, groups));
  modest_[version] = pair.get();
  add(std::move(pair));
}

void Course::on_over(const Slot& slot) {
  if (!newest_.empty() && slot.track.get() == newest_.back() && !newest_.back()->accepted_any()) {
    const auto& why = newest_.back()->first_refusal();
    if (newest_.size() > 1)
      ask_modestly(tls13, why);
    else if (why && !refuses_version(*why))
      start_newest();
  }
  for (const auto version : {tls12, tls11, tls10}) {
    const auto peel = peels_.find(version);
    if (peel != peels_.end() && slot.track.get() == peel->second &&
        peel->second->version().accepted == Fact::no)
      ask_modestly(version, peel->second->first_refusal());
  }
  // By then it is known how long a list may be: SSLv3 is mostly refused, list by list.
  if (slot.track.get() == peels_[tls10]) start_peel(ssl3);
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
    // The other way round: a server with an order of its own takes the last, and shows by the way
    // whether it lets the client put ChaCha20 first.
    if (version.suites.order == Order::server) {
      std::ranges::reverse(suites);
      std::ranges::stable_partition(suites, is_chacha20);
    }
    const std::string key(key_of(auth));
    const auto all_groups = numbers(groups_for(version.protocol));
    auto schemes = has_schemes
                       ? Ladder(Kind::schemes, numbers(schemes_of(key)))
                       : Ladder::fixed(Kind::schemes, numbers(schemes_for(version.protocol)));
    auto groups = has_groups && groups_wanted ? Ladder(Kind::groups, all_groups)
                                              : Ladder::fixed(Kind::groups, all_groups);
    if (has_schemes) schemes.know(shown_.schemes(key));
    if (has_groups && groups_wanted && version.protocol == tls12) groups.know(shown_.groups());
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
