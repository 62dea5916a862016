// SPDX-License-Identifier: Apache-2.0
// Match blocks of sshd_config(5): a connection for which each of them holds, so that `sshd -T -C`
// can say what it makes of the settings that may stand in a block.
#pragma once

#include <string>
#include <vector>

#include "config/flatten.hpp"
#include "service/host_state.hpp"

namespace tlspolicy::service {

// The blocks of `kind` in which one of the `keys` stands, in the order of reading, each once.
std::vector<MatchBlock> match_blocks(const std::vector<config::Source>& settings,
                                     const std::string& kind, const std::vector<std::string>& keys);

// "User bob,alice Address 10.0.0.0/8" -> "user=bob,host=localhost,addr=10.0.0.0", as -C takes it;
// "" where a criterion is not known or nothing was found that meets it.  "group=" stands where a
// member has to be found first: sshd asks for a user.
std::string connection_for(const std::string& criteria);

}  // namespace tlspolicy::service
