// SPDX-License-Identifier: Apache-2.0
// Peeling two lists at once; see pair_peel.hpp.
#include "scan/pair_peel.hpp"

#include <algorithm>

#include "base/lists.hpp"
#include "scan/lists.hpp"

namespace tlspolicy::scan {
namespace {
constexpr std::size_t kEnoughFound = 4;

std::size_t how_many_usual(Kind kind) {
  if (kind == Kind::suites) return 3;  // RFC 8446 9.1: those that must, and those that should be
  return kind == Kind::groups ? 5 : 7;
}

template <class Term>
std::vector<Term> terms(const Numbers& numbers) {
  std::vector<Term> out;
  for (const auto number : numbers) out.push_back(static_cast<Term>(number));
  return out;
}
}  // namespace

Ladder Ladder::fixed(Kind kind, Numbers all) {
  Ladder out(kind, std::move(all));
  out.over_ = true;
  return out;
}

// In the order in which they would have been chosen without being put behind each other.
void Ladder::know(const Numbers& found, bool client_decides, bool whole) {
  for (const auto number : found) {
    if (!base::has(left_, number)) continue;
    found_.push_back({number, false});
    std::erase(left_, number);
  }
  if (found_.empty()) return;
  reversed_ = true;
  if (client_decides) shown_ = Order::client;
  if (whole || left_.empty()) refused();
}

bool Ladder::usual_left() const {
  const auto usual = base::first_of(all_, how_many_usual(kind_));
  return std::ranges::any_of(left_, [&](auto number) { return base::has(usual, number); });
}

void Ladder::set(wire::Hello& hello, const Numbers& numbers) const {
  if (kind_ == Kind::suites) hello.suites = terms<crypto::Suite>(numbers);
  if (kind_ == Kind::groups) hello.groups = terms<crypto::Group>(numbers);
  if (kind_ == Kind::schemes) hello.schemes = terms<crypto::Scheme>(numbers);
}

void Ladder::offer_rest(wire::Hello& hello) {
  asked_rest_ = true;
  asked_shares_ = false;
  auto sent = left_;
  if (reversed_) std::ranges::reverse(sent);
  set(hello, base::with(std::move(sent), kept_));
  if (kind_ == Kind::suites) hello.suites = arranged(std::move(hello.suites), false);
}

// The least wanted first: whoever still takes the most wanted has an order of its own.  Where that
// is known, ChaCha20 first: some servers let the client decide about that.
void Ladder::offer_known(wire::Hello& hello) {
  asked_rest_ = asked_shares_ = false;
  if (found_.empty()) return set(hello, all_);
  Numbers sent;
  for (const Found& one : found_) sent.push_back(one.number);
  if (kind_ == Kind::suites && over_ && order() == Order::server)
    std::ranges::stable_partition(
        sent, [](auto n) { return is_chacha20(static_cast<crypto::Suite>(n)); });
  else if (kind_ == Kind::suites)
    sent = numbers(least_wanted_first(terms<crypto::Suite>(sent)));
  else
    std::ranges::reverse(sent);
  first_sent_ = sent.front();
  set(hello, base::with(std::move(sent), kept_));
}

// Not of finite fields: ffdhe8192 costs the server a tenth of a second.
Numbers Ladder::shareable() const {
  const auto fits = [](crypto::Group group) {
    const auto* info = crypto::find(group);
    return info && (info->elliptic || info->post_quantum) && wire::can_share(group);
  };
  Numbers out;
  for (const Found& one : found_)
    if (kind_ == Kind::groups && fits(static_cast<crypto::Group>(one.number)))
      out.push_back(one.number);
  return out;
}

void Ladder::offer_shares(wire::Hello& hello) {
  asked_rest_ = false;
  asked_shares_ = true;
  auto sent = shareable();
  std::ranges::reverse(sent);
  hello.groups = terms<crypto::Group>(sent);
  hello.shares = {hello.groups.front(), hello.groups.back()};
}

std::optional<std::uint32_t> Ladder::chosen(const wire::Answer& answer) const {
  const auto number = [](auto term) -> std::optional<std::uint32_t> {
    if (!term) return std::nullopt;
    return static_cast<std::uint32_t>(*term);
  };
  if (const auto* retry = std::get_if<wire::Retry>(&answer)) {
    if (kind_ == Kind::suites) return static_cast<std::uint32_t>(retry->suite);
    if (kind_ == Kind::groups) return static_cast<std::uint32_t>(retry->group);
  }
  const auto* chosen = std::get_if<wire::Chosen>(&answer);
  if (!chosen) return std::nullopt;
  if (kind_ == Kind::suites) return static_cast<std::uint32_t>(chosen->suite);
  return kind_ == Kind::groups ? number(chosen->group) : number(chosen->scheme);
}

void Ladder::take(const wire::Answer& answer) {
  const auto number = chosen(answer);
  if (asked_shares_) {
    const auto sent = shareable();
    by_share_ = number == sent.front()  ? Order::server
                : number == sent.back() ? Order::client
                                        : Order::unknown;
    return;
  }
  if (!asked_rest_) {
    // Which of them it takes shows whose order counts; once that is known, others are asked first.
    if (found_.size() >= 2 && number && order_asked_for() == Order::unknown)
      shown_ = *number == found_.front().number ? Order::server
               : *number == first_sent_         ? Order::client
                                                : shown_;
    return;
  }
  if (number && base::has(left_, *number)) {
    found_.push_back({*number, reversed_});
    std::erase(left_, *number);
    reversed_ = !reversed_;
    if (left_.empty()) refused();
    return;
  }
  // It prefers what has to stay in the hello: no client can get any other.
  if (number && base::has(kept_, *number)) return refused();
  give_up("the answer names none");
}

void Ladder::refused() {
  over_ = true;
  whole_ = true;
}

void Ladder::give_up(std::string why) {
  over_ = true;
  why_ = std::move(why);
}

// Did it stand before the other in a list that ran so?
bool Ladder::in_front(std::uint32_t one, std::uint32_t two, bool reversed) const {
  const auto layer_of = [&](auto number) {
    return kind_ == Kind::suites ? layer(crypto::Suite{number}) : std::size_t{0};
  };
  if (layer_of(one) != layer_of(two)) return layer_of(one) < layer_of(two);
  const auto rank = [&](auto number) { return std::ranges::find(all_, number); };
  return (rank(one) < rank(two)) != reversed;
}

Order Ladder::order() const {
  const auto asked_for = order_asked_for();
  return by_share_ && *by_share_ != asked_for ? Order::unknown : asked_for;
}

Order Ladder::order_asked_for() const {
  for (auto one = found_.begin(); one != found_.end(); ++one)
    if (std::any_of(one + 1, found_.end(), [&](const Found& later) {
          return !in_front(one->number, later.number, one->reversed);
        }))
      return Order::server;
  if (kind_ != Kind::suites && found_.size() > kEnoughFound) return Order::client;
  return found_.size() < 2 ? Order::unknown : shown_;
}

Numbers Ladder::listed() const {
  Numbers out;
  for (const Found& one : found_) out.push_back(one.number);
  if (order() == Order::client)
    std::ranges::sort(out, {}, [&](auto number) { return std::ranges::find(all_, number); });
  return out;
}

std::optional<wire::Hello> PairPeel::next() {
  auto& [one, two] = ladders_;
  comparing_ = Comparing::nothing;
  if (one.over() && two.over()) {
    const bool shares = base_.versions.front() == crypto::Protocol::tls13 && two.shares_open();
    const bool open = two.order_open() || (one.order_open() && !shares);
    if (open && !compared_)
      comparing_ = Comparing::known;  // all that is known, once more
    else if (shares && !compared_shares_)
      comparing_ = Comparing::shares;
    else
      return std::nullopt;
  }
  asked_ = {!one.over(), !two.over()};
  // A list that is probably empty of what the server has is better refused alone.
  const bool alone = apart_ || (accepted_any_ && (!one.usual_left() || !two.usual_left()));
  if (asked_[0] && asked_[1] && alone) {
    const bool first = apart_ || !one.usual_left();
    asked_ = {first, !first};
  }
  wire::Hello hello = base_;
  for (std::size_t i = 0; i < 2; ++i)
    if (asked_[i])
      ladders_[i].offer_rest(hello);
    else
      ladders_[i].offer_known(hello);
  if (comparing_ == Comparing::shares) {
    two.offer_shares(hello);
    return hello;
  }
  // For servers that cannot ask for a retry: as many as the base has.
  hello.shares = base::first_of(base::only(hello.groups, wire::can_share), base_.shares.size());
  return hello;
}

void PairPeel::answer(const wire::Answer& answer, Said said) {
  compared_ = compared_ || comparing_ == Comparing::known;
  compared_shares_ = compared_shares_ || comparing_ == Comparing::shares;
  if (said == Said::yes) {
    accepted_any_ = true;
    const auto* chosen = std::get_if<wire::Chosen>(&answer);
    // ChaCha20 in front may be chosen by an order of the server's, too.
    if (chosen && base_.suites.size() > 1 && chosen->suite == base_.suites.front() &&
        !is_chacha20(chosen->suite))
      took_first_ = true;
    for (auto& ladder : ladders_) ladder.take(answer);
    return;
  }
  if (comparing_ == Comparing::shares) ladders_[1].no_share();
  if (!first_refusal_) {
    refused_ = said == Said::no;
    first_refusal_ = answer;
  }
  if (asked_[0] && asked_[1] && accepted_any_) {
    apart_ = true;
    return;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (!asked_[i]) continue;
    if (said == Said::no)
      ladders_[i].refused();
    else
      ladders_[i].give_up(describe(answer));
  }
}

}  // namespace tlspolicy::scan
