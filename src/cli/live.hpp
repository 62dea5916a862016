// SPDX-License-Identifier: Apache-2.0
// Proof with everything that it needs from this machine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.hpp"
#include "prove/prove.hpp"

namespace tlspolicy::cli {

std::vector<prove::Verdict> prove_live(host::Host&, const std::vector<prove::Target>&);
std::vector<prove::Now> measure_live(host::Host&, const std::vector<prove::NowQuestion>&);

// The user-key algorithms that ssh(1) was told by the server (RFC 8308, server-sig-algs), from its
// messages at -vv; {} where it was told none.
std::vector<std::string> sig_algs_in(std::string_view messages);

// Before 9.6 OpenSSH announces every algorithm that it was built with, whatever
// PubkeyAcceptedAlgorithms says: the announcement is no evidence then, and what `sshd -T` prints as
// effective stands in for it.
bool announces_what_it_accepts(std::string_view messages);
std::vector<std::string> accepted_in(std::string_view settings);

// What `sshd -T -C` says of a connection; "" is root's from this host.  Where it names a group, a
// user is looked for who is in it.  nullopt: sshd could not say (it wants root for its keys).
std::optional<prove::SshEffective> effective_settings(host::Host&, const std::string& connection);

}  // namespace tlspolicy::cli
