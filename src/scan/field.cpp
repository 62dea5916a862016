// SPDX-License-Identifier: Apache-2.0
// Finite fields by their prime.  One that is published is used by many: breaking it once breaks it
// for all (Adrian et al., "Imperfect Forward Secrecy", 2015); one that is not may be anything.
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <utility>

#include "scan/certificate.hpp"

namespace tlspolicy::scan {
namespace {
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Primes = std::vector<std::pair<wire::Bytes, std::string>>;

wire::Bytes bytes_of(const BIGNUM* number) {
  wire::Bytes out(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.data());
  return out;
}

// The library knows RFC 7919's and RFC 5114's groups by name.
wire::Bytes prime_of(const char* group) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "DHX", nullptr), EVP_PKEY_CTX_free);
  std::string word(group);
  const std::array<OSSL_PARAM, 2> settings{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, word.data(), 0),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* raw = nullptr;
  if (!context || EVP_PKEY_paramgen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_params(context.get(), settings.data()) != 1 ||
      EVP_PKEY_paramgen(context.get(), &raw) != 1)
    return {};
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(raw, EVP_PKEY_free);
  BIGNUM* prime = nullptr;
  if (EVP_PKEY_get_bn_param(raw, OSSL_PKEY_PARAM_FFC_P, &prime) != 1) return {};
  return bytes_of(Number(prime, BN_free).get());
}

Primes known_primes() {
  Primes out;
  const auto add = [&](BIGNUM* (*make)(BIGNUM*), const char* name) {
    out.emplace_back(bytes_of(Number(make(nullptr), BN_free).get()), name);
  };
  add(BN_get_rfc2409_prime_768, "modp768 (RFC 2409)");
  add(BN_get_rfc2409_prime_1024, "modp1024 (RFC 2409)");
  add(BN_get_rfc3526_prime_1536, "modp1536 (RFC 3526)");
  add(BN_get_rfc3526_prime_2048, "modp2048 (RFC 3526)");
  add(BN_get_rfc3526_prime_3072, "modp3072 (RFC 3526)");
  add(BN_get_rfc3526_prime_4096, "modp4096 (RFC 3526)");
  add(BN_get_rfc3526_prime_6144, "modp6144 (RFC 3526)");
  add(BN_get_rfc3526_prime_8192, "modp8192 (RFC 3526)");
  for (const char* name : {"ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"})
    out.emplace_back(prime_of(name), name);
  out.emplace_back(prime_of("dh_1024_160"), "1024-bit MODP (RFC 5114)");
  out.emplace_back(prime_of("dh_2048_224"), "2048-bit MODP, 224-bit subgroup (RFC 5114)");
  out.emplace_back(prime_of("dh_2048_256"), "2048-bit MODP, 256-bit subgroup (RFC 5114)");
  std::erase_if(out, [](const auto& one) { return one.first.empty(); });
  return out;
}
}  // namespace

std::string field_name(const wire::Bytes& prime) {
  static const Primes kKnown = known_primes();
  for (const auto& [bytes, name] : kKnown)
    if (bytes == prime) return name;
  return {};
}

}  // namespace tlspolicy::scan
