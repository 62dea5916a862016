// SPDX-License-Identifier: Apache-2.0
// Before strangers are talked to: this process gives up what it does not need for that.
#pragma once

#include "base/result.hpp"

namespace tlspolicy::host {

// From here on: no file can be opened for writing, no program started, no other process touched.
// As root the process becomes the user nobody, without groups and capabilities, for good.  What is
// open stays open.  Before any thread is started.
//
// The kernel's filter (seccomp(2)) is put on where the kernel has one; without it the change of
// user holds alone, and `filtered` says so.
struct Confinement {
  bool unprivileged = false;  // it was root and is not any more
  bool filtered = false;
};
Result<Confinement> confine();

}  // namespace tlspolicy::host
