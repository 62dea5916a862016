// SPDX-License-Identifier: Apache-2.0
// How a thread tells the loop that there is something new for it: eventfd(2).
#pragma once

#include "probe/connect.hpp"

namespace tlspolicy::probe {

class Wake {
 public:
  Wake();
  int fd() const { return event_.fd(); }  // readable after ring, until hush
  void ring() const;
  void hush() const;

 private:
  Socket event_;
};

}  // namespace tlspolicy::probe
