// SPDX-License-Identifier: Apache-2.0
// The lists that hellos are made of; see lists.hpp.
#include "scan/lists.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/lists.hpp"
#include "scan/suite_traits.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::KeyExchange, crypto::Protocol;

bool is_uncommon(KeyExchange kx) {
  using enum KeyExchange;
  return kx == psk || kx == dhe_psk || kx == rsa_psk || kx == ecdhe_psk || kx == srp ||
         kx == krb5 || kx == krb5_export || kx == gost || kx == eccpwd;
}

constexpr std::array<std::string_view, 11> kUsualGroups{
    "x25519",   "secp256r1",      "secp384r1",         "secp521r1",
    "x448",     "X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024",
    "MLKEM768", "MLKEM1024",      "ffdhe2048"};
constexpr std::array<std::string_view, 14> kUsualSchemes{"rsa_pss_rsae_sha256",
                                                         "rsa_pkcs1_sha256",
                                                         "ecdsa_secp256r1_sha256",
                                                         "rsa_pss_rsae_sha384",
                                                         "rsa_pkcs1_sha384",
                                                         "ecdsa_secp384r1_sha384",
                                                         "rsa_pss_rsae_sha512",
                                                         "rsa_pkcs1_sha512",
                                                         "ecdsa_secp521r1_sha512",
                                                         "ed25519",
                                                         "ed448",
                                                         "rsa_pkcs1_sha1",
                                                         "ecdsa_sha1",
                                                         "rsa_pss_pss_sha256"};

// IANA's registry of ALPN protocol ids, without those that bring another certificate (acme-tls/1)
// and those that are not spoken over TCP.
constexpr std::array<std::string_view, 22> kProtocols{
    "h2",    "http/1.1", "http/1.0",    "spdy/3",      "smtp",        "imap",
    "pop3",  "ftp",      "managesieve", "nntp",        "nnsp",        "postgresql",
    "irc",   "ldap",     "mqtt",        "xmpp-client", "xmpp-server", "dot",
    "sip/2", "tds/8.0",  "radius/1.1",  "webrtc"};

// The usual ones first, then all others by their number.
template <class Term, std::size_t N>
std::vector<Term> usual_first(const std::array<std::string_view, N>& usual, auto named, auto all,
                              auto keep) {
  std::vector<Term> out;
  for (const auto name : usual)
    if (const auto term = named(name); term && keep(*crypto::find(*term))) out.push_back(*term);
  for (const Term term : all)
    if (!base::has(out, term) && keep(*crypto::find(term))) out.push_back(term);
  return out;
}

std::vector<crypto::Group> every_group() {
  std::vector<crypto::Group> out;
  for (const auto& info : crypto::all_groups()) out.push_back(info.group);
  return out;
}
std::vector<crypto::Scheme> every_scheme() {
  std::vector<crypto::Scheme> out;
  for (const auto& info : crypto::all_schemes()) out.push_back(info.scheme);
  return out;
}

Registry make_registry(Protocol version) {
  Registry out;
  for (const auto suite : crypto::popular_in(version))
    (is_uncommon(crypto::find(suite)->kx) ? out.uncommon : out.ordinary).push_back(suite);
  if (version > Protocol::ssl2 && version < Protocol::tls12)
    out.misplaced = base::without(crypto::popular_in(Protocol::tls12), crypto::popular_in(version));
  for (const auto* part : {&out.ordinary, &out.uncommon, &out.misplaced})
    out.ranked.insert(out.ranked.end(), part->begin(), part->end());
  return out;
}

crypto::Groups make_groups(Protocol version) {
  if (version < Protocol::tls10) return {};
  const bool newest = version == Protocol::tls13;
  return usual_first<crypto::Group>(
      kUsualGroups, crypto::group_named, every_group(),
      [&](const crypto::GroupInfo& info) { return newest || !info.post_quantum; });
}

// Every hello is made of these lists: they are made once.
template <class Make>
auto for_each_version(Make make) {
  std::map<Protocol, decltype(make(Protocol{}))> out;
  for (const Protocol version : crypto::all_protocols()) out.emplace(version, make(version));
  return out;
}

template <class Keep>
crypto::Schemes schemes_if(Keep keep) {
  return usual_first<crypto::Scheme>(kUsualSchemes, crypto::scheme_named, every_scheme(), keep);
}
}  // namespace

const Registry& registry(Protocol version) {
  static const auto kAll = for_each_version(make_registry);
  return kAll.at(version);
}

std::vector<crypto::Suites> families(const crypto::Suites& suites, std::size_t longest) {
  std::vector<crypto::Suites> out;
  for (auto at = suites.begin(); at != suites.end();) {
    const auto size = std::min(static_cast<std::ptrdiff_t>(longest), suites.end() - at);
    out.emplace_back(at, at + size);
    at += size;
  }
  return out;
}

crypto::Groups groups_for(Protocol version) {
  static const auto kAll = for_each_version(make_groups);
  return kAll.at(version);
}

crypto::Schemes schemes_for(Protocol version) {
  static const crypto::Schemes kAll = schemes_if([](const auto&) { return true; });
  return version < Protocol::tls12 ? crypto::Schemes{} : kAll;  // RFC 5246 7.4.1.4.1
}

crypto::Schemes schemes_of(std::string_view key) {
  return schemes_if([&](const crypto::SchemeInfo& info) {
    return info.key == key || (key == "ecdsa" && info.key.starts_with("ed"));
  });
}

std::vector<std::string> application_protocols() { return {kProtocols.begin(), kProtocols.end()}; }

bool is_cbc(crypto::Suite suite) {
  const auto* info = crypto::find(suite);
  return info && uses_cbc(*info);
}

bool is_chacha20(crypto::Suite suite) { return layer(suite) == kLayers - 1; }

// Go knows no other AES-GCM than that with ECDHE when it looks at what a list begins with.
std::size_t layer(crypto::Suite suite) {
  const auto* info = crypto::find(suite);
  if (!info) return 1;
  if (info->encryption.starts_with("CHACHA20")) return kLayers - 1;
  const bool today = info->kx == KeyExchange::ecdhe || info->kx == KeyExchange::tls13;
  const bool aes_gcm = info->encryption.starts_with("AES_") && info->encryption.ends_with("_GCM");
  return today && aes_gcm ? 0 : 1;
}

crypto::Suites arranged(crypto::Suites suites, bool backwards) {
  if (backwards) std::ranges::reverse(suites);
  std::array<crypto::Suites, kLayers> layers;
  for (const auto suite : suites) layers[layer(suite)].push_back(suite);
  crypto::Suites out;
  for (const auto& one : layers) out.insert(out.end(), one.begin(), one.end());
  return out;
}

crypto::Suites least_wanted_first(crypto::Suites suites) {
  std::ranges::reverse(suites);
  const auto others = base::only(suites, [](auto suite) { return !is_chacha20(suite); });
  return others.size() < 2 ? suites : others;
}

crypto::Suites nothing_real() {
  crypto::Suites out;
  for (std::uint32_t i = 0; i < 16; ++i) out.push_back(crypto::Suite{0x0A0A + i * 0x1010});
  return out;
}

}  // namespace tlspolicy::scan
