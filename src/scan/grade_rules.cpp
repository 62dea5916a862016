// SPDX-License-Identifier: Apache-2.0
// Each rule as a row: when it applies, what it does, and where it is published (docs/grade.md).
#include "scan/grade_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/lists.hpp"
#include "scan/suite_traits.hpp"
#include "scan/trust.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::KeyExchange, crypto::Protocol, crypto::SuiteInfo;
using enum Protocol;

bool is_forward_secret(const SuiteInfo& s) { return s.forward_secret; }
bool is_aead(const SuiteInfo& s) { return s.aead; }
bool is_broken(const SuiteInfo& s) { return s.kx != KeyExchange::ssl2 && s.bits < 112; }

bool speaks(const Endpoint& e, Protocol version) { return accepts(e, version); }
bool speaks_older_only(const Endpoint& e, Protocol version) {
  return std::ranges::none_of(e.versions, [&](const Version& one) {
    return one.protocol >= version && one.accepted != Fact::no;
  });
}

// "Sites that keep it at the end of their list are not affected": the server's order decides, and
// something else stands before all of them.
bool chooses_small_blocks(const Endpoint& e) {
  for (const Version& version : e.versions) {
    if (version.protocol != tls11 && version.protocol != tls12) continue;
    const auto& list = version.suites.accepted;
    const auto small = [](crypto::Suite suite) {
      const auto* info = crypto::find(suite);
      return info && has_small_blocks(*info);
    };
    if (std::ranges::none_of(list, small)) continue;
    const auto first = std::ranges::find_if(list, small);
    const bool last = std::all_of(first, list.end(), small) && first != list.begin();
    if (!last || version.suites.order != Order::server) return true;
  }
  return false;
}

bool small_keys(const Endpoint& e) {
  return std::ranges::any_of(e.chains, [](const Chain& chain) {
    const auto& leaf = chain.certificates.front();
    return leaf.key_type.starts_with("RSA") && leaf.key_bits < 2048;
  });
}
bool small_fields(const Endpoint& e) {
  return std::ranges::any_of(e.fields, [](const Field& field) { return field.bits < 2048; });
}

struct Rule {
  const char* most;  // the best letter that is left
  const char* text;
  const char* source;
  bool (*applies)(const Endpoint&);
};
constexpr std::array kRules{
    Rule{"F", "SSLv2 is accepted", "2009c", [](const Endpoint& e) { return speaks(e, ssl2); }},
    Rule{"F", "secure renegotiation is missing and clients may renegotiate", "2009c",
         [](const Endpoint& e) {
           return e.facts.secure_renegotiation == Fact::no &&
                  e.facts.client_renegotiation == Fact::yes;
         }},
    Rule{"F", "nothing newer than SSLv3 is accepted", "end of 2014",
         [](const Endpoint& e) { return speaks(e, ssl3) && speaks_older_only(e, tls10); }},
    Rule{"C", "SSLv3 with CBC suites is accepted (POODLE)", "end of 2014",
         [](const Endpoint& e) { return speaks(e, ssl3) && has_suite(e, ssl3, ssl3, uses_cbc); }},
    Rule{"B", "SSLv3 is accepted", "end of 2014",
         [](const Endpoint& e) { return speaks(e, ssl3); }},
    Rule{"B", "TLSv1.0 or TLSv1.1 is accepted", "2009q",
         [](const Endpoint& e) { return speaks(e, tls10) || speaks(e, tls11); }},
    Rule{"C", "TLSv1.2 and newer are missing", "1.17",
         [](const Endpoint& e) { return speaks_older_only(e, tls12); }},
    Rule{"A-", "TLSv1.3 is missing", "2009r",
         [](const Endpoint& e) { return speaks_older_only(e, tls13); }},
    Rule{"C", "RC4 is accepted in TLSv1.1 or newer", "1.17",
         [](const Endpoint& e) { return has_suite(e, tls11, tls12, is_rc4); }},
    Rule{"B", "RC4 is accepted", "1.17",
         [](const Endpoint& e) { return has_suite(e, ssl3, tls10, is_rc4); }},
    Rule{"C", "3DES or another cipher with blocks of 64 bits, and not only as the last resort",
         "January 2017", chooses_small_blocks},
    Rule{"B", "no suite keeps forward secrecy", "March 2018",
         [](const Endpoint& e) { return !has_suite(e, ssl3, tls13, is_forward_secret); }},
    Rule{"B", "no suite is authenticated encryption (AEAD)", "March 2018",
         [](const Endpoint& e) { return !has_suite(e, ssl3, tls13, is_aead); }},
    Rule{"B", "a certificate's key has less than 2048 bits", "key size", small_keys},
    Rule{"B", "DHE in a field of less than 2048 bits", "key size", small_fields},
    Rule{"B", "compression is accepted (CRIME)", "2009c",
         [](const Endpoint& e) { return e.facts.compression == Fact::yes; }},
    Rule{"F", "memory can be read (Heartbleed)", "not sourced",
         [](const Endpoint& e) { return e.facts.heartbleed == Fact::yes; }},
    Rule{"F", "somebody on the way can choose the keys (CCS injection)", "not sourced",
         [](const Endpoint& e) { return e.facts.ccs_injection == Fact::yes; }},
    Rule{"F", "a suite without a certificate is accepted", "2009e",
         [](const Endpoint& e) { return has_suite(e, ssl3, tls12, is_anonymous); }},
    Rule{"", "suites of less than 112 bits are accepted (they count in the score alone)", "2009e",
         [](const Endpoint& e) { return has_suite(e, ssl3, tls12, is_broken); }},
};

// From good to bad.
constexpr std::array<std::string_view, 7> kLetters{"A", "A-", "B", "C", "D", "E", "F"};
std::ptrdiff_t place(std::string_view letter) {
  return std::ranges::find(kLetters, letter) - kLetters.begin();
}
}  // namespace

void apply_rules(const Endpoint& endpoint, Grade& grade) {
  for (const Rule& rule : kRules) {
    if (!rule.applies(endpoint)) continue;
    const std::string_view most = rule.most;
    grade.reasons.push_back({most.empty()  ? "in the score"
                             : most == "F" ? "F"
                                           : fmt::format("at most {}", most),
                             rule.text, rule.source});
    if (!most.empty() && place(most) > place(grade.letter)) grade.letter = most;
  }
  const auto& facts = endpoint.facts;
  for (const char* what :
       {"trust in the authority, revocation", "HSTS, without which no A+ is given",
        "what only an attack shows: ROBOT, padding oracles, Ticketbleed"})
    grade.not_judged.emplace_back(what);
  if (facts.secure_renegotiation == Fact::unknown) grade.not_judged.emplace_back("renegotiation");
  if (facts.compression == Fact::unknown) grade.not_judged.emplace_back("compression (CRIME)");
  for (const Gap& gap : endpoint.gaps)
    if (!base::has(grade.not_judged, gap.about)) grade.not_judged.push_back(gap.about);
}

void apply_trust(const Endpoint& endpoint, const std::string& now, Grade& grade) {
  const auto wrong = [&](const char* letter, std::string text) {
    if (grade.letter != "T") grade.letter = letter;
    const auto said = [&](const GradeReason& one) { return one.text == text; };
    if (std::ranges::any_of(grade.reasons, said)) return;  // of another certificate
    grade.reasons.push_back({letter, std::move(text), "trust"});
  };
  for (Distrust& one : distrusts_of(endpoint, now)) wrong(one.letter, std::move(one.text));
  for (const Chain& chain : endpoint.chains) {
    const Certificate& leaf = chain.certificates.front();
    if (leaf.signature_hash.starts_with("MD") && !leaf.self_signed)
      wrong("T", "the certificate is signed with " + leaf.signature_hash);
  }
  if (names_not_held(endpoint))
    grade.reasons.push_back({"not held",
                             "the certificate does not name this address; the name by which "
                             "clients come is not known here",
                             "trust"});
}

}  // namespace tlspolicy::scan
