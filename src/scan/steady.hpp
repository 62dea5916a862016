// SPDX-License-Identifier: Apache-2.0
// Whether one server answers: the first hello that was accepted is asked again in the end.  Several
// behind one address that do not have the same would give lists that are true of none of them, and
// a server that has had enough of us, or that serves one connection at a time, refuses what it has.
#pragma once

#include <string>
#include <utility>

#include "scan/track.hpp"

namespace tlspolicy::scan {

// How another answer to the same hello differs; "": it says the same.
std::string difference(const wire::Answer& first, const wire::Answer& in_the_end);

class Steady : public Track {
 public:
  // `times`: turn by turn (round robin) both of two servers come in two questions; by chance (one
  // in 16) not in four.
  // `kept`: each connection stands until the last one, beside them all, is answered.
  Steady(wire::Hello hello, wire::Answer answer, int times, probe::Manner manner)
      : hello_(std::move(hello)), answer_(std::move(answer)), left_(times), manner_(manner) {}
  std::optional<wire::Hello> next() override;
  void answer(const wire::Answer&, Said) override;

  probe::Manner manner() const override {
    return manner_ == probe::Manner::kept && left_ == 1 ? probe::Manner::beside : manner_;
  }
  const std::string& differs() const { return differs_; }  // how; "": it was the same each time
  const std::string& lost() const { return lost_; }        // what came instead of an answer

 private:
  wire::Hello hello_;
  wire::Answer answer_;
  int left_;
  probe::Manner manner_;
  std::string differs_, lost_;
};

}  // namespace tlspolicy::scan
