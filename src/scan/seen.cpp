// SPDX-License-Identifier: Apache-2.0
// Certificates and fields that went by; see seen.hpp.
#include "scan/seen.hpp"

#include <algorithm>

#include "scan/certificate.hpp"

namespace tlspolicy::scan {
namespace {
// A server that shows another one each time does not fill the memory.
constexpr std::size_t kMost = 16;
}  // namespace

void Seen::take(const wire::Chosen& chosen) {
  take(chosen.certificates, chosen.version);
  if (!chosen.dh_prime.empty() && fields_.size() < kMost)
    fields_.emplace(chosen.dh_prime, chosen.dh_bits);
}

void Seen::take(const std::vector<wire::Bytes>& certificates, crypto::Protocol version) {
  if (certificates.empty()) return;
  const auto same_leaf = [&](const Sent& sent) {
    return sent.certificates.front() == certificates.front();
  };
  auto found = std::ranges::find_if(sent_, same_leaf);
  if (found == sent_.end()) {
    if (sent_.size() == kMost) return;
    found = sent_.insert(sent_.end(), {certificates, {}});
  }
  found->versions.insert(version);
  // SSLv2 shows the leaf alone.
  if (certificates.size() > found->certificates.size()) found->certificates = certificates;
}

std::vector<Chain> Seen::chains() const {
  std::vector<Chain> out;
  for (const Sent& sent : sent_) {
    Chain chain;
    for (const auto& one : sent.certificates) chain.certificates.push_back(read_certificate(one));
    chain.seen_in.assign(sent.versions.begin(), sent.versions.end());
    out.push_back(std::move(chain));
  }
  return out;
}

std::vector<Field> Seen::fields() const {
  std::vector<Field> out;
  for (const auto& [prime, bits] : fields_) out.push_back({bits, field_name(prime)});
  std::ranges::sort(out, {}, &Field::bits);
  return out;
}

std::optional<crypto::Group> Seen::curve_of_leaf() const {
  for (const Sent& sent : sent_)
    if (const auto curve = read_certificate(sent.certificates.front()).curve) return curve;
  return std::nullopt;
}

}  // namespace tlspolicy::scan
