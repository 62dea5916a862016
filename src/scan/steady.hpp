// SPDX-License-Identifier: Apache-2.0
// Whether one server answers: the first hello that was accepted is asked again in the end.  Several
// behind one address that do not have the same would give lists that are true of none of them, and
// a server that has had enough of us refuses what it has.
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
  Steady(wire::Hello hello, wire::Answer answer, int times)
      : hello_(std::move(hello)), answer_(std::move(answer)), left_(times) {}
  std::optional<wire::Hello> next() override;
  void answer(const wire::Answer&, Said) override;

  const std::string& differs() const { return differs_; }  // how; "": it was the same each time
  const std::string& lost() const { return lost_; }        // what came instead of an answer

 private:
  wire::Hello hello_;
  wire::Answer answer_;
  int left_;
  std::string differs_, lost_;
};

}  // namespace tlspolicy::scan
