// SPDX-License-Identifier: Apache-2.0
// Rules over a finished result; see weakness.hpp.  Each rule is a row: what a suite must be, in
// which versions, and how bad that is.
#include "scan/weakness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scan/staple.hpp"
#include "scan/suite_traits.hpp"
#include "scan/trust.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::KeyExchange, crypto::Protocol, crypto::SuiteInfo;
using enum Protocol;

bool is_export(const SuiteInfo& suite) {
  using enum KeyExchange;
  return suite.kx == rsa_export || suite.kx == dh_export || suite.kx == dhe_export ||
         suite.kx == dh_anon_export || suite.kx == krb5_export;
}
bool is_export_rsa(const SuiteInfo& suite) { return suite.kx == KeyExchange::rsa_export; }
bool is_export_dh(const SuiteInfo& suite) {
  return suite.kx == KeyExchange::dhe_export || suite.kx == KeyExchange::dh_anon_export;
}
bool is_null(const SuiteInfo& suite) {
  return suite.encryption == "NULL" && suite.kx != KeyExchange::tls13;
}
bool is_integrity_only(const SuiteInfo& suite) { return suite.bits == 0 && !is_null(suite); }
bool is_weak_key(const SuiteInfo& suite) {
  return suite.bits > 0 && suite.bits < 112 && !is_export(suite) && suite.kx != KeyExchange::ssl2;
}
bool keeps_no_secret(const SuiteInfo& suite) {
  // Anonymous ones are ephemeral (RFC 5246 F.1.1.1), and have a weakness of their own.
  return !suite.forward_secret && suite.kx != KeyExchange::ssl2 && !is_anonymous(suite);
}

struct SuiteRule {
  std::string_view id;
  Severity severity;
  bool (*applies)(const SuiteInfo&);
  Protocol first, last;
};
constexpr std::array kSuiteRules{
    SuiteRule{"null-encryption", Severity::critical, is_null, ssl3, tls12},
    SuiteRule{"null-encryption", Severity::critical, is_integrity_only, tls13, tls13},
    SuiteRule{"anonymous-suites", Severity::critical, is_anonymous, ssl3, tls12},
    SuiteRule{"freak", Severity::critical, is_export_rsa, ssl3, tls12},         // CVE-2015-0204
    SuiteRule{"logjam-export", Severity::critical, is_export_dh, ssl3, tls12},  // CVE-2015-4000
    SuiteRule{"weak-encryption", Severity::high, is_weak_key, ssl3, tls12},
    SuiteRule{"rc4", Severity::high, is_rc4, ssl3, tls12},                  // RFC 7465
    SuiteRule{"poodle", Severity::high, uses_cbc, ssl3, ssl3},              // CVE-2014-3566
    SuiteRule{"sweet32", Severity::medium, has_small_blocks, ssl3, tls12},  // CVE-2016-2183
    SuiteRule{"beast", Severity::low, uses_cbc, ssl3, tls10},               // CVE-2011-3389
    SuiteRule{"no-forward-secrecy", Severity::low, keeps_no_secret, ssl3, tls12},
};

void judge_suites(const Endpoint& endpoint, std::vector<Weakness>& out) {
  for (const SuiteRule& rule : kSuiteRules) {
    std::string first;
    std::size_t count = 0;
    for (const Version& version : endpoint.versions) {
      if (version.protocol < rule.first || version.protocol > rule.last) continue;
      for (const auto suite : version.suites.accepted) {
        const auto* info = crypto::find(suite);
        if (!info || !rule.applies(*info)) continue;
        if (count++ == 0) first = fmt::format("{} {}", name(version.protocol), name(suite));
      }
    }
    if (count == 0) continue;
    if (count > 1) first += fmt::format(", and {} more", count - 1);
    // One id may have a row for TLS 1.3 and another for what is older.
    out.push_back({std::string(rule.id), rule.severity, first, std::string(name(rule.last))});
  }
}

void judge_versions(const Endpoint& endpoint, std::vector<Weakness>& out) {
  struct Row {
    Protocol version;
    std::string_view id;
    Severity severity;
  };
  static constexpr std::array kRows{
      Row{ssl2, "drown", Severity::critical},        // RFC 6176, CVE-2016-0800
      Row{ssl3, "old-protocol", Severity::high},     // RFC 7568
      Row{tls10, "old-protocol", Severity::medium},  // RFC 8996
      Row{tls11, "old-protocol", Severity::medium},
  };
  for (const Row& row : kRows)
    if (accepts(endpoint, row.version))
      out.push_back({std::string(row.id), row.severity,
                     fmt::format("{} is accepted", name(row.version)),
                     std::string(name(row.version))});
}

void judge_fields(const Endpoint& endpoint, std::vector<Weakness>& out) {
  for (const Field& field : endpoint.fields) {
    const std::string what = fmt::format("a field of {} bits{}", field.bits,
                                         field.name.empty() ? "" : ", " + field.name);
    if (field.bits < 1024)
      out.push_back({"logjam-small", Severity::critical, what, what});
    else if (field.bits < 2048)
      // One that many share is worth the effort (Adrian et al. 2015, 3.5 and 4).
      out.push_back({"logjam-small",
                     field.bits == 1024 && !field.name.empty() ? Severity::high : Severity::medium,
                     what, what});
  }
}

// NIST SP 800-57 part 1, table 2: 112 bits of strength.
int least_bits(std::string_view type) {
  if (type.starts_with("RSA") || type == "DSA") return 2048;
  return type == "EC" ? 224 : 0;
}

void judge_certificates(const Endpoint& endpoint, std::vector<Weakness>& out) {
  for (const Chain& chain : endpoint.chains)
    for (const Certificate& one : chain.certificates) {
      const auto& who = one.subject.empty() ? one.sha256 : one.subject;
      const auto about = about_text(one);
      if (one.key_bits > 0 && one.key_bits < least_bits(one.key_type))
        out.push_back({"small-key", Severity::high,
                       fmt::format("{} {} of {}", one.key_type, one.key_bits, who), about});
      const bool broken = one.signature_hash == "SHA1" || one.signature_hash.starts_with("MD");
      if (broken && !one.self_signed)  // nobody relies on the signature of a root
        out.push_back({"certificate-broken-hash", Severity::high,
                       fmt::format("{} under {}", one.signature_hash, who), about});
    }
}

void judge_trust(const Endpoint& endpoint, const std::string& now, std::vector<Weakness>& out) {
  for (Distrust& one : distrusts_of(endpoint, now))
    out.push_back({std::move(one.id), one.severity, std::move(one.text), std::move(one.about)});
}

void judge_staples(const Endpoint& endpoint, const std::string& now, std::vector<Weakness>& out) {
  for (const Chain& chain : endpoint.chains) {
    const auto fault = chain.staple ? fault_of(*chain.staple, now) : "";
    const Certificate& leaf = chain.certificates.front();
    if (!fault.empty())
      out.push_back({"bad-staple", Severity::medium, "the stapled OCSP response: " + fault,
                     about_text(leaf)});
  }
}

void judge_schemes(const Endpoint& endpoint, std::vector<Weakness>& out) {
  for (const Schemes& signing : endpoint.schemes12)
    for (const auto scheme : signing.schemes.accepted) {
      const auto* info = crypto::find(scheme);
      if (info && (info->hash == "SHA1" || info->hash == "MD5"))
        out.push_back({"sha1-signatures", Severity::medium,
                       fmt::format("TLSv1.2 signs with {}", info->name), std::string(info->name)});
    }
}

// What handshakes and safe questions showed.
void judge_facts(const Endpoint& endpoint, std::vector<Weakness>& out) {
  const Facts& facts = endpoint.facts;
  struct Row {
    bool has;
    std::string_view id;
    Severity severity;
    std::string_view evidence;
  };
  const bool old_too =
      accepts(endpoint, ssl3) || accepts(endpoint, tls10) || accepts(endpoint, tls11);
  const bool renegotiates = facts.client_renegotiation == Fact::yes;
  const bool securely = facts.secure_renegotiation == Fact::yes;
  for (const Row& row : {
           Row{facts.heartbleed == Fact::yes, "heartbleed", Severity::critical,
               "it answered a heartbeat that is to be discarded (RFC 6520 4)"},
           Row{facts.ccs_injection == Fact::yes, "ccs-injection", Severity::critical,
               "it took a ChangeCipherSpec before there were keys"},
           Row{facts.compression == Fact::yes, "crime", Severity::medium,
               "it compresses with DEFLATE"},
           Row{renegotiates && !securely, "insecure-renegotiation", Severity::high,
               "it renegotiates without RFC 5746"},
           Row{renegotiates && securely, "client-renegotiation", Severity::low,
               "a client may ask for another handshake inside the first"},
           Row{old_too && facts.fallback_scsv == Fact::no, "no-fallback-scsv", Severity::low,
               "TLS_FALLBACK_SCSV is ignored"},
       })
    if (row.has) out.push_back({std::string(row.id), row.severity, std::string(row.evidence)});
}

// Said in words: users of other scanners ask for it, and silence reads as "fine".
void judge_post_quantum(const Endpoint& endpoint, std::vector<Weakness>& out) {
  if (endpoint.serves != Fact::yes || endpoint.ssh) return;
  const Version* newest = find(endpoint, tls13);
  const bool has = std::ranges::any_of(endpoint.groups13.accepted, [](auto group) {
    const auto* info = crypto::find(group);
    return info && info->post_quantum;
  });
  const bool known = newest && (newest->accepted == Fact::no || endpoint.groups13.whole);
  if (!has && known)
    out.push_back({"no-post-quantum", Severity::note, "post-quantum key exchange: missing"});
}
}  // namespace

std::vector<Weakness> weaknesses_of(const Endpoint& endpoint, const std::string& now) {
  std::vector<Weakness> out;
  if (endpoint.ssh) out = weaknesses_of(*endpoint.ssh);
  judge_versions(endpoint, out);
  judge_suites(endpoint, out);
  judge_fields(endpoint, out);
  judge_certificates(endpoint, out);
  judge_trust(endpoint, now, out);
  judge_staples(endpoint, now, out);
  judge_schemes(endpoint, out);
  judge_facts(endpoint, out);
  judge_post_quantum(endpoint, out);
  std::ranges::stable_sort(out, std::greater{}, &Weakness::severity);
  return out;
}

}  // namespace tlspolicy::scan
