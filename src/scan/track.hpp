// SPDX-License-Identifier: Apache-2.0
// One chain of questions to one endpoint.  Pure: what is asked next follows from the answers alone.
// Every answer makes what is left shorter or ends a phase, so every chain ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probe/probe.hpp"
#include "scan/said.hpp"
#include "wire/hello.hpp"

namespace tlspolicy::scan {

class Track {
 public:
  Track() = default;
  Track(const Track&) = delete;
  Track& operator=(const Track&) = delete;
  virtual ~Track() = default;

  virtual std::optional<wire::Hello> next() = 0;  // nullopt: it is over
  // To what `next` gave last.  Unclear answers come here only after they were asked again.
  virtual void answer(const wire::Answer&, Said) = 0;
  // Of the next question, beside others of its address.
  virtual probe::Manner manner() const { return probe::Manner::usual; }
};

}  // namespace tlspolicy::scan
