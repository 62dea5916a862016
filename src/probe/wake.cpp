// SPDX-License-Identifier: Apache-2.0
// See wake.hpp.
#include "probe/wake.hpp"

#include <sys/eventfd.h>

namespace tlspolicy::probe {

Wake::Wake() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Wake::ring() const { eventfd_write(event_.fd(), 1); }

void Wake::hush() const {
  eventfd_t rung = 0;
  eventfd_read(event_.fd(), &rung);
}

}  // namespace tlspolicy::probe
