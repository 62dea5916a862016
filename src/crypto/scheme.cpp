// SPDX-License-Identifier: Apache-2.0
// Signature schemes: the registry "TLS SignatureScheme" (RFC 8446 4.2.3, RFC 8734, RFC 8998,
// RFC 9367, draft-ietf-tls-mldsa) and, below it, the pairs hash|signature of TLS 1.2 (RFC 5246
// 7.4.1.4.1) that got no name of their own there: they are called "<hash>_<signature>".
#include <fmt/format.h>

#include "crypto/lookup.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::crypto {
namespace {
// number, name, key, hash, may sign a TLS 1.3 handshake.  PKCS #1 v1.5 may not, save in a client's
// CertificateVerify under the numbers made for that (rsa_pkcs1_*_legacy).
constexpr SchemeInfo kSchemes[] = {
    {Scheme{0x0101}, "md5_rsa", "rsa", "MD5", false},
    {Scheme{0x0102}, "md5_dsa", "dsa", "MD5", false},
    {Scheme{0x0103}, "md5_ecdsa", "ecdsa", "MD5", false},
    {Scheme{0x0201}, "rsa_pkcs1_sha1", "rsa", "SHA1", false},
    {Scheme{0x0202}, "sha1_dsa", "dsa", "SHA1", false},
    {Scheme{0x0203}, "ecdsa_sha1", "ecdsa", "SHA1", false},
    {Scheme{0x0301}, "sha224_rsa", "rsa", "SHA224", false},
    {Scheme{0x0302}, "sha224_dsa", "dsa", "SHA224", false},
    {Scheme{0x0303}, "sha224_ecdsa", "ecdsa", "SHA224", false},
    {Scheme{0x0401}, "rsa_pkcs1_sha256", "rsa", "SHA256", false},
    {Scheme{0x0402}, "sha256_dsa", "dsa", "SHA256", false},
    {Scheme{0x0403}, "ecdsa_secp256r1_sha256", "ecdsa", "SHA256", true},
    {Scheme{0x0420}, "rsa_pkcs1_sha256_legacy", "rsa", "SHA256", true},
    {Scheme{0x0501}, "rsa_pkcs1_sha384", "rsa", "SHA384", false},
    {Scheme{0x0502}, "sha384_dsa", "dsa", "SHA384", false},
    {Scheme{0x0503}, "ecdsa_secp384r1_sha384", "ecdsa", "SHA384", true},
    {Scheme{0x0520}, "rsa_pkcs1_sha384_legacy", "rsa", "SHA384", true},
    {Scheme{0x0601}, "rsa_pkcs1_sha512", "rsa", "SHA512", false},
    {Scheme{0x0602}, "sha512_dsa", "dsa", "SHA512", false},
    {Scheme{0x0603}, "ecdsa_secp521r1_sha512", "ecdsa", "SHA512", true},
    {Scheme{0x0620}, "rsa_pkcs1_sha512_legacy", "rsa", "SHA512", true},
    {Scheme{0x0704}, "eccsi_sha256", "ibs", "SHA256", true},
    {Scheme{0x0705}, "iso_ibs1", "ibs", "", true},
    {Scheme{0x0706}, "iso_ibs2", "ibs", "", true},
    {Scheme{0x0707}, "iso_chinese_ibs", "ibs", "", true},
    {Scheme{0x0708}, "sm2sig_sm3", "sm2", "SM3", true},
    {Scheme{0x0709}, "gostr34102012_256a", "gost", "", true},
    {Scheme{0x070A}, "gostr34102012_256b", "gost", "", true},
    {Scheme{0x070B}, "gostr34102012_256c", "gost", "", true},
    {Scheme{0x070C}, "gostr34102012_256d", "gost", "", true},
    {Scheme{0x070D}, "gostr34102012_512a", "gost", "", true},
    {Scheme{0x070E}, "gostr34102012_512b", "gost", "", true},
    {Scheme{0x070F}, "gostr34102012_512c", "gost", "", true},
    {Scheme{0x0804}, "rsa_pss_rsae_sha256", "rsa", "SHA256", true},
    {Scheme{0x0805}, "rsa_pss_rsae_sha384", "rsa", "SHA384", true},
    {Scheme{0x0806}, "rsa_pss_rsae_sha512", "rsa", "SHA512", true},
    {Scheme{0x0807}, "ed25519", "ed25519", "", true},
    {Scheme{0x0808}, "ed448", "ed448", "", true},
    {Scheme{0x0809}, "rsa_pss_pss_sha256", "rsa", "SHA256", true},
    {Scheme{0x080A}, "rsa_pss_pss_sha384", "rsa", "SHA384", true},
    {Scheme{0x080B}, "rsa_pss_pss_sha512", "rsa", "SHA512", true},
    {Scheme{0x081A}, "ecdsa_brainpoolP256r1tls13_sha256", "ecdsa", "SHA256", true},
    {Scheme{0x081B}, "ecdsa_brainpoolP384r1tls13_sha384", "ecdsa", "SHA384", true},
    {Scheme{0x081C}, "ecdsa_brainpoolP512r1tls13_sha512", "ecdsa", "SHA512", true},
    {Scheme{0x0840}, "gostr34102012_256", "gost", "", false},
    {Scheme{0x0841}, "gostr34102012_512", "gost", "", false},
    {Scheme{0x0904}, "mldsa44", "mldsa", "", true},
    {Scheme{0x0905}, "mldsa65", "mldsa", "", true},
    {Scheme{0x0906}, "mldsa87", "mldsa", "", true},
};
static_assert(strictly_ascending(kSchemes, &SchemeInfo::scheme));

constexpr auto kSchemesByName = sorted_by_name(kSchemes);
static_assert(strictly_ascending(kSchemesByName, &SchemeInfo::name));
}  // namespace

std::span<const SchemeInfo> all_schemes() { return kSchemes; }

const SchemeInfo* find(Scheme scheme) {
  return find_by_number(kSchemes, &SchemeInfo::scheme, scheme);
}

std::string name(Scheme scheme) {
  if (const auto* info = find(scheme)) return std::string(info->name);
  return fmt::format("0x{:04X}", static_cast<std::uint16_t>(scheme));
}

std::optional<Scheme> scheme_named(std::string_view name) {
  return number_named(kSchemesByName, &SchemeInfo::scheme, name);
}

}  // namespace tlspolicy::crypto
