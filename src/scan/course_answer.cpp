// SPDX-License-Identifier: Apache-2.0
// What an answer is taken for: an acceptance, a refusal, or nothing that can be claimed; see
// course.hpp.
#include <utility>

#include "scan/course.hpp"
#include "scan/lists.hpp"
#include "scan/steady.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;

constexpr int kSilencesThatAreEnough = 5, kClosesThatAreEnough = 12;
constexpr int kSilencesInBetween = 12;

bool is_silence(const wire::Answer& answer) { return std::holds_alternative<wire::Silent>(answer); }

bool is_nobody(const wire::Answer& answer) {
  return std::holds_alternative<wire::Unreachable>(answer) ||
         std::holds_alternative<wire::Declined>(answer);
}
}  // namespace

void Course::answer(std::size_t track, const wire::Answer& answer) {
  ++out_.connections;
  silences_ = is_silence(answer) ? silences_ + 1 : 0;
  Slot& slot = slots_[track];
  const Said what = said(answer);
  if (what == Said::yes) observe(*slot.asked, answer);
  stop_where_nobody_is(answer, what);
  if (stopped_) return;
  if (slot.doubtful) return settle_doubt(slot, answer, what);
  if (leave_rider(slot, answer, what)) return slot.asked.reset();
  if (is_vague(answer)) return doubt(slot, answer, Doubt::control);
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
  if (doubt == Doubt::control) {
    const auto same_version = accepted_.find(version_of(hello));
    return same_version != accepted_.end() ? same_version->second : accepted_.rbegin()->second;
  }
  if (doubt == Doubt::nothing) hello.suites = nothing_real();
  return hello;
}

void Course::doubt(Slot& slot, const wire::Answer& answer, Doubt next) {
  slot.doubtful = answer;
  slot.doubt = next;
  slot.asked.reset();
  if (!versions_started_) start_versions();
}

// A control needs something that was accepted.
bool Course::on_hold(const Slot& slot) const {
  return slot.doubtful && slot.doubt == Doubt::control && accepted_.empty();
}

// Nothing was accepted of all that could be asked besides: then it is the way to refuse.
bool Course::release_held() {
  bool any = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!on_hold(slots_[i])) continue;
    any = true;
    settle(slots_[i], *std::exchange(slots_[i].doubtful, std::nullopt), Said::no);
  }
  return any;
}

// A reset, a close or silence is a refusal where what was accepted still is, and the question gets
// the same again: a limit on connections answers everything so for a while.  Silence, which costs
// its time, has to be its way to answer what nobody has; once that is known it is not waited for
// again.
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
  if (stage == Doubt::again && !same && !is_silence(before)) breaks_off_at_will_ = true;
  if (stage == Doubt::again && same) manners_.emplace(version, before);
  if (stage == Doubt::again && what != Said::unclear && !is_vague(answer))
    return settle(slot, answer, what);
  const bool refused = stage == Doubt::control ? what == Said::yes : same;
  if (!is_silence(before) && refused) takes_breaks_ = true;
  if (!is_silence(before) && stage == Doubt::control && !refused) breaks_off_at_will_ = true;
  if (!refused && is_vague(before) && slot.tries++ < options_.retries) return slot.asked.reset();
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

// Silence costs its time, and many a firewall keeps silent to whoever came too often: what was
// accepted at first is asked for in between.
void Course::feel_pulse() {
  if (silences_ < kSilencesInBetween || !first_) return;
  silences_ = 0;
  pulse_ = add_steady(1, probe::Manner::usual);
}

bool Course::is_lost() const { return pulse_ && !pulse_->lost().empty(); }

void Course::stop_where_nobody_is(const wire::Answer& answer, Said what) {
  answered_ = answered_ || (what != Said::unclear && !is_vague(answer));
  if (answered_) return;
  ++unanswered_;
  stopped_ = unanswered_ > (is_nobody(answer)  ? options_.retries
                            : is_vague(answer) ? kClosesThatAreEnough
                                               : kSilencesThatAreEnough);
  if (stopped_) out_.why = describe(answer);
}

}  // namespace tlspolicy::scan
