// SPDX-License-Identifier: Apache-2.0
// The whole scan of one endpoint as a pure machine: it says what to ask, is told the answers, and
// has a result in the end.  Whoever runs it decides how many questions are under way at once.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "scan/result.hpp"
#include "scan/riders.hpp"
#include "scan/seen.hpp"
#include "scan/shown.hpp"
#include "scan/track.hpp"

namespace tlspolicy::scan {

struct Options {
  int retries = 1;   // of a question that got silence, a reset or no connection
  int per_host = 2;  // how many are asked at the same time
};

// Whatever was refused may be another server's refusal, or that of one that has had enough of us.
void claim_nothing(Endpoint&, const std::string& why);

class PairPeel;
class Steady;
class SuitePeel;

class Course {
 public:
  explicit Course(Target, Options = {});
  ~Course();

  struct Question {
    std::size_t track;
    wire::Hello hello;
    probe::Manner manner = probe::Manner::usual;
  };
  std::vector<Question> questions();  // all that may be asked now and were not given out before
  void answer(std::size_t track, const wire::Answer&);
  // It refuses what it takes where another connection of ours stands.
  bool needs_to_be_alone() const;
  // It does not answer any more, not even what it had accepted: there is no use in asking.
  bool is_lost() const;
  Endpoint result() const;  // when nothing is left to ask and no answer is awaited
  // What was accepted at first, where it was not asked for again; nullptr: it was, or there is
  // none.
  const std::pair<wire::Hello, wire::Answer>* not_asked_again() const {
    return first_ && !steady_ ? &*first_ : nullptr;
  }

 private:
  // What is asked then: nothing real, what was accepted, the same again.
  enum class Doubt { nothing, control, again };
  struct Slot {
    std::unique_ptr<Track> track;
    std::optional<wire::Hello> asked{};  // under way
    int tries = 0;
    std::optional<wire::Answer> doubtful{};  // while it is found out whether it is a refusal
    Doubt doubt{};
    bool accepted = false, over = false;
    std::optional<std::size_t> rider{};  // aboard the question under way
    std::optional<std::size_t> left{};   // had been aboard when it was not accepted
  };
  struct Signed {
    std::string key;
    const PairPeel* pair;
    bool has_schemes, has_groups;
  };
  void add(std::unique_ptr<Track>);
  void add_round(int round);
  void add_rest_of_riders();
  void add_cbc_alone();
  void ask_about_chacha20();
  void observe_chacha20(const wire::Hello& asked, crypto::Suite chosen);
  Preference<crypto::Suite> known_suites(crypto::Protocol) const;
  bool newer_accepted(const wire::Hello&) const;
  bool leave_rider(Slot&, const wire::Answer&, Said);
  wire::Hello in_doubt(Doubt, wire::Hello) const;
  void doubt(Slot&, const wire::Answer&, Doubt next);
  void settle_doubt(Slot&, const wire::Answer&, Said);
  bool on_hold(const Slot&) const;
  bool release_held();
  void ask_again();
  const Steady* add_steady(int times, probe::Manner);
  void ask_in_company();
  void feel_pulse();
  void start_peel(crypto::Protocol);
  void start_versions();
  void start_newest();
  void ask_modestly(crypto::Protocol, const std::optional<wire::Answer>& refusal);
  void take_modest(Endpoint&, Version&) const;
  void start_signatures_when_known();
  void start_signatures(const Version&);
  void settle(Slot&, const wire::Answer&, Said);
  void stop_where_nobody_is(const wire::Answer&, Said);
  void observe(const wire::Hello& asked, const wire::Answer&);
  void on_over(const Slot&);
  bool is_over(const Track&) const;

  Options options_;
  Endpoint out_;
  std::deque<Slot> slots_;
  std::size_t depth_;  // see SuitePeel
  std::map<crypto::Protocol, const SuitePeel*> peels_;
  std::vector<const PairPeel*> newest_;                 // TLS 1.3; the second one with key shares
  std::map<crypto::Protocol, const PairPeel*> modest_;  // where all that was offered got a no
  std::vector<Signed> signed_;
  std::map<crypto::Protocol, wire::Answer> manners_;  // how it refuses what nobody has
  Seen seen_;
  Shown shown_;  // while TLS 1.2's suites are peeled
  Riders riders_;
  std::map<crypto::Protocol, wire::Hello> accepted_;           // of each version, its last one
  std::optional<std::pair<wire::Hello, wire::Answer>> first_;  // that was accepted
  const Steady* steady_ = nullptr;   // the first one accepted again, apart
  const Steady* company_ = nullptr;  // and beside itself
  const Steady* pulse_ = nullptr;    // whether it still answers anything
  bool versions_started_ = false, signatures_started_ = false;
  bool answered_ = false, stopped_ = false;
  bool takes_breaks_ = false;        // closes and resets count as refusals here
  bool breaks_off_at_will_ = false;  // and came to what it takes, too
  int unanswered_ = 0, rounds_ = 0;
  int silences_ = 0;  // one after the other, whatever was asked
};

}  // namespace tlspolicy::scan
