// SPDX-License-Identifier: Apache-2.0
// GnuTLS's dialect; see gnutls.hpp.  Words: gnutls-cli --list (3.7.9); hybrids: NEWS of 3.8.8.
#include "dialect/gnutls.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.hpp"

namespace tlspolicy::dialect::gnutls {
namespace {
using crypto::Auth, crypto::KeyExchange, crypto::Protocol, crypto::Suite;
using Words = std::set<std::string>;
using Named = std::pair<std::string_view, std::string_view>;  // neutral name, GnuTLS's word

constexpr std::tuple<KeyExchange, Auth, std::string_view> kExchanges[] = {
    {KeyExchange::ecdhe, Auth::ecdsa, "ECDHE-ECDSA"},
    {KeyExchange::ecdhe, Auth::rsa, "ECDHE-RSA"},
    {KeyExchange::dhe, Auth::rsa, "DHE-RSA"},
    {KeyExchange::rsa, Auth::rsa, "RSA"},
};
constexpr std::string_view kCiphers[] = {
    "AES-128-GCM",   "AES-256-GCM",      "CHACHA20-POLY1305", "AES-128-CCM",      "AES-256-CCM",
    "AES-128-CCM-8", "AES-256-CCM-8",    "CAMELLIA-128-GCM",  "CAMELLIA-256-GCM", "AES-128-CBC",
    "AES-256-CBC",   "CAMELLIA-128-CBC", "CAMELLIA-256-CBC",  "3DES-CBC"};
constexpr Named kGroups[] = {{"x25519", "X25519"},       {"x448", "X448"},
                             {"secp256r1", "SECP256R1"}, {"secp384r1", "SECP384R1"},
                             {"secp521r1", "SECP521R1"}, {"ffdhe2048", "FFDHE2048"},
                             {"ffdhe3072", "FFDHE3072"}, {"ffdhe4096", "FFDHE4096"},
                             {"ffdhe6144", "FFDHE6144"}, {"ffdhe8192", "FFDHE8192"}};
constexpr Named kHybrids[] = {{"X25519MLKEM768", "X25519-MLKEM768"},
                              {"SecP256r1MLKEM768", "SECP256R1-MLKEM768"},
                              {"SecP384r1MLKEM1024", "SECP384R1-MLKEM1024"}};
// A curve is part of a scheme in TLS 1.3 alone; for TLS 1.2 the same number has a word without it,
// and a server that was not told that one has no ECDSA there (gnutls-serv 3.7.9, tried).
constexpr Named kSchemes[] = {
    {"rsa_pkcs1_sha1", "RSA-SHA1"},
    {"sha224_rsa", "RSA-SHA224"},
    {"rsa_pkcs1_sha256", "RSA-SHA256"},
    {"rsa_pkcs1_sha384", "RSA-SHA384"},
    {"rsa_pkcs1_sha512", "RSA-SHA512"},
    {"ecdsa_sha1", "ECDSA-SHA1"},
    {"sha224_ecdsa", "ECDSA-SHA224"},
    {"ecdsa_secp256r1_sha256", "ECDSA-SECP256R1-SHA256"},
    {"ecdsa_secp256r1_sha256", "ECDSA-SHA256"},
    {"ecdsa_secp384r1_sha384", "ECDSA-SECP384R1-SHA384"},
    {"ecdsa_secp384r1_sha384", "ECDSA-SHA384"},
    {"ecdsa_secp521r1_sha512", "ECDSA-SECP521R1-SHA512"},
    {"ecdsa_secp521r1_sha512", "ECDSA-SHA512"},
    {"rsa_pss_rsae_sha256", "RSA-PSS-RSAE-SHA256"},
    {"rsa_pss_rsae_sha384", "RSA-PSS-RSAE-SHA384"},
    {"rsa_pss_rsae_sha512", "RSA-PSS-RSAE-SHA512"},
    {"rsa_pss_pss_sha256", "RSA-PSS-SHA256"},
    {"rsa_pss_pss_sha384", "RSA-PSS-SHA384"},
    {"rsa_pss_pss_sha512", "RSA-PSS-SHA512"},
    {"ed25519", "EdDSA-Ed25519"},
    {"ed448", "EdDSA-Ed448"},
};

// Does the library have this word?
class Known {
 public:
  explicit Known(const Library& library) : library_(library) {}

  bool has(const std::string& word) const {
    if (library_.words) return std::ranges::find(*library_.words, word) != library_.words->end();
    const bool hybrid = std::ranges::any_of(
        kHybrids, [&](const Named& one) { return word == "GROUP-" + std::string(one.second); });
    return !hybrid || library_.version >= base::Version{{3, 8, 8}};
  }

 private:
  const Library& library_;
};

struct Parts {  // of one suite; TLS 1.3's have no key exchange
  std::string exchange, cipher, mac;
};

std::optional<Parts> parts_of(Suite suite) {
  const auto* info = crypto::find(suite);
  // ChaCha20's numbers of the draft, which were never registered: GnuTLS has not known them since.
  const auto number = static_cast<std::uint32_t>(suite);
  if (!info || (number >= 0xCC13 && number <= 0xCC15)) return std::nullopt;
  Parts out;
  out.cipher = base::replace_all(std::string(info->encryption), "_", "-");
  if (out.cipher == "3DES-EDE-CBC") out.cipher = "3DES-CBC";
  if (std::ranges::find(kCiphers, out.cipher) == std::end(kCiphers)) return std::nullopt;
  out.mac = info->mac == "SHA" ? "SHA1" : std::string(info->mac);
  if (info->aead) out.mac = "AEAD";
  if (crypto::usable_in(suite, Protocol::tls13)) return out;
  for (const auto& [exchange, auth, word] : kExchanges)
    if (exchange == info->kx && auth == info->auth) out.exchange = word;
  return out.exchange.empty() ? std::nullopt : std::optional(out);
}

struct Chosen {
  Words exchanges, ciphers, macs;

  bool allows(const Parts& parts) const {
    return (parts.exchange.empty() || exchanges.contains(parts.exchange)) &&
           ciphers.contains(parts.cipher) && macs.contains(parts.mac);
  }
};

// Every suite that could come out of a combination, with its parts.
std::vector<std::pair<Suite, Parts>> usable(const crypto::Protocols& protocols,
                                            const Known& known) {
  const auto is_known = [&](const std::optional<Parts>& parts) {
    return parts && known.has(parts->cipher) && known.has(parts->mac) &&
           (parts->exchange.empty() || known.has(parts->exchange));
  };
  std::vector<std::pair<Suite, Parts>> out;
  for (const auto& info : crypto::all_suites())
    for (const Protocol protocol : protocols)
      if (auto parts = parts_of(info.suite);
          is_known(parts) && crypto::usable_in(info.suite, protocol)) {
        out.emplace_back(info.suite, *std::move(parts));
        break;
      }
  return out;
}

bool meant(const Meant& all, Suite suite) {
  return std::ranges::find(all.suites, suite) != all.suites.end();
}

// Takes away the word that loses the fewest suites that were meant, until none comes in that was
// not.  Each round takes one word, so it ends.
void narrow(const Meant& all, const std::vector<std::pair<Suite, Parts>>& suites, Chosen& chosen) {
  const auto kept = [&](const Chosen& some) {
    return std::ranges::count_if(
        suites, [&](const auto& one) { return meant(all, one.first) && some.allows(one.second); });
  };
  for (;;) {
    const auto stranger = std::ranges::find_if(suites, [&](const auto& one) {
      return !meant(all, one.first) && chosen.allows(one.second);
    });
    if (stranger == suites.end()) return;
    std::optional<Chosen> best;
    const auto consider = [&](Words Chosen::*kind, const std::string& word) {
      Chosen less = chosen;
      if ((less.*kind).erase(word) == 0) return;
      if (!best || kept(less) > kept(*best)) best = std::move(less);
    };
    consider(&Chosen::ciphers, stranger->second.cipher);
    consider(&Chosen::macs, stranger->second.mac);
    consider(&Chosen::exchanges, stranger->second.exchange);
    chosen = *std::move(best);
  }
}

// Words in the order in which the suites that were meant first need them.
std::string in_order(const Meant& all, const Chosen& chosen) {
  std::vector<std::string> exchanges, ciphers, macs;
  const auto add = [](std::vector<std::string>& list, const Words& from, const std::string& word) {
    if (from.contains(word) && std::ranges::find(list, word) == list.end()) list.push_back(word);
  };
  for (const Suite suite : all.suites) {
    const auto parts = parts_of(suite);
    if (!parts) continue;
    add(exchanges, chosen.exchanges, parts->exchange);
    add(ciphers, chosen.ciphers, parts->cipher);
    add(macs, chosen.macs, parts->mac);
  }
  std::string out;
  for (const auto* list : {&exchanges, &ciphers, &macs})
    for (const auto& word : *list) out += ":+" + word;
  return out;
}

// ":+GROUP-X25519:…" for what there are words for; the rest goes to `unsayable`.
template <class Terms>
std::string listed(const Terms& terms, std::span<const Named> words, std::string_view prefix,
                   const Known& known, std::vector<std::string>& said,
                   std::vector<std::string>& unsayable) {
  std::string out;
  for (const auto term : terms) {
    const std::string name(crypto::name(term));
    const auto before = out.size();
    for (const auto& [neutral, word] : words)
      if (const auto full = std::string(prefix).append(word); neutral == name && known.has(full))
        out.append(":+").append(full);
    (out.size() > before ? said : unsayable).push_back(name);
  }
  return out;
}

// Hybrids with the others, so that a policy's order is kept.
std::vector<Named> group_words() {
  std::vector<Named> out(std::begin(kGroups), std::end(kGroups));
  out.insert(out.end(), std::begin(kHybrids), std::end(kHybrids));
  return out;
}

std::string version_word(Protocol protocol) {  // "TLSv1.2" -> "VERS-TLS1.2"
  return "VERS-" + base::replace_all(std::string(crypto::name(protocol)), "v", "");
}

crypto::Protocols sayable(const crypto::Protocols& protocols, const Known& known, Priority& out) {
  crypto::Protocols said;
  for (const Protocol protocol : protocols) {
    const bool has_word = protocol >= Protocol::tls10 && known.has(version_word(protocol));
    if (has_word) said.push_back(protocol);
    (has_word ? out.protocols : out.unsayable).emplace_back(crypto::name(protocol));
  }
  return said;
}

std::string versions(const crypto::Protocols& protocols) {
  std::string out;
  for (const Protocol protocol : protocols) out += ":+" + version_word(protocol);
  return out;
}

template <class Term>
std::optional<Term> called(std::span<const Named> words, std::string_view name,
                           std::optional<Term> (*named)(std::string_view)) {
  const auto found = std::ranges::find_if(
      words, [&](const Named& one) { return base::iequals(one.second, name); });
  return found == words.end() ? std::nullopt : named(found->first);
}
}  // namespace

Priority priority(const Meant& all, const Library& library) {
  const Known known(library);
  Priority out;
  const auto protocols = sayable(all.protocols, known, out);
  const auto suites = usable(protocols, known);
  Chosen chosen;
  for (const auto& [suite, parts] : suites) {
    if (!meant(all, suite)) continue;
    if (!parts.exchange.empty()) chosen.exchanges.insert(parts.exchange);
    chosen.ciphers.insert(parts.cipher);
    chosen.macs.insert(parts.mac);
  }
  narrow(all, suites, chosen);

  for (const Suite suite : all.suites) {
    const auto found = std::ranges::find(suites, suite, &std::pair<Suite, Parts>::first);
    const bool said = found != suites.end() && chosen.allows(found->second);
    (said ? out.suites : out.unsayable).push_back(crypto::name(suite));
  }
  if (out.suites.empty()) return {{}, {}, {}, {}, {}, std::move(out.unsayable)};
  out.text = "NONE" + versions(protocols) + in_order(all, chosen);
  out.text += listed(all.groups, group_words(), "GROUP-", known, out.groups, out.unsayable);
  out.text += listed(all.schemes, kSchemes, "SIGN-", known, out.schemes, out.unsayable);
  // Without a signature GnuTLS drops TLS 1.2 and 1.3 from the string, and keeps TLS 1.0: tried.
  if (out.schemes.empty() &&
      std::ranges::any_of(protocols, [](Protocol protocol) { return protocol >= Protocol::tls12; }))
    return {{}, {}, {}, {}, {}, std::move(out.unsayable)};
  out.text += ":+COMP-NULL:+CTYPE-X509";
  if (all.server_order) out.text += ":%SERVER_PRECEDENCE";
  return out;
}

std::optional<Protocol> protocol_called(std::string_view name) {
  for (const Protocol protocol : crypto::all_protocols())
    if (version_word(protocol) == "VERS-" + std::string(name)) return protocol;
  return std::nullopt;
}

std::optional<crypto::Group> group_called(std::string_view name) {
  return called<crypto::Group>(group_words(), name, crypto::group_named);
}

std::optional<crypto::Scheme> scheme_called(std::string_view name) {
  return called<crypto::Scheme>(kSchemes, name, crypto::scheme_named);
}

std::vector<std::string> all_words() {
  std::vector<std::string> out;
  for (const Protocol protocol : crypto::all_protocols())
    if (protocol >= Protocol::tls10) out.push_back(version_word(protocol));
  for (const auto& [exchange, auth, word] : kExchanges) out.emplace_back(word);
  for (const auto word : kCiphers) out.emplace_back(word);
  for (const auto* word : {"AEAD", "SHA1", "SHA256", "SHA384"}) out.emplace_back(word);
  for (const auto& [neutral, word] : group_words()) out.push_back("GROUP-" + std::string(word));
  for (const auto& [neutral, word] : kSchemes) out.push_back("SIGN-" + std::string(word));
  return out;
}

}  // namespace tlspolicy::dialect::gnutls
