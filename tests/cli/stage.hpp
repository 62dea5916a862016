// SPDX-License-Identifier: Apache-2.0
// A host in memory with Apache and sshd, and everything that the verbs reach for, so that a whole
// verb runs in a test: real policies, manifests, planner, executor and journal; made-up network.
#pragma once

#include <sstream>
#include <string>

#include "cli/verbs.hpp"
#include "support/fake_host.hpp"

namespace tlspolicy::cli::test {

class Stage {
 public:
  Stage();

  int run(Request request);  // fills out and err
  Request request(std::string verb, std::string policy = {}) const;

  tlspolicy::test::FakeHost host;
  std::unique_ptr<host::Host> machine;
  std::string data;
  bool sshd_broken = false;
  bool sshd_unseen = false;  // no endpoint of it is found
  prove::Outcome proof = prove::Outcome::complies;
  bool serves_new = true;  // does the endpoint answer once our drop-in is there?
  bool serves_old = true;  // and without it?
  bool weak_now = true;    // the endpoint accepts everything: nothing can get weaker
  std::string answer;      // what the person types; "": nobody is there
  int proofs = 0, measures = 0;
  std::string asked;  // the question that was put
  bool inside_ssh = false;
  int can_arm = 100;                                                // so many times
  std::vector<std::pair<std::string, std::chrono::seconds>> armed;  // name, and after which time
  std::string out, err;
  std::vector<std::string> notes;

 private:
  service::HostState look(const Manifests&, const std::set<std::string>& only) const;
  std::vector<prove::Verdict> prove(const std::vector<prove::Target>&);
  std::vector<prove::Now> measure(const std::vector<prove::NowQuestion>&);
};

inline constexpr char kDropin[] = "/etc/apache2/conf-enabled/zz-tlspolicy.conf";
inline constexpr char kSshdDropin[] = "/etc/ssh/sshd_config.d/00-tlspolicy.conf";

}  // namespace tlspolicy::cli::test
