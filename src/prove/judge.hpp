// SPDX-License-Identifier: Apache-2.0
// The verdict on one endpoint: a pure function of what was expected and what the wire showed.
#pragma once

#include <map>

#include "prove/questions.hpp"

namespace tlspolicy::prove {

struct Tried {
  crypto::Protocol version{};  // asked for; Handshake::version is what came of it
  probe::Handshake handshake;
};

struct Evidence {
  Answers answers;
  std::vector<Tried> handshakes;
  std::optional<wire::SshAnswer> ssh;
  std::optional<std::vector<std::string>> ssh_sig_algs;  // nullopt: nobody could look
  // By connection; absent: it could not be asked.
  std::map<std::string, SshEffective> ssh_effective{};
  std::optional<probe::Caught> caught{};  // of a client; nullopt: nobody could make it come
  int connections = 0;
};

Verdict judge(const Target&, const Evidence&);
// "refused (alert 40)", "silence", "a reset"; for the texts of findings.
std::string describe(const wire::Answer&);

}  // namespace tlspolicy::prove
