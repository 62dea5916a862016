// SPDX-License-Identifier: Apache-2.0
// Which chains of questions an endpoint gets, and when; see course.hpp.
#include "scan/course.hpp"

#include <algorithm>
#include <utility>

#include "base/lists.hpp"
#include "scan/certificate.hpp"
#include "scan/lists.hpp"
#include "scan/pair_peel.hpp"
#include "scan/steady.hpp"
#include "scan/suite_peel.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Auth, crypto::KeyExchange, crypto::Protocol;
using enum Protocol;

constexpr int kSilencesThatAreEnough = 5;

bool is_silence(const wire::Answer& answer) { return std::holds_alternative<wire::Silent>(answer); }

bool is_nobody(const wire::Answer& answer) {
  return std::holds_alternative<wire::Unreachable>(answer) ||
         std::holds_alternative<wire::Declined>(answer);
}

// The same hello as long as somebody wants to ride, but not for ever: a server may change its mind.
class RiderTrack : public Track {
 public:
  RiderTrack(wire::Hello hello, const Riders& riders, bool newer)
      : hello_(std::move(hello)), riders_(riders), newer_(newer) {}
  std::optional<wire::Hello> next() override {
    constexpr int kMost = 40;
    pending_ = pending_ || riders_.would_board(hello_, newer_);
    if (!pending_ || ++asked_ > kMost) return std::nullopt;
    return hello_;
  }
  void answer(const wire::Answer&, Said) override { pending_ = false; }

 private:
  wire::Hello hello_;
  const Riders& riders_;
  bool newer_;
  bool pending_ = false;
  int asked_ = 0;
};

class Once : public Track {
 public:
  explicit Once(wire::Hello hello) : hello_(std::move(hello)) {}
  std::optional<wire::Hello> next() override { return hello_; }
  void answer(const wire::Answer&, Said) override { hello_.reset(); }

 private:
  std::optional<wire::Hello> hello_;
};

// Which of two it takes where the client puts ChaCha20 first.
class ChaCha20First : public Track {
 public:
  ChaCha20First(wire::Hello hello, Fact& fact) : hello_(std::move(hello)), fact_(fact) {}
  std::optional<wire::Hello> next() override {
    return asked_ ? std::nullopt : std::optional(hello_);
  }
  void answer(const wire::Answer& answer, Said) override {
    asked_ = true;
    const auto suite = chosen_suite(answer);
    if (suite) fact_ = is_chacha20(*suite) ? Fact::yes : Fact::no;
  }

 private:
  wire::Hello hello_;
  Fact& fact_;
  bool asked_ = false;
};

// ChaCha20 and what the server prefers to it: AES for the same kind of key; {} where there is none.
crypto::Suites chacha20_first(const crypto::Suites& accepted) {
  for (auto one = accepted.begin(); one != accepted.end(); ++one) {
    if (!is_chacha20(*one)) continue;
    const auto fits = [&](auto suite) {
      return layer(suite) == 0 && crypto::find(suite)->auth == crypto::find(*one)->auth;
    };
    if (const auto before = std::find_if(accepted.begin(), one, fits); before != one)
      return {*one, *before};
  }
  return {};
}

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
    const auto peel = peels_.find(tls12);
    const bool of_suites = peel != peels_.end() && peel->second == slots_[i].track.get();
    // wolfSSL reads the beginning of a list of schemes, so what is compared gets the usual ones
    // first.
    if (hello && of_suites && !peel->second->compares()) shown_.arrange(*hello);
    if (hello && slots_[i].doubtful)
      hello = in_doubt(slots_[i].doubt, *std::move(hello));
    else if (hello && slots_[i].accepted && !slots_[i].left)
      slots_[i].rider = riders_.board(*hello, newer_accepted(*hello));
    slots_[i].asked = hello;
    slots_[i].over = !hello;
    if (hello)
      out.push_back({i, std::move(*hello)});
    else
      on_over(slots_[i]);  // may add more, which come in their turn
  }
  const auto is_over = [](const Slot& slot) { return slot.over; };
  constexpr int kRounds = 3;
  if (!out.empty() || stopped_ || rounds_ == kRounds || !std::ranges::all_of(slots_, is_over))
    return out;
  add_round(rounds_++);
  return questions();
}

void Course::answer(std::size_t track, const wire::Answer& answer) {
  ++out_.connections;
  Slot& slot = slots_[track];
  const Said what = said(answer);
  if (what == Said::yes) observe(*slot.asked, answer);
  stop_where_nobody_is(answer, what);
  if (stopped_) return;
  if (slot.doubtful) return settle_doubt(slot, answer, what);
  if (leave_rider(slot, answer, what)) return slot.asked.reset();
  if (what != Said::unclear) return settle(slot, answer, what);
  const auto manner = manners_.find(version_of(*slot.asked));
  const bool known = manner != manners_.end();
  if (known && same_manner(answer, manner->second)) return doubt(slot, answer, Doubt::control);
  if (slot.tries++ < options_.retries) return slot.asked.reset();
  // Only beside something of that version that was accepted can it be a refusal.
  if (known || !slot.accepted || is_nobody(answer)) return settle(slot, answer, what);
  doubt(slot, answer, is_silence(answer) ? Doubt::nothing : Doubt::control);
}

wire::Hello Course::in_doubt(Doubt doubt, wire::Hello hello) const {
  if (doubt == Doubt::control) return accepted_.at(version_of(hello));
  if (doubt == Doubt::nothing) hello.suites = nothing_real();
  return hello;
}

void Course::doubt(Slot& slot, const wire::Answer& answer, Doubt next) {
  slot.doubtful = answer;
  slot.doubt = next;
  slot.asked.reset();
}

// A reset, or silence, is a refusal where what was accepted still is, and the question gets the
// same again: a limit on connections answers everything so for a while.  Silence, which costs its
// time, has to be its way to answer what nobody has; once that is known it is not waited for again.
void Course::settle_doubt(Slot& slot, const wire::Answer& answer, Said what) {
  const wire::Answer before = *slot.doubtful;
  const Protocol version = version_of(*slot.asked);
  const bool same = same_manner(before, answer);
  const bool known = manners_.contains(version);
  if (slot.doubt == Doubt::nothing && same) return doubt(slot, before, Doubt::control);
  if (slot.doubt == Doubt::control && what == Said::yes && !(known && is_silence(before)))
    return doubt(slot, before, Doubt::again);
  const auto stage = slot.doubt;
  slot.doubtful.reset();
  if (stage == Doubt::again && same) manners_.emplace(version, before);
  if (stage == Doubt::again && what != Said::unclear) return settle(slot, answer, what);
  const bool refused = stage == Doubt::control ? what == Said::yes : same;
  settle(slot, before, refused ? Said::no : Said::unclear);
}

// True where the hello has to be asked again without the rider that was aboard.
bool Course::leave_rider(Slot& slot, const wire::Answer& answer, Said what) {
  if (const auto left = slot.left; left && what != Said::unclear) {
    slot.left.reset();
    riders_.cleared(*left, what == Said::yes);
  }
  const auto rider = std::exchange(slot.rider, std::nullopt);
  if (!rider) return false;
  if (what == Said::yes) {
    riders_.arrived(*rider, answer);
    return false;
  }
  riders_.suspect(*rider, answer);
  slot.left = rider;
  return true;
}

void Course::settle(Slot& slot, const wire::Answer& answer, Said what) {
  if (const auto left = std::exchange(slot.left, std::nullopt)) riders_.cleared(*left, false);
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

bool Course::newer_accepted(const wire::Hello& hello) const {
  return !accepted_.empty() && accepted_.rbegin()->first > version_of(hello);
}

// RFC 7366 3: encrypt_then_mac is answered for CBC alone, which may not have been chosen since it
// was offered.
void Course::add_cbc_alone() {
  if (riders_.facts().encrypt_then_mac != Fact::unknown) return;
  for (const auto version : {tls12, tls11, tls10}) {
    const auto hello = accepted_.find(version);
    if (hello == accepted_.end()) continue;
    const auto cbc = base::only(peels_.at(version)->version().suites.accepted, is_cbc);
    if (cbc.empty()) continue;
    wire::Hello alone = hello->second;
    alone.suites = base::first_of(cbc, kFamily);
    alone.groups = groups_for(version);
    alone.schemes = schemes_for(version);
    add(std::make_unique<Once>(std::move(alone)));
    slots_.back().accepted = true;
    return;
  }
}

// Of what was offered it prefers AES, and ChaCha20 stood in front.
void Course::observe_chacha20(const wire::Hello& asked, crypto::Suite chosen) {
  const auto peel = peels_.find(tls12);
  if (!signatures_started_ || asked.versions != crypto::Protocols{tls12} || peel == peels_.end())
    return;
  const auto& suites = peel->second->version().suites;
  const auto either = [](auto suite) { return layer(suite) == 0 || is_chacha20(suite); };
  const auto wanted = std::ranges::find_if(
      suites.accepted, [&](auto suite) { return either(suite) && base::has(asked.suites, suite); });
  const auto front = std::ranges::find_if(asked.suites, either);
  const bool shows = suites.order == Order::server && wanted != suites.accepted.end() &&
                     layer(*wanted) == 0 && is_chacha20(*front);
  if (shows) out_.facts.chacha20_by_client = is_chacha20(chosen) ? Fact::yes : Fact::no;
}

// Where nothing showed it.  Of the newest version in which there is something to see; the other
// follows the same rule.
void Course::ask_about_chacha20() {
  if (out_.facts.chacha20_by_client != Fact::unknown) return;
  for (const auto version : {tls12, tls13}) {
    const auto hello = accepted_.find(version);
    if (hello == accepted_.end()) continue;
    const auto& suites = version == tls13 ? newest_.back()->first().preference<crypto::Suite>()
                                          : peels_.at(version)->version().suites;
    auto two = chacha20_first(suites.accepted);
    if (suites.order != Order::server || two.empty()) continue;
    wire::Hello first = hello->second;
    first.suites = std::move(two);
    if (version == tls12) {
      first.groups = groups_for(version);
      first.schemes = schemes_for(version);
    }
    add(std::make_unique<ChaCha20First>(std::move(first), out_.facts.chacha20_by_client));
    slots_.back().accepted = true;
    return;
  }
}

// Where there is room for it: most endpoints need half of that.
void Course::ask_again() {
  constexpr int kMostBefore = 116;
  if (!first_ || out_.connections > kMostBefore) return;
  auto track = std::make_unique<Steady>(first_->first, first_->second);
  steady_ = track.get();
  add(std::move(track));
}

// Riders get a second round, for those that were still aboard elsewhere.  What is asked again comes
// alone: beside other questions its own would all go to the same one of two servers.
void Course::add_round(int round) {
  if (round == 0) {
    ask_about_chacha20();
    add_cbc_alone();
  }
  if (round < 2)
    add_rest_of_riders();
  else
    ask_again();
}

// What found no hello to ride along with gets some of its own, as far as a server took them before.
void Course::add_rest_of_riders() {
  for (auto one = accepted_.rbegin(); one != accepted_.rend(); ++one) {
    add(std::make_unique<RiderTrack>(one->second, riders_, newer_accepted(one->second)));
    slots_.back().accepted = true;
  }
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

void Course::on_over(const Slot& slot) {
  const bool refused_otherwise = !newest_.empty() && slot.track.get() == newest_.front() &&
                                 newest_.size() == 1 && !newest_.front()->accepted_any();
  if (refused_otherwise) {
    const auto& why = newest_.front()->first_refusal();
    if (why && !refuses_version(*why)) start_newest();
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
