// SPDX-License-Identifier: Apache-2.0
// What is asked when the lists are known: facts that nothing showed by the way, and whether the
// endpoint still is what it was; see course.hpp.
#include <algorithm>

#include "base/lists.hpp"
#include "scan/course.hpp"
#include "scan/lists.hpp"
#include "scan/pair_peel.hpp"
#include "scan/steady.hpp"
#include "scan/suite_peel.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using enum Protocol;

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
}  // namespace

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
  const auto suites = known_suites(version_of(asked));
  if (suites.order != Order::server) return;
  const auto either = [](auto suite) { return layer(suite) == 0 || is_chacha20(suite); };
  const auto wanted = std::ranges::find_if(
      suites.accepted, [&](auto suite) { return either(suite) && base::has(asked.suites, suite); });
  const auto front = std::ranges::find_if(asked.suites, either);
  const bool shows = wanted != suites.accepted.end() && layer(*wanted) == 0 && is_chacha20(*front);
  if (shows) out_.facts.chacha20_by_client = is_chacha20(chosen) ? Fact::yes : Fact::no;
}

// Of a version whose suites are all known; else empty.
Preference<crypto::Suite> Course::known_suites(Protocol version) const {
  if (version == tls13 && !newest_.empty() && newest_.back()->first().over())
    return newest_.back()->first().preference<crypto::Suite>();
  const auto peel = peels_.find(tls12);
  if (version == tls12 && signatures_started_ && peel != peels_.end())
    return peel->second->version().suites;
  return {};
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

const Steady* Course::add_steady(int times, probe::Manner manner) {
  auto track = std::make_unique<Steady>(first_->first, first_->second, times, manner);
  const Steady* out = track.get();
  add(std::move(track));
  return out;
}

// Where there is room for it, as most endpoints need half of that, or where something is odd: a
// limit on connections may have refused what is taken alone.
void Course::ask_again() {
  constexpr int kMostBefore = 116, kTimes = 2;
  const Endpoint seen = result();
  const bool odd = !seen.gaps.empty() || !seen.intolerances.empty();
  if (!first_ || (out_.connections > kMostBefore && !odd)) return;
  steady_ = add_steady(kTimes, probe::Manner::apart);
}

// Whose refusals came to questions that stood beside others, and only therefore?
void Course::ask_in_company() {
  if (!steady_ || !steady_->lost().empty() || !steady_->differs().empty()) return;
  if (options_.per_host > 1) company_ = add_steady(options_.per_host, probe::Manner::kept);
}

bool Course::needs_to_be_alone() const { return company_ && !company_->differs().empty(); }

// Riders get a second round, for those that were still aboard elsewhere.  What is asked again comes
// alone: beside other questions its own would all go to the same one of two servers.
void Course::add_round(int round) {
  if (round == 0) {
    ask_about_chacha20();
    add_cbc_alone();
  }
  if (round < 2)
    add_rest_of_riders();
  else if (round == 2)
    ask_again();
  else
    ask_in_company();
}

// What found no hello to ride along with gets some of its own, as far as a server took them before.
void Course::add_rest_of_riders() {
  for (auto one = accepted_.rbegin(); one != accepted_.rend(); ++one) {
    add(std::make_unique<RiderTrack>(one->second, riders_, newer_accepted(one->second)));
    slots_.back().accepted = true;
  }
}

}  // namespace tlspolicy::scan
