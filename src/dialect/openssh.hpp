// SPDX-License-Identifier: Apache-2.0
// OpenSSH's words: lists of algorithm names joined by commas, limited to what an installed version
// knows (`ssh -Q KIND`); the rest comes back as unsayable.  sshd_config(5).
#pragma once

#include <string>
#include <vector>

#include "base/version.hpp"

namespace tlspolicy::dialect::openssh {

struct Program {
  base::Version version;                                   // 9.2.1
  std::vector<std::string> kex, ciphers, macs, host_keys;  // what `ssh -Q` lists; empty: by version
};
struct Words {
  std::string text;
  std::vector<std::string> unsayable, said;
};
enum class List { kex, ciphers, macs, host_keys };
Words list(List, const std::vector<std::string>& names, const Program&);

}  // namespace tlspolicy::dialect::openssh
