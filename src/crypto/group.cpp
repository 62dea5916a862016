// SPDX-License-Identifier: Apache-2.0
// Key exchange groups: the registry "TLS Supported Groups" (RFC 8422, RFC 7919, RFC 8446, RFC 8734,
// RFC 9189) with the post-quantum hybrids (draft-ietf-tls-ecdhe-mlkem), pure ML-KEM
// (draft-ietf-tls-mlkem) and the Kyber drafts that were deployed before them.
//
// Left out: 0xFF01 and 0xFF02, arbitrary_explicit_*_curves, which name no group.
#include <fmt/format.h>

#include "crypto/lookup.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::crypto {
namespace {
// number, name, bits, elliptic, post-quantum
constexpr GroupInfo kGroups[] = {
    {Group{0x0001}, "sect163k1", 163, true, false},
    {Group{0x0002}, "sect163r1", 163, true, false},
    {Group{0x0003}, "sect163r2", 163, true, false},
    {Group{0x0004}, "sect193r1", 193, true, false},
    {Group{0x0005}, "sect193r2", 193, true, false},
    {Group{0x0006}, "sect233k1", 233, true, false},
    {Group{0x0007}, "sect233r1", 233, true, false},
    {Group{0x0008}, "sect239k1", 239, true, false},
    {Group{0x0009}, "sect283k1", 283, true, false},
    {Group{0x000A}, "sect283r1", 283, true, false},
    {Group{0x000B}, "sect409k1", 409, true, false},
    {Group{0x000C}, "sect409r1", 409, true, false},
    {Group{0x000D}, "sect571k1", 571, true, false},
    {Group{0x000E}, "sect571r1", 571, true, false},
    {Group{0x000F}, "secp160k1", 160, true, false},
    {Group{0x0010}, "secp160r1", 160, true, false},
    {Group{0x0011}, "secp160r2", 160, true, false},
    {Group{0x0012}, "secp192k1", 192, true, false},
    {Group{0x0013}, "secp192r1", 192, true, false},
    {Group{0x0014}, "secp224k1", 224, true, false},
    {Group{0x0015}, "secp224r1", 224, true, false},
    {Group{0x0016}, "secp256k1", 256, true, false},
    {Group{0x0017}, "secp256r1", 256, true, false},
    {Group{0x0018}, "secp384r1", 384, true, false},
    {Group{0x0019}, "secp521r1", 521, true, false},
    {Group{0x001A}, "brainpoolP256r1", 256, true, false},
    {Group{0x001B}, "brainpoolP384r1", 384, true, false},
    {Group{0x001C}, "brainpoolP512r1", 512, true, false},
    {Group{0x001D}, "x25519", 256, true, false},
    {Group{0x001E}, "x448", 448, true, false},
    {Group{0x001F}, "brainpoolP256r1tls13", 256, true, false},
    {Group{0x0020}, "brainpoolP384r1tls13", 384, true, false},
    {Group{0x0021}, "brainpoolP512r1tls13", 512, true, false},
    {Group{0x0022}, "GC256A", 256, true, false},
    {Group{0x0023}, "GC256B", 256, true, false},
    {Group{0x0024}, "GC256C", 256, true, false},
    {Group{0x0025}, "GC256D", 256, true, false},
    {Group{0x0026}, "GC512A", 512, true, false},
    {Group{0x0027}, "GC512B", 512, true, false},
    {Group{0x0028}, "GC512C", 512, true, false},
    {Group{0x0029}, "curveSM2", 256, true, false},
    {Group{0x0100}, "ffdhe2048", 2048, false, false},
    {Group{0x0101}, "ffdhe3072", 3072, false, false},
    {Group{0x0102}, "ffdhe4096", 4096, false, false},
    {Group{0x0103}, "ffdhe6144", 6144, false, false},
    {Group{0x0104}, "ffdhe8192", 8192, false, false},
    {Group{0x0200}, "MLKEM512", 0, false, true},
    {Group{0x0201}, "MLKEM768", 0, false, true},
    {Group{0x0202}, "MLKEM1024", 0, false, true},
    {Group{0x11EB}, "SecP256r1MLKEM768", 256, true, true},
    {Group{0x11EC}, "X25519MLKEM768", 256, true, true},
    {Group{0x11ED}, "SecP384r1MLKEM1024", 384, true, true},
    {Group{0x11EE}, "curveSM2MLKEM768", 256, true, true},
    {Group{0x6399}, "X25519Kyber768Draft00", 256, true, true},
    {Group{0x639A}, "SecP256r1Kyber768Draft00", 256, true, true},
};
static_assert(strictly_ascending(kGroups, &GroupInfo::group));

constexpr auto kGroupsByName = sorted_by_name(kGroups);
static_assert(strictly_ascending(kGroupsByName, &GroupInfo::name));
}  // namespace

std::span<const GroupInfo> all_groups() { return kGroups; }

const GroupInfo* find(Group group) { return find_by_number(kGroups, &GroupInfo::group, group); }

std::string name(Group group) {
  if (const auto* info = find(group)) return std::string(info->name);
  return fmt::format("0x{:04X}", static_cast<std::uint16_t>(group));
}

std::optional<Group> group_named(std::string_view name) {
  return number_named(kGroupsByName, &GroupInfo::group, name);
}

}  // namespace tlspolicy::crypto
