// SPDX-License-Identifier: Apache-2.0
// Reading the key of a leaf certificate: type, size and curve (RFC 5280 4.1.2.7).
#include "prove/leaf.hpp"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace tlspolicy::prove {
namespace {
// OpenSSL's names where they differ from the registry's.
std::optional<crypto::Group> curve_named(std::string_view name) {
  if (name == "prime256v1") return crypto::group_named("secp256r1");
  if (name == "prime192v1") return crypto::group_named("secp192r1");
  return crypto::group_named(name);
}

std::optional<crypto::Group> curve_of(const EVP_PKEY* key) {
  std::array<char, 80> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return std::nullopt;
  return curve_named({name.data(), size});
}
}  // namespace

std::optional<LeafKey> leaf_key(const wire::Bytes& der) {
  const unsigned char* at = der.data();
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  const EVP_PKEY* key = leaf ? X509_get0_pubkey(leaf.get()) : nullptr;
  if (!key) return std::nullopt;
  const char* type = EVP_PKEY_get0_type_name(key);
  LeafKey out{.type = type ? type : "unknown", .bits = EVP_PKEY_get_bits(key), .curve = {}};
  if (out.type == "EC") out.curve = curve_of(key);
  return out;
}

}  // namespace tlspolicy::prove
