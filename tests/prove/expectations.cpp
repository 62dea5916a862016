// SPDX-License-Identifier: Apache-2.0
// The hand-written expectations, in registry names.
#include "expectations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tlspolicy::prove {
namespace {
template <class Named>
auto numbers(const std::vector<std::string>& names, Named named) {
  std::vector<typename std::invoke_result_t<Named, std::string_view>::value_type> out;
  for (const std::string& name : names) out.push_back(named(name).value());
  return out;
}
}  // namespace

crypto::Suite suite(const std::string& name) { return crypto::suite_named(name).value(); }
crypto::Group group(const std::string& name) { return crypto::group_named(name).value(); }
crypto::Scheme scheme(const std::string& name) { return crypto::scheme_named(name).value(); }
crypto::Suites suites(const std::vector<std::string>& n) { return numbers(n, crypto::suite_named); }
crypto::Groups groups(const std::vector<std::string>& n) { return numbers(n, crypto::group_named); }
crypto::Schemes schemes(const std::vector<std::string>& n) {
  return numbers(n, crypto::scheme_named);
}

TlsExpectation hybrid() {
  TlsExpectation e;
  e.protocols = {crypto::Protocol::tls12, crypto::Protocol::tls13};
  e.suites =
      suites({"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
              "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
              "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
              "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"});
  e.tls13_suites =
      suites({"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"});
  e.groups = groups({"X25519MLKEM768", "SecP256r1MLKEM768", "x25519", "secp256r1", "secp384r1"});
  e.schemes =
      schemes({"ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512",
               "ed25519", "ed448", "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384",
               "rsa_pss_rsae_sha512", "rsa_pss_pss_sha256", "rsa_pss_pss_sha384",
               "rsa_pss_pss_sha512", "rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512"});
  e.order = policy::Order::client;
  e.rsa_bits = 2048;
  e.ec_bits = 256;
  e.dh_bits = 2048;
  return e;
}

TlsExpectation guarded() {
  TlsExpectation e = hybrid();
  e.groups = groups({"x25519", "secp256r1", "secp384r1"});
  for (const auto& name :
       {"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"})
    e.suites.push_back(suite(name));
  return e;
}

TlsExpectation legacy() {
  TlsExpectation e = guarded();
  e.protocols = {crypto::Protocol::tls10, crypto::Protocol::tls11, crypto::Protocol::tls12,
                 crypto::Protocol::tls13};
  e.suites = suites({"TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                     "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                     "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                     "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
                     "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"});
  e.schemes.clear();
  e.order = policy::Order::server;
  return e;
}

wire::Answer chosen(crypto::Protocol version, crypto::Suite suite) {
  wire::Chosen out;
  out.version = version;
  out.suite = suite;
  return out;
}

Target target(const probe::Place& place, const TlsExpectation& e) {
  return {.service = "web", .endpoint = "web:1", .place = place, .expect = e, .observed = {}};
}

std::vector<std::string> ids(const Verdict& verdict, Outcome outcome) {
  std::set<std::string> out;
  for (const Finding& finding : verdict.findings)
    if (finding.outcome == outcome) out.insert(finding.id);
  return {out.begin(), out.end()};
}

std::string texts(const Verdict& verdict) {
  std::string out = fmt::format("{} connections\n", verdict.connections);
  for (const Finding& finding : verdict.findings)
    out += fmt::format("{} {} [{}]: {}\n", name(finding.outcome), finding.id,
                       name(finding.dimension), finding.text);
  return out;
}

}  // namespace tlspolicy::prove
