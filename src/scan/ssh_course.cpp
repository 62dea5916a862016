// SPDX-License-Identifier: Apache-2.0
// Scanning SSH; see ssh_course.hpp.
#include "scan/ssh_course.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/lists.hpp"
#include "wire/ssh.hpp"

namespace tlspolicy::scan {
namespace {
constexpr std::array kFieldSizes{1'024, 1'536, 2'048, 3'072, 4'096, 6'144, 8'192};

// RFC 8332 3: the same key under several names.
std::string key_behind(const std::string& algorithm) {
  return algorithm.starts_with("rsa-sha2-") ? "ssh-rsa" : algorithm;
}

bool has_asked_field(const wire::SshOffer& offer) {
  return std::ranges::any_of(offer.kex, [](const std::string& name) {
    return name.starts_with("diffie-hellman-group-exchange-");
  });
}
}  // namespace

std::vector<std::string> one_for_each_key(const std::vector<std::string>& algorithms) {
  std::vector<std::string> out, keys;
  for (const auto& algorithm : algorithms) {
    const bool certificate = algorithm.find("-cert-") != std::string::npos;
    if (certificate || base::has(keys, key_behind(algorithm))) continue;
    keys.push_back(key_behind(algorithm));
    out.push_back(algorithm);
  }
  return out;
}

std::string fingerprint(wire::View blob) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(blob.data(), blob.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    return {};
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  std::string out(text.begin(), text.begin() + length);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

void SshCourse::gap(const std::string& about, const std::string& why) {
  endpoint_.gaps.push_back({about, why});
}

void SshCourse::start() {
  ask({}, [this](const probe::SshShake& shake) {
    if (shake.offer) return take_first(shake);
    if (tries_left_-- > 0) return start();
    endpoint_.why = shake.why;
  });
}

void SshCourse::ask(const probe::SshWish& wish, std::function<void(const probe::SshShake&)> then) {
  ++awaited_;
  enquiry_.shake_ssh(endpoint_.target.place, wish,
                     [this, then = std::move(then)](const probe::SshShake& shake) {
                       ++endpoint_.connections;
                       connected_ = connected_ || !shake.unreachable;
                       then(shake);
                       if (--awaited_ == 0) on_end_();
                     });
}

void SshCourse::take_first(const probe::SshShake& shake) {
  endpoint_.serves = Fact::yes;
  Ssh& ssh = endpoint_.ssh.emplace();
  ssh.offer = *shake.offer;
  const bool strict = base::has(ssh.offer.kex, std::string("kex-strict-s-v00@openssh.com"));
  ssh.strict_kex = strict ? Fact::yes : Fact::no;
  ssh.server_sig_algs = shake.sig_algs.value_or(std::vector<std::string>{});
  if (!shake.sig_algs) gap("server-sig-algs", shake.why);
  const auto algorithms = one_for_each_key(ssh.offer.host_keys);
  if (!algorithms.empty()) take_key(algorithms.front(), shake);
  ask_the_rest();
}

void SshCourse::take_key(const std::string& algorithm, const probe::SshShake& shake) {
  const auto key = wire::parse_host_key(shake.host_key);
  if (!key || shake.host_key.empty())
    return gap("the host key for " + algorithm,
               shake.why.empty() ? "it cannot be read" : shake.why);
  Ssh& ssh = *endpoint_.ssh;
  ssh.host_keys.push_back({key->algorithm, key->bits, fingerprint(shake.host_key)});
  // As the server lists them, whichever answer came first.
  const auto& offered = ssh.offer.host_keys;
  std::ranges::stable_sort(ssh.host_keys, {}, [&](const HostKey& one) {
    return std::ranges::find(offered, one.algorithm, key_behind) - offered.begin();
  });
}

void SshCourse::ask_the_rest() {
  const auto algorithms = one_for_each_key(endpoint_.ssh->offer.host_keys);
  for (std::size_t i = 1; i < algorithms.size(); ++i)
    ask({.host_key = algorithms[i]},
        [this, algorithm = algorithms[i]](const auto& shake) { take_key(algorithm, shake); });
  if (!moduli_ || !has_asked_field(endpoint_.ssh->offer)) return;
  for (const int bits : kFieldSizes)
    ask({.field_bits = bits}, [this, bits](const probe::SshShake& shake) {
      auto& moduli = endpoint_.ssh->moduli;
      if (shake.field_bits > 0 && !base::has(moduli, shake.field_bits))
        moduli.insert(std::ranges::upper_bound(moduli, shake.field_bits), shake.field_bits);
      // A server that has none of that size says so by breaking off.
      if (shake.field_bits == 0 && !shake.offer)
        gap("a field of " + std::to_string(bits) + " bits", shake.why);
    });
}

}  // namespace tlspolicy::scan
