// SPDX-License-Identifier: Apache-2.0
// Signals of the terminal, while the host is being changed.
#pragma once

namespace tlspolicy::host {

// From now on a lost terminal or SSH connection, or a closed pipe, does not stop this process: a
// change goes on to its end.  Programs that it starts are not concerned.
void outlive_the_asker();

}  // namespace tlspolicy::host
