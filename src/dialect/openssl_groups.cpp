// SPDX-License-Identifier: Apache-2.0
// OpenSSL's names of groups (SSL_CTX_set1_groups_list(3)) and of signature algorithms
// (SSL_CTX_set1_sigalgs_list(3)), 1.0.2 to 3.5.
//
// Of several names the first is said.  For a curve that is OpenSSL's short object name, which old
// programs want that look up a single curve by it (OBJ_sn2nid); the NIST names and, since 3.0, the
// registered ones are read as well.  For a signature it is the registered name, since 1.1.1; before
// that, and for what has no such name, the pair "RSA+SHA256".
#include <algorithm>

#include "dialect/openssl_words.hpp"

namespace tlspolicy::dialect::openssl {
namespace {
using crypto::Group, crypto::Scheme;
using GroupWord = Word<Group>;
using SchemeWord = Word<Scheme>;

constexpr GroupWord kGroups[] = {
    {Group{0x0001}, "sect163k1", k102, kNow},
    {Group{0x0001}, "K-163", k102, kNow},
    {Group{0x0002}, "sect163r1", k102, kNow},
    {Group{0x0003}, "sect163r2", k102, kNow},
    {Group{0x0003}, "B-163", k102, kNow},
    {Group{0x0004}, "sect193r1", k102, kNow},
    {Group{0x0005}, "sect193r2", k102, kNow},
    {Group{0x0006}, "sect233k1", k102, kNow},
    {Group{0x0006}, "K-233", k102, kNow},
    {Group{0x0007}, "sect233r1", k102, kNow},
    {Group{0x0007}, "B-233", k102, kNow},
    {Group{0x0008}, "sect239k1", k102, kNow},
    {Group{0x0009}, "sect283k1", k102, kNow},
    {Group{0x0009}, "K-283", k102, kNow},
    {Group{0x000A}, "sect283r1", k102, kNow},
    {Group{0x000A}, "B-283", k102, kNow},
    {Group{0x000B}, "sect409k1", k102, kNow},
    {Group{0x000B}, "K-409", k102, kNow},
    {Group{0x000C}, "sect409r1", k102, kNow},
    {Group{0x000C}, "B-409", k102, kNow},
    {Group{0x000D}, "sect571k1", k102, kNow},
    {Group{0x000D}, "K-571", k102, kNow},
    {Group{0x000E}, "sect571r1", k102, kNow},
    {Group{0x000E}, "B-571", k102, kNow},
    {Group{0x000F}, "secp160k1", k102, kNow},
    {Group{0x0010}, "secp160r1", k102, kNow},
    {Group{0x0011}, "secp160r2", k102, kNow},
    {Group{0x0012}, "secp192k1", k102, kNow},
    {Group{0x0013}, "prime192v1", k102, kNow},
    {Group{0x0013}, "P-192", k102, kNow},
    {Group{0x0013}, "secp192r1", k300, kNow},
    {Group{0x0014}, "secp224k1", k102, kNow},
    {Group{0x0015}, "secp224r1", k102, kNow},
    {Group{0x0015}, "P-224", k102, kNow},
    {Group{0x0016}, "secp256k1", k102, kNow},
    {Group{0x0017}, "prime256v1", k102, kNow},
    {Group{0x0017}, "P-256", k102, kNow},
    {Group{0x0017}, "secp256r1", k300, kNow},
    {Group{0x0018}, "secp384r1", k102, kNow},
    {Group{0x0018}, "P-384", k102, kNow},
    {Group{0x0019}, "secp521r1", k102, kNow},
    {Group{0x0019}, "P-521", k102, kNow},
    {Group{0x001A}, "brainpoolP256r1", k102, kNow},
    {Group{0x001B}, "brainpoolP384r1", k102, kNow},
    {Group{0x001C}, "brainpoolP512r1", k102, kNow},
    {Group{0x001D}, "X25519", k110, kNow},
    {Group{0x001D}, "x25519", k110, kNow},
    {Group{0x001E}, "X448", k111, kNow},
    {Group{0x001E}, "x448", k111, kNow},
    {Group{0x001F}, "brainpoolP256r1tls13", k320, kNow},
    {Group{0x0020}, "brainpoolP384r1tls13", k320, kNow},
    {Group{0x0021}, "brainpoolP512r1tls13", k320, kNow},
    {Group{0x0100}, "ffdhe2048", k300, kNow},
    {Group{0x0101}, "ffdhe3072", k300, kNow},
    {Group{0x0102}, "ffdhe4096", k300, kNow},
    {Group{0x0103}, "ffdhe6144", k300, kNow},
    {Group{0x0104}, "ffdhe8192", k300, kNow},
    {Group{0x0200}, "MLKEM512", k350, kNow},
    {Group{0x0201}, "MLKEM768", k350, kNow},
    {Group{0x0202}, "MLKEM1024", k350, kNow},
    {Group{0x11EB}, "SecP256r1MLKEM768", k350, kNow},
    {Group{0x11EC}, "X25519MLKEM768", k350, kNow},
    {Group{0x11ED}, "SecP384r1MLKEM1024", k350, kNow},
};
static_assert(std::ranges::is_sorted(kGroups, {}, &GroupWord::term));

constexpr SchemeWord kSchemes[] = {
    {Scheme{0x0201}, "rsa_pkcs1_sha1", k111, kNow},
    {Scheme{0x0201}, "RSA+SHA1", k102, kNow},
    {Scheme{0x0202}, "DSA+SHA1", k102, kNow},
    {Scheme{0x0203}, "ECDSA+SHA1", k102, kNow},
    {Scheme{0x0301}, "RSA+SHA224", k102, kNow},
    {Scheme{0x0302}, "DSA+SHA224", k102, kNow},
    {Scheme{0x0303}, "ECDSA+SHA224", k102, kNow},
    {Scheme{0x0401}, "rsa_pkcs1_sha256", k111, kNow},
    {Scheme{0x0401}, "RSA+SHA256", k102, kNow},
    {Scheme{0x0402}, "DSA+SHA256", k102, kNow},
    {Scheme{0x0403}, "ecdsa_secp256r1_sha256", k111, kNow},
    {Scheme{0x0403}, "ECDSA+SHA256", k102, kNow},
    {Scheme{0x0501}, "rsa_pkcs1_sha384", k111, kNow},
    {Scheme{0x0501}, "RSA+SHA384", k102, kNow},
    {Scheme{0x0502}, "DSA+SHA384", k102, kNow},
    {Scheme{0x0503}, "ecdsa_secp384r1_sha384", k111, kNow},
    {Scheme{0x0503}, "ECDSA+SHA384", k102, kNow},
    {Scheme{0x0601}, "rsa_pkcs1_sha512", k111, kNow},
    {Scheme{0x0601}, "RSA+SHA512", k102, kNow},
    {Scheme{0x0602}, "DSA+SHA512", k102, kNow},
    {Scheme{0x0603}, "ecdsa_secp521r1_sha512", k111, kNow},
    {Scheme{0x0603}, "ECDSA+SHA512", k102, kNow},
    {Scheme{0x0804}, "rsa_pss_rsae_sha256", k111, kNow},
    {Scheme{0x0804}, "RSA-PSS+SHA256", k111, kNow},
    {Scheme{0x0804}, "PSS+SHA256", k111, kNow},
    {Scheme{0x0805}, "rsa_pss_rsae_sha384", k111, kNow},
    {Scheme{0x0805}, "RSA-PSS+SHA384", k111, kNow},
    {Scheme{0x0805}, "PSS+SHA384", k111, kNow},
    {Scheme{0x0806}, "rsa_pss_rsae_sha512", k111, kNow},
    {Scheme{0x0806}, "RSA-PSS+SHA512", k111, kNow},
    {Scheme{0x0806}, "PSS+SHA512", k111, kNow},
    {Scheme{0x0807}, "ed25519", k111, kNow},
    {Scheme{0x0808}, "ed448", k111, kNow},
    {Scheme{0x0809}, "rsa_pss_pss_sha256", k111, kNow},
    {Scheme{0x080A}, "rsa_pss_pss_sha384", k111, kNow},
    {Scheme{0x080B}, "rsa_pss_pss_sha512", k111, kNow},
    {Scheme{0x081A}, "ecdsa_brainpoolP256r1tls13_sha256", k350, kNow},
    {Scheme{0x081B}, "ecdsa_brainpoolP384r1tls13_sha384", k350, kNow},
    {Scheme{0x081C}, "ecdsa_brainpoolP512r1tls13_sha512", k350, kNow},
    {Scheme{0x0904}, "mldsa44", k350, kNow},
    {Scheme{0x0905}, "mldsa65", k350, kNow},
    {Scheme{0x0906}, "mldsa87", k350, kNow},
};
static_assert(std::ranges::is_sorted(kSchemes, {}, &SchemeWord::term));
}  // namespace

std::span<const GroupWord> group_words() { return kGroups; }
std::span<const SchemeWord> scheme_words() { return kSchemes; }

}  // namespace tlspolicy::dialect::openssl
