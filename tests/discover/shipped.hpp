// SPDX-License-Identifier: Apache-2.0
// The manifests as they are shipped, and machines in memory that more than one test looks at.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "discover/discover.hpp"
#include "support/fake_host.hpp"

namespace tlspolicy::discover {

inline std::map<std::string, service::Manifest> shipped(const std::vector<std::string>& names = {
                                                            "httpd", "postfix", "sshd"}) {
  std::map<std::string, service::Manifest> out;
  for (const auto& name : names) {
    std::ifstream in(std::string(TLSPOLICY_SOURCE) + "/data/services/" + name + "/service.toml");
    std::ostringstream text;
    text << in.rdbuf();
    out[name] = service::parse_manifest(text.str(), name).value();
  }
  return out;
}

inline service::Instance only(const service::HostState& state) {
  EXPECT_EQ(state.instances.size(), 1u);
  return state.instances.empty() ? service::Instance{} : state.instances[0];
}

inline test::FakeHost running_sshd() {
  test::FakeHost host;
  host.put("/lib/systemd/system/ssh.service", "");
  host.put("/etc/ssh/sshd_config", "");
  host.on("*", 1);
  host.on("systemctl is-active *", 0);
  host.on("systemctl show --property=MainPID *", 0, "77\n");
  return host;
}

}  // namespace tlspolicy::discover
