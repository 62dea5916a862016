// SPDX-License-Identifier: Apache-2.0
// Which version of a library first has a word that an installed one lacks; see facts.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/version.hpp"
#include "service/facts.hpp"

namespace tlspolicy::service {
namespace {
struct Since {
  std::string_view name, version;
  std::string_view gnutls = {};  // its NEWS, of 3.8.8
};
// OpenSSL: NEWS of 1.1.0, 1.1.1, 3.0.0 and 3.5.0.  OpenSSH: release notes of 8.5, 9.0, 9.9.
constexpr std::array kSince{
    Since{"X25519MLKEM768", "3.5", "3.8.8"},
    Since{"SecP256r1MLKEM768", "3.5", "3.8.8"},
    Since{"SecP384r1MLKEM1024", "3.5", "3.8.8"},
    Since{"MLKEM768", "3.5"},
    Since{"MLKEM1024", "3.5"},
    Since{"mldsa44", "3.5"},
    Since{"mldsa65", "3.5"},
    Since{"mldsa87", "3.5"},
    Since{"mlkem768x25519-sha256", "9.9"},
    Since{"sntrup761x25519-sha512", "9.9"},
    Since{"sntrup761x25519-sha512@openssh.com", "8.5"},
};
}  // namespace

std::string what_brings(std::string_view dialect, const std::vector<std::string>& names,
                        std::string_view version) {
  std::string_view newest;
  for (const auto& name : names) {
    const auto known = std::ranges::find(kSince, name, &Since::name);
    if (known == kSince.end()) continue;
    const auto since = dialect == "gnutls" ? known->gnutls : known->version;
    if (since.empty()) continue;
    if (newest.empty() || *base::parse_version(newest) < *base::parse_version(since))
      newest = since;
  }
  const char* program = dialect == "openssh"  ? "OpenSSH"
                        : dialect == "gnutls" ? "GnuTLS"
                                              : "OpenSSL";
  if (newest.empty()) return fmt::format("no {} that we know of has it enabled", program);
  // Debian 13's 3.8.9 is new enough, and built without.
  const auto have = base::parse_version(version);
  if (dialect == "gnutls" && have && *have >= *base::parse_version(newest))
    return fmt::format("a build of GnuTLS with it: {} has it as a choice of who builds it",
                       version);
  if (dialect == "gnutls") return fmt::format("GnuTLS {} or later that is built with it", newest);
  return fmt::format("{} {} or later", program, newest);
}

}  // namespace tlspolicy::service
