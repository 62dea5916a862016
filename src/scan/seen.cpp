// SPDX-License-Identifier: Apache-2.0
// Certificates and fields that went by; see seen.hpp.
#include "scan/seen.hpp"

#include <algorithm>

#include "scan/certificate.hpp"

namespace tlspolicy::scan {
namespace {
// A server that shows another one each time does not fill the memory.
constexpr std::size_t kMost = 16;
// RFC 8017 9.1.1 and 9.2: SHA-512 takes 1,042 bits with PSS, 752 with PKCS #1 1.5.
constexpr int kRoomForAll = 1042;
}  // namespace

void Seen::take(const wire::Chosen& chosen) {
  if (!chosen.certificates.empty()) take_certificates(chosen);
  if (!chosen.dh_prime.empty() && fields_.size() < kMost)
    fields_.emplace(chosen.dh_prime, chosen.dh_bits);
}

void Seen::take_certificates(const wire::Chosen& chosen) {
  const auto same = [&](const Leaf& one) {
    return one.sent.certificates.front() == chosen.certificates.front();
  };
  auto found = std::ranges::find_if(leaves_, same);
  if (found == leaves_.end()) {
    if (leaves_.size() == kMost) return;
    const auto& leaf = chosen.certificates.front();
    found =
        leaves_.insert(leaves_.end(), Leaf{{chosen.certificates, {}}, read_certificate(leaf), {}});
  }
  found->versions.insert(chosen.version);
  // SSLv2 shows the leaf alone.
  if (chosen.certificates.size() > found->sent.certificates.size())
    found->sent.certificates = chosen.certificates;
  if (!found->sent.staple) found->sent.staple = chosen.told.staple;
}

std::vector<Chain> Seen::chains() const {
  std::vector<Chain> out;
  for (const Leaf& one : leaves_)
    out.push_back(read_chain(one.sent, one.read, {one.versions.begin(), one.versions.end()}));
  return out;
}

std::vector<Field> Seen::fields() const {
  std::vector<Field> out;
  for (const auto& [prime, bits] : fields_) out.push_back({bits, field_name(prime)});
  std::ranges::sort(out, {}, &Field::bits);
  return out;
}

std::optional<crypto::Group> Seen::curve_of_leaf() const {
  for (const Leaf& one : leaves_)
    if (one.read.curve) return one.read.curve;
  return std::nullopt;
}

bool Seen::small_rsa() const {
  return std::ranges::any_of(leaves_, [](const Leaf& one) {
    return one.read.key_type.starts_with("RSA") && one.read.key_bits < kRoomForAll;
  });
}

}  // namespace tlspolicy::scan
