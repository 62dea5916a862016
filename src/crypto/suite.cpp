// SPDX-License-Identifier: Apache-2.0
// Protocol versions and cipher suites: the generated table, looked up by number and by name, and
// which suite may be negotiated in which version.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "crypto/lookup.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::crypto {
namespace {
using enum Protocol;

constexpr std::array kProtocols{ssl2, ssl3, tls10, tls11, tls12, tls13};
constexpr std::array<std::string_view, kProtocols.size()> kProtocolNames{
    "SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"};

constexpr SuiteInfo kSuites[] = {
#include "crypto/suites.inc"
};
static_assert(strictly_ascending(kSuites, &SuiteInfo::suite));

constexpr auto kSuitesByName = sorted_by_name(kSuites);
static_assert(strictly_ascending(kSuitesByName, &SuiteInfo::name));

bool one_of(KeyExchange kx, std::initializer_list<KeyExchange> set) {
  return std::ranges::find(set, kx) != set.end();
}

bool is_export(const SuiteInfo& info) {
  using enum KeyExchange;
  return one_of(info.kx, {rsa_export, dh_export, dhe_export, dh_anon_export, krb5_export});
}

// Before TLS 1.2 the hash of a CBC or NULL suite was HMAC's alone; RFC 5487 1 and RFC 5489 3.2 let
// their SHA-2 suites with pre-shared keys be negotiated from TLS 1.0 on, and RFC 6367 3.3 follows
// them.  ARIA's (RFC 6209 2) may not.
bool psk_with_sha2(const SuiteInfo& info) {
  using enum KeyExchange;
  return one_of(info.kx, {psk, dhe_psk, rsa_psk, ecdhe_psk}) && !info.aead &&
         !info.encryption.starts_with("ARIA");
}

// The first version in which the suite may be negotiated; its kx is neither ssl2 nor tls13.
Protocol first_version(const SuiteInfo& info) {
  using enum KeyExchange;
  if (info.aead) return tls12;  // RFC 5246 6.2.3.3, RFC 5288 4
  if (info.mac == "OMAC" || info.encryption == "MAGMA_CTR") return tls12;  // RFC 9189 1
  if (info.suite == Suite{0xC102}) return tls12;                           // RFC 9189 1
  if (info.mac == "SHA256" || info.mac == "SHA384")
    return psk_with_sha2(info) ? tls10 : tls12;  // RFC 5246 1.2, RFC 5289 3.1
  if (one_of(info.kx, {ecdh, ecdhe, ecdh_anon, ecdhe_psk, gost})) return tls10;  // RFC 8422 1
  return ssl3;  // AES, Camellia, SEED, SRP, PSK: standardised for TLS 1.0, spoken in SSL 3.0 too
}

// The last one.  RFC 4346 A.5: export suites must not be negotiated in TLS 1.1.  RFC 5246 1.2: DES
// and IDEA suites were removed from TLS 1.2.  RC4 was prohibited later, in all (RFC 7465): a server
// that has it still negotiates it, so it is usable.
Protocol last_version(const SuiteInfo& info) {
  if (is_export(info)) return tls10;
  if (info.encryption == "DES_CBC" || info.encryption == "IDEA_CBC") return tls11;
  return tls12;
}

bool in_range(Suite suite, Protocol protocol, bool by_the_standards) {
  const auto* info = find(suite);
  if (!info || info->kx == KeyExchange::null) return false;  // RFC 5246 A.5: the initial state
  if (info->kx == KeyExchange::ssl2) return protocol == ssl2;
  if (info->kx == KeyExchange::tls13) return protocol == tls13;  // RFC 8446 B.4
  const Protocol last = by_the_standards ? last_version(*info) : tls12;
  const Protocol first = first_version(*info);
  // Java 17 chooses elliptic suites in SSL 3.0 too.
  const bool from_ssl3 = !by_the_standards && first == tls10;
  return protocol >= (from_ssl3 ? ssl3 : first) && protocol <= last;
}
}  // namespace

std::span<const Protocol> all_protocols() { return kProtocols; }

std::string_view name(Protocol protocol) {
  const auto at = std::ranges::find(kProtocols, protocol);
  if (at == kProtocols.end()) return "unknown";
  return kProtocolNames[static_cast<std::size_t>(at - kProtocols.begin())];
}

std::optional<Protocol> protocol_named(std::string_view name) {
  const auto at = std::ranges::find(kProtocolNames, name);
  if (at == kProtocolNames.end()) return std::nullopt;
  return kProtocols[static_cast<std::size_t>(at - kProtocolNames.begin())];
}

std::span<const SuiteInfo> all_suites() { return kSuites; }

const SuiteInfo* find(Suite suite) { return find_by_number(kSuites, &SuiteInfo::suite, suite); }

std::string name(Suite suite) {
  if (const auto* info = find(suite)) return std::string(info->name);
  return fmt::format("0x{:04X}", static_cast<std::uint32_t>(suite));
}

std::optional<Suite> suite_named(std::string_view name) {
  return number_named(kSuitesByName, &SuiteInfo::suite, name);
}

bool usable_in(Suite suite, Protocol protocol) { return in_range(suite, protocol, true); }
bool answerable_in(Suite suite, Protocol protocol) { return in_range(suite, protocol, false); }

}  // namespace tlspolicy::crypto
