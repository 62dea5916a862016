// SPDX-License-Identifier: Apache-2.0
// Further instances of one service (postmulti(1)): the same manifest with another "${conf}". Each
// is planned, changed and proven by itself under a name of its own, "postfix@postfix-out" beside
// "postfix".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/flatten.hpp"
#include "service/manifest.hpp"

namespace tlspolicy::service {

// The folders that the manifest's key `further` names, in their order, each once.
std::vector<std::string> further_folders(const Manifest&, const std::vector<config::Source>&);
// "postfix", "/etc/postfix-out" -> "postfix@postfix-out"; a folder elsewhere keeps its whole path.
std::string further_name(const std::string& service, const std::string& folder);
// "postfix@postfix-out" -> "postfix": whose manifest, and whose part of a policy, counts.
std::string plain_name(std::string_view service);

}  // namespace tlspolicy::service
