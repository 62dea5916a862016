// SPDX-License-Identifier: Apache-2.0
// What execve(2) wants, made before fork(2), so that the child allocates nothing; inside of
// src/host.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace tlspolicy::host {

inline constexpr std::string_view kPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Where the program may be; the child tries them in turn.
inline std::vector<std::string> candidates(const std::string& program) {
  if (program.find('/') != std::string::npos) return {program};
  std::vector<std::string> out;
  for (const auto& folder : base::split(kPath, ':')) out.push_back(folder + "/" + program);
  return out;
}

// The texts must stay where they are.
inline std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace tlspolicy::host
