// SPDX-License-Identifier: Apache-2.0
// The order of likelihood among suites: a hello of at most 60 has to catch what servers really
// have, so key exchange and cipher are ranked by how widespread they are, not by strength.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "crypto/terms.hpp"

namespace tlspolicy::crypto {
namespace {

int rank(KeyExchange kx) {
  using enum KeyExchange;
  switch (kx) {
    case tls13:
    case ssl2:
    case rsa:
    case ecdhe:
      return 0;
    case dhe:
      return 1;
    case rsa_export:
    case dhe_export:
    case dh_anon:
    case ecdh_anon:
      return 4;
    default:
      return 8;  // static Diffie-Hellman, pre-shared keys, Kerberos, SRP, GOST
  }
}

int rank(std::string_view encryption) {
  struct Row {
    std::string_view start;
    int rank;
  };
  // The first row that fits counts.
  static constexpr std::array kRows{
      Row{"AES_128_GCM", 0}, Row{"AES_256_GCM", 0}, Row{"AES_128_CBC", 0}, Row{"AES_256_CBC", 0},
      Row{"3DES", 1},        Row{"RC4_128", 1},     Row{"CHACHA20", 1},    Row{"CAMELLIA", 2},
      Row{"DES_CBC", 2},     Row{"NULL", 3},        Row{"SEED", 3},        Row{"IDEA", 3},
      Row{"DES40", 3},       Row{"RC4_40", 3},      Row{"RC2", 3},         Row{"AES", 4},
  };
  for (const Row& row : kRows)
    if (encryption.starts_with(row.start)) return row.rank;
  return 5;
}

int rank(const SuiteInfo& info) {
  const bool rare_key = info.auth == Auth::dss;
  const bool rare_hash = !info.aead && (info.mac == "SHA256" || info.mac == "SHA384");
  return rank(info.kx) + rank(info.encryption) + (rare_key ? 3 : 0) + (rare_hash ? 1 : 0);
}
}  // namespace

Suites popular_in(Protocol version) {
  std::vector<std::pair<int, Suite>> found;
  for (const SuiteInfo& info : all_suites())
    if (answerable_in(info.suite, version)) found.emplace_back(rank(info), info.suite);
  std::ranges::sort(found);  // of equal rank: by number, as they are registered
  Suites out;
  for (const auto& [rank, suite] : found) out.push_back(suite);
  return out;
}

}  // namespace tlspolicy::crypto
