// SPDX-License-Identifier: Apache-2.0
// The frame of tests of whole verbs on a host in memory: exit status, what is said, what is left
// behind.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <string>

#include "cli/stage.hpp"

namespace tlspolicy::cli::test {

inline std::map<std::string, std::string> etc(const tlspolicy::test::FakeHost& host) {
  std::map<std::string, std::string> out;
  for (const auto& [path, inode] : host.names)
    if (path.starts_with("/etc")) out[path] = inode->content;
  return out;
}

class Verbs : public testing::Test {
 protected:
  int run(std::string verb, std::string policy = {}) {
    return stage.run(stage.request(std::move(verb), std::move(policy)));
  }
  int run_weaker(std::string verb, std::string policy = {}) {
    auto request = stage.request(std::move(verb), std::move(policy));
    request.weaker = true;
    return stage.run(request);
  }
  Stage stage;
};

}  // namespace tlspolicy::cli::test
