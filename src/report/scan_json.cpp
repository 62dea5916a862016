// SPDX-License-Identifier: Apache-2.0
// A scan as JSON; docs/schemas/scan.json has the form.
#include "report/json.hpp"
#include "report/scan.hpp"

namespace tlspolicy::report {
namespace {
using scan::Endpoint;

template <class Term>
Json json_of(const scan::Preference<Term>& preference) {
  return {{"accepted", term_names(preference.accepted)},
          {"order", name(preference.order)},
          {"whole", preference.whole}};
}

Json json_of(const scan::Version& version) {
  Json suites = Json::array();
  for (const auto suite : version.suites.accepted)
    suites.push_back({{"name", name(suite)}, {"code", static_cast<std::uint32_t>(suite)}});
  return {{"name", name(version.protocol)},
          {"accepted", name(version.accepted)},
          {"why", version.why},
          {"suites", std::move(suites)},
          {"order", name(version.suites.order)},
          {"whole", version.suites.whole}};
}

Json json_of(const scan::Certificate& one) {
  return {{"subject", one.subject},
          {"issuer", one.issuer},
          {"serial", one.serial},
          {"names", names(one.names)},
          {"not_before", one.not_before},
          {"not_after", one.not_after},
          {"key_type", one.key_type},
          {"key_bits", one.key_bits},
          {"curve", one.curve ? Json(name(*one.curve)) : Json()},
          {"signature_hash", one.signature_hash},
          {"sha256", one.sha256},
          {"self_signed", one.self_signed}};
}

Json json_of(const scan::Facts& facts) {
  return {{"alpn", names(facts.alpn)},
          {"ocsp_stapling", name(facts.ocsp_stapling)},
          {"tickets", name(facts.tickets)},
          {"session_ids", name(facts.session_ids)},
          {"secure_renegotiation", name(facts.secure_renegotiation)},
          {"client_renegotiation", name(facts.client_renegotiation)},
          {"fallback_scsv", name(facts.fallback_scsv)},
          {"extended_master_secret", name(facts.extended_master_secret)},
          {"encrypt_then_mac", name(facts.encrypt_then_mac)},
          {"compression", name(facts.compression)},
          {"heartbeat", name(facts.heartbeat)},
          {"heartbleed", name(facts.heartbleed)},
          {"ccs_injection", name(facts.ccs_injection)}};
}

Json json_of(const scan::Ssh& ssh) {
  Json keys = Json::array();
  for (const auto& key : ssh.host_keys)
    keys.push_back({{"algorithm", key.algorithm}, {"bits", key.bits}, {"sha256", key.sha256}});
  Json moduli = Json::array();
  for (const int bits : ssh.moduli) moduli.push_back({{"bits", bits}});
  return {{"banner", ssh.offer.banner},
          {"kex", names(ssh.offer.kex)},
          {"host_key_algorithms", names(ssh.offer.host_keys)},
          {"ciphers", names(ssh.offer.ciphers_to_client)},
          {"macs", names(ssh.offer.macs_to_client)},
          {"compression", names(ssh.offer.compression)},
          {"host_keys", std::move(keys)},
          {"server_sig_algs", names(ssh.server_sig_algs)},
          {"strict_kex", name(ssh.strict_kex)},
          {"moduli", std::move(moduli)}};
}

Json json_of(const Endpoint&);

template <class Items>
Json list_of(const Items& items) {
  Json out = Json::array();
  for (const auto& one : items) out.push_back(json_of(one));
  return out;
}

Json chains_of(const Endpoint& endpoint) {
  Json out = Json::array();
  for (const auto& chain : endpoint.chains)
    out.push_back(
        {{"certificates", list_of(chain.certificates)}, {"seen_in", term_names(chain.seen_in)}});
  return out;
}

Json signing_of(const Endpoint& endpoint) {
  Json out = Json::array();
  for (const auto& one : endpoint.schemes12)
    out.push_back({{"key", one.key}, {"schemes", json_of(one.schemes)}});
  return out;
}

Json weaknesses_json(const Endpoint& endpoint) {
  Json out = Json::array();
  for (const auto& one : endpoint.weaknesses)
    out.push_back({{"id", one.id}, {"severity", name(one.severity)}, {"evidence", one.evidence}});
  return out;
}

Json json_of(const Endpoint& endpoint) {
  const auto& place = endpoint.target.place;
  Json out{{"target", endpoint.target.name},
           {"address", place.address},
           {"port", place.port},
           {"sni", place.sni},
           {"preamble", place.preamble},
           {"serves", name(endpoint.serves)},
           {"why", endpoint.why},
           {"protocols", list_of(endpoint.versions)},
           {"groups_tls13", json_of(endpoint.groups13)},
           {"groups_tls12", json_of(endpoint.groups12)},
           {"schemes_tls12", signing_of(endpoint)},
           {"signatures_tls13", Json::array()},
           {"fields", Json::array()},
           {"chains", chains_of(endpoint)},
           {"facts", json_of(endpoint.facts)},
           {"intolerances", Json::array()},
           {"weaknesses", weaknesses_json(endpoint)},
           {"ssh", endpoint.ssh ? json_of(*endpoint.ssh) : Json()},
           {"gaps", Json::array()},
           {"connections", endpoint.connections}};
  for (const auto& one : endpoint.signed13)
    out["signatures_tls13"].push_back(
        {{"key", one.key_type}, {"scheme", one.scheme ? Json(name(*one.scheme)) : Json()}});
  for (const auto& one : endpoint.fields)
    out["fields"].push_back({{"bits", one.bits}, {"name", one.name}});
  for (const auto& one : endpoint.intolerances)
    out["intolerances"].push_back({{"id", one.id}, {"why", one.why}});
  for (const auto& gap : endpoint.gaps)
    out["gaps"].push_back({{"about", gap.about}, {"why", gap.why}});
  return out;
}
}  // namespace

std::string scan_json(const Scanned& scanned) {
  Json out = root("scan");
  out["endpoints"] = list_of(scanned.endpoints);
  out["left_out"] = json_of(scanned.left_out);
  return printed(out);
}

}  // namespace tlspolicy::report
