// SPDX-License-Identifier: Apache-2.0
// OpenSSL's dialect: neutral terms to words and back; the words stand in openssl_suites.cpp and
// openssl_groups.cpp.
//
// An unknown word is never said: OpenSSL drops an unknown suite in silence as long as one other is
// known, and refuses a whole list for one unknown group or signature algorithm (3.0; "?" before a
// name came with 3.3).
#include "dialect/openssl.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "dialect/openssl_words.hpp"

namespace tlspolicy::dialect::openssl {
namespace {
using crypto::Protocol, crypto::Suite;
using Known = std::optional<std::vector<std::string>>;

Release release_of(const base::Version& version) {
  const auto part = [&](std::size_t i) { return i < version.parts.size() ? version.parts[i] : 0; };
  return std::max(Release{part(0), part(1), part(2)}, k102);
}

// The answer of the library that was asked counts more than what its version should know.
template <class Term>
bool knows(const Word<Term>& word, Release release, const Known& known) {
  if (known) return std::ranges::find(*known, word.spelling) != known->end();
  return release >= word.since && release < word.until;
}

template <class Term>
Words say(const std::vector<Term>& terms, std::span<const Word<Term>> words, Release release,
          const Known& known) {
  Words out;
  std::vector<std::string> said;
  for (const Term term : terms) {
    const auto rows = std::ranges::equal_range(words, term, {}, &Word<Term>::term);
    const auto word =
        std::ranges::find_if(rows, [&](const auto& row) { return knows(row, release, known); });
    if (word == rows.end()) {
      out.unsayable.push_back(crypto::name(term));
      continue;
    }
    said.emplace_back(word->spelling);
    out.said.push_back(crypto::name(term));
  }
  out.text = base::join(said, ":");
  return out;
}

// Suites that are kept apart: those of the other setting come back as unsayable here.
Words say_suites(const crypto::Suites& suites, const Library& library, bool tls13) {
  crypto::Suites mine;
  Words strangers;
  for (const Suite suite : suites) {
    if (crypto::usable_in(suite, Protocol::tls13) == tls13)
      mine.push_back(suite);
    else
      strangers.unsayable.push_back(crypto::name(suite));
  }
  Words out = say(mine, suite_words(), release_of(library.version), library.suites);
  out.unsayable.insert(out.unsayable.end(), strangers.unsayable.begin(), strangers.unsayable.end());
  return out;
}

template <class Term>
std::optional<Term> called(std::span<const Word<Term>> words, std::string_view spelling) {
  const auto word = std::ranges::find(words, spelling, &Word<Term>::spelling);
  if (word == words.end()) return std::nullopt;
  return word->term;
}

template <class Term>
std::vector<std::string> all_of(std::span<const Word<Term>> words) {
  std::vector<std::string> out;
  for (const auto& word : words) out.emplace_back(word.spelling);
  return out;
}

// What level 2 refuses and level 0 has: SSL_CTX_set_security_level(3); CCM_8 for its short tag
// since 3.2 (CHANGES).
bool below_level_2(Suite suite, const Release& release) {
  const auto* info = crypto::find(suite);
  return info && (info->bits < 112 || info->auth == crypto::Auth::anon || info->mac == "MD5" ||
                  info->encryption.starts_with("RC4") ||
                  (info->encryption.ends_with("CCM_8") && release >= k320));
}
}  // namespace

Words cipher_string(const crypto::Suites& suites, const Library& library, int security_level) {
  Words out = say_suites(suites, library, false);
  const bool has_levels = release_of(library.version) >= k110;
  if (security_level >= 0 && has_levels && !out.text.empty())
    out.text += ":@SECLEVEL=" + std::to_string(security_level);
  return out;
}

Words ciphersuites(const crypto::Suites& suites, const Library& library) {
  return say_suites(suites, library, true);
}

Words groups(const crypto::Groups& groups, const Library& library) {
  return say(groups, group_words(), release_of(library.version), library.groups);
}

Words schemes(const crypto::Schemes& schemes, const Library& library) {
  return say(schemes, scheme_words(), release_of(library.version), library.schemes);
}

// As SSL_CONF_cmd(3) spells them: TLS 1.0 is "TLSv1" there.
std::string protocol(Protocol protocol) {
  return protocol == Protocol::tls10 ? "TLSv1" : std::string(crypto::name(protocol));
}

// TLS 1.0 and 1.1 sign with MD5 and SHA-1 together, which 3.0 lets through at level 0 alone
// (openssl migration_guide(7)); before that level 2 refused SSL 3.0 only.
int security_level_for(Protocol min, const crypto::Suites& suites, const Library& library) {
  const Release release = release_of(library.version);
  if (release < k110) return -1;
  const Protocol first = release >= k300 ? Protocol::tls12 : Protocol::tls10;
  const auto is_below = [&](Suite suite) { return below_level_2(suite, release); };
  return min < first || std::ranges::any_of(suites, is_below) ? 0 : -1;
}

std::optional<Suite> suite_called(std::string_view word) { return called(suite_words(), word); }
std::optional<crypto::Group> group_called(std::string_view word) {
  return called(group_words(), word);
}
std::optional<crypto::Scheme> scheme_called(std::string_view word) {
  return called(scheme_words(), word);
}

std::vector<std::string> all_suite_words() { return all_of(suite_words()); }
std::vector<std::string> all_group_words() { return all_of(group_words()); }
std::vector<std::string> all_scheme_words() { return all_of(scheme_words()); }

}  // namespace tlspolicy::dialect::openssl
