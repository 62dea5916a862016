// SPDX-License-Identifier: Apache-2.0
// Two short lists peeled in the same hellos: suites and groups of TLS 1.3, schemes and groups of
// TLS 1.2.  A refusal of both says nothing about either, so then each goes on alone, beside all of
// the other.
#pragma once

#include <array>
#include <cstdint>

#include "scan/result.hpp"
#include "scan/shown.hpp"
#include "scan/track.hpp"

namespace tlspolicy::scan {

// Terms by their number: the three kinds are alike to whoever peels them.
enum class Kind { suites, groups, schemes };
using Numbers = std::vector<std::uint32_t>;

template <class Terms>
Numbers numbers(const Terms& terms) {
  Numbers out;
  for (const auto term : terms) out.push_back(static_cast<std::uint32_t>(term));
  return out;
}

class Ladder {
 public:
  Ladder(Kind kind, Numbers all) : kind_(kind), all_(all), left_(std::move(all)) {}
  // Not peeled at all: always offered whole.
  static Ladder fixed(Kind kind, Numbers all);
  // What earlier answers chose among all of them.
  template <class Term>
  void know(const Showing<Term>& showing) {
    know(numbers(showing.found), showing.client_decides, showing.whole);
  }
  // Always offered besides, behind the others: what the certificate cannot do without.
  void keep(std::uint32_t term) { kept_.push_back(term); }

  bool over() const { return over_; }
  bool usual_left() const;  // something that many servers have
  bool order_open() const { return found_.size() > 1 && order() == Order::unknown; }
  bool found_any() const { return !found_.empty(); }
  // More than one group of TLS 1.3 that can come with its share: which of two shares a server takes
  // is another rule than which group it asks for.
  bool shares_open() const { return shareable().size() > 1 && !by_share_; }
  void offer_shares(wire::Hello&);  // the least wanted share first
  void no_share() { by_share_ = Order::unknown; }
  void offer_rest(wire::Hello&);   // what is left
  void offer_known(wire::Hello&);  // what is known to be accepted; all while nothing is
  void take(const wire::Answer&);
  void refused();
  void give_up(std::string why);

  template <class Term>
  Preference<Term> preference() const {
    Preference<Term> out{.accepted = {}, .order = order(), .whole = whole_};
    for (const auto number : listed()) out.accepted.push_back(static_cast<Term>(number));
    return out;
  }
  const std::string& why() const { return why_; }

 private:
  void know(const Numbers& found, bool client_decides, bool whole);
  struct Found {
    std::uint32_t number;
    bool reversed;
  };
  bool in_front(std::uint32_t, std::uint32_t, bool reversed) const;
  Order order() const;
  Order order_asked_for() const;  // by what it chose, or asked to retry with
  Numbers listed() const;
  Numbers shareable() const;
  void set(wire::Hello&, const Numbers&) const;
  std::optional<std::uint32_t> chosen(const wire::Answer&) const;

  Kind kind_;
  Numbers all_, left_, kept_{};
  std::vector<Found> found_;
  bool asked_rest_ = false, reversed_ = false;
  std::uint32_t first_sent_ = 0;
  Order shown_ = Order::unknown;  // by what it chose among what is known
  bool asked_shares_ = false;
  std::optional<Order> by_share_;
  bool over_ = false, whole_ = false;
  std::string why_;
};

class PairPeel : public Track {
 public:
  PairPeel(wire::Hello base, Ladder first, Ladder second)
      : base_(std::move(base)), ladders_{std::move(first), std::move(second)} {
    accepted_any_ = ladders_[0].found_any();
  }
  std::optional<wire::Hello> next() override;
  void answer(const wire::Answer&, Said) override;

  const Ladder& first() const { return ladders_[0]; }
  const Ladder& second() const { return ladders_[1]; }
  bool accepted_any() const { return accepted_any_; }
  // The first of several suites that were offered in one order all the time.
  bool took_first_suite() const { return took_first_; }
  const std::optional<wire::Answer>& first_refusal() const { return first_refusal_; }
  bool refused() const { return refused_; }  // and that refusal was certain

 private:
  wire::Hello base_;
  std::array<Ladder, 2> ladders_;
  std::array<bool, 2> asked_{};  // their rest, in the question under way
  enum class Comparing { nothing, known, shares };
  Comparing comparing_{};  // in the question under way
  bool compared_ = false, compared_shares_ = false;
  bool apart_ = false, accepted_any_ = false, took_first_ = false, refused_ = false;
  std::optional<wire::Answer> first_refusal_;
};

}  // namespace tlspolicy::scan
