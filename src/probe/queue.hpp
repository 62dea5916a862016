// SPDX-License-Identifier: Apache-2.0
// Postfix's queue as somebody who may put a message into it sees it: the socket public/cleanup.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

#include "base/result.hpp"

namespace tlspolicy::probe {

// Whose processes take mail from the queue in this folder (mail_owner): smtp(8) runs as them.
Result<uid_t> queue_owner(const std::string& folder);

// Puts a message of nobody's into the queue, with the next hop ("smtp:[127.0.0.1]:40123").  `named`
// hears its id while it can still be thrown away by closing; its error does that.
Result<void> put_in_queue(const std::string& folder, const std::string& next_hop,
                          const std::function<Result<void>(const std::string& id)>& named,
                          std::chrono::milliseconds limit);

}  // namespace tlspolicy::probe
