// SPDX-License-Identifier: Apache-2.0
// What is offered, in which order and how many at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/terms.hpp"

namespace tlspolicy::scan {

// No more suites than this where a server's tolerance is not known: some refuse longer hellos,
// others die of suites that they list and cannot do.
inline constexpr std::size_t kFamily = 60;

// Every suite of a version, the most widespread first.  Those that authenticate with certificates,
// or not at all; and those with pre-shared keys, SRP, Kerberos and the like.  These stay apart: a
// server that chooses one and then cannot go on must not hide what it can.  And those that came
// with TLS 1.2, where an older version is asked: the standards forbid them there, and some have
// them.
struct Registry {
  crypto::Suites ordinary, uncommon, misplaced;
  crypto::Suites ranked;  // all of them, in this order
};
const Registry& registry(crypto::Protocol);
std::vector<crypto::Suites> families(const crypto::Suites&, std::size_t longest);

// All that can be answered in that version, the most widespread first.
crypto::Groups groups_for(crypto::Protocol);
crypto::Schemes schemes_for(crypto::Protocol);
// Those of one kind of key: "rsa", "ecdsa" (with EdDSA, whose suites are the same), "dsa".
crypto::Schemes schemes_of(std::string_view key);

// Names for ALPN, the most widespread first.
std::vector<std::string> application_protocols();

bool is_cbc(crypto::Suite);
bool is_chacha20(crypto::Suite);

// As they are offered: forwards or backwards, but AES-GCM with ECDHE before all others and ChaCha20
// behind them either way.  OpenSSL with PrioritizeChaCha has another order for clients that begin
// with ChaCha20, Go for those that do not begin with AES-GCM.
crypto::Suites arranged(crypto::Suites, bool backwards);
constexpr std::size_t kLayers = 3;
std::size_t layer(crypto::Suite);  // lower ones stand in front, whichever way the list runs
// The other way round, without ChaCha20 as long as two are left: whoever still takes the last has
// an order of its own.
crypto::Suites least_wanted_first(crypto::Suites);

// Suites that no server can have (RFC 8701): what comes back is its way to say no.
crypto::Suites nothing_real();

}  // namespace tlspolicy::scan
