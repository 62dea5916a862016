// SPDX-License-Identifier: Apache-2.0
// A scan as JSON, whole or a line for each endpoint; docs/schemas/scan.json has the form.
#include <utility>

#include "base/text.hpp"
#include "report/form.hpp"
#include "report/json.hpp"
#include "report/reach.hpp"

namespace tlspolicy::report {
namespace {
using scan::Endpoint;

template <class Term>
Json as_json(const scan::Preference<Term>& preference) {
  return {{"accepted", term_names(preference.accepted)},
          {"order", name(preference.order)},
          {"whole", preference.whole}};
}

Json as_json(const scan::Version& version) {
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

Json as_json(const scan::Certificate& one) {
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

Json as_json(const scan::Facts& facts) {
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
          {"chacha20_by_client", name(facts.chacha20_by_client)},
          {"client_certificate", name(facts.client_certificate)},
          {"heartbleed", name(facts.heartbleed)},
          {"ccs_injection", name(facts.ccs_injection)}};
}

Json as_json(const scan::Ssh& ssh) {
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

template <class Items>
Json list_of(const Items& items) {
  Json out = Json::array();
  for (const auto& one : items) out.push_back(as_json(one));
  return out;
}

Json as_json(const scan::Staple& staple) {
  return {{"status", staple.status},           {"why", staple.why},
          {"this_update", staple.this_update}, {"next_update", staple.next_update},
          {"revoked", staple.revoked},         {"reason", staple.reason}};
}

Json chains_of(const Endpoint& endpoint) {
  Json out = Json::array();
  for (const auto& chain : endpoint.chains)
    out.push_back({{"certificates", list_of(chain.certificates)},
                   {"seen_in", term_names(chain.seen_in)},
                   {"staple", chain.staple ? as_json(*chain.staple) : Json()}});
  return out;
}

Json signing_of(const Endpoint& endpoint) {
  Json out = Json::array();
  for (const auto& one : endpoint.schemes12)
    out.push_back({{"key", one.key}, {"schemes", as_json(one.schemes)}});
  return out;
}

Json weaknesses_json(const Endpoint& endpoint) {
  Json out = Json::array();
  for (const auto& one : endpoint.weaknesses)
    out.push_back({{"id", one.id}, {"severity", name(one.severity)}, {"evidence", one.evidence}});
  return out;
}

Json as_json(const std::optional<scan::Held>& held) {
  if (!held) return {};
  Json deviations = Json::array();
  for (const auto& one : held->deviations)
    deviations.push_back({{"id", one.id},
                          {"dimension", one.dimension},
                          {"outcome", name(one.outcome)},
                          {"text", one.text}});
  return {{"policy", held->policy},
          {"part", held->part},
          {"outcome", name(held->outcome)},
          {"dimensions", names(held->dimensions)},
          {"deviations", std::move(deviations)}};
}

Json as_json(const std::optional<scan::Grade>& grade) {
  if (!grade) return {};
  Json reasons = Json::array();
  for (const auto& one : grade->reasons)
    reasons.push_back({{"effect", one.effect}, {"text", one.text}, {"source", one.source}});
  return {{"guide", scan::kGuide},
          {"letter", grade->letter},
          {"if_trusted", grade->if_trusted},
          {"score", grade->score},
          {"protocol", grade->protocol},
          {"key_exchange", grade->key_exchange},
          {"cipher", grade->cipher},
          {"reasons", std::move(reasons)},
          {"not_judged", texts(grade->not_judged)}};
}

Json as_json(const Judged& judged, const forecast::Clients& clients) {
  const Endpoint& endpoint = judged.endpoint;
  const auto& place = endpoint.target.place;
  Json out{{"target", endpoint.target.name},
           {"address", place.address},
           {"port", place.port},
           {"sni", place.sni},
           {"preamble", place.preamble},
           {"other_addresses", names(endpoint.target.others)},
           {"unreached", Json::array()},
           {"serves", name(endpoint.serves)},
           {"why", endpoint.why},
           {"protocols", list_of(endpoint.versions)},
           {"groups_tls13", as_json(endpoint.groups13)},
           {"groups_tls12", as_json(endpoint.groups12)},
           {"schemes_tls12", signing_of(endpoint)},
           {"signatures_tls13", Json::array()},
           {"fields", Json::array()},
           {"chains", chains_of(endpoint)},
           {"facts", as_json(endpoint.facts)},
           {"intolerances", Json::array()},
           {"weaknesses", weaknesses_json(endpoint)},
           {"ssh", endpoint.ssh ? as_json(*endpoint.ssh) : Json()},
           {"gaps", Json::array()},
           {"held", as_json(judged.held)},
           {"grade", as_json(judged.grade)},
           {"clients", clients.empty() ? Json() : json_of(reached(endpoint, clients))},
           {"connections", endpoint.connections}};
  for (const auto& one : endpoint.signed13)
    out["signatures_tls13"].push_back(
        {{"key", one.key_type}, {"scheme", one.scheme ? Json(name(*one.scheme)) : Json()}});
  for (const auto& one : endpoint.target.unreached)
    out["unreached"].push_back({{"address", one.about}, {"why", one.why}});
  for (const auto& one : endpoint.fields)
    out["fields"].push_back({{"bits", one.bits}, {"name", one.name}});
  for (const auto& one : endpoint.intolerances)
    out["intolerances"].push_back({{"id", one.id}, {"why", one.why}});
  for (const auto& gap : endpoint.gaps)
    out["gaps"].push_back({{"about", gap.about}, {"why", gap.why}});
  return out;
}

// Indented by hand, so that the pieces are the document that would be made at once.
std::string piece(const Json& json) {
  std::string text = json.dump(2, ' ', true, Json::error_handler_t::replace);
  return "    " + base::replace_all(std::move(text), "\n", "\n    ");
}

class JsonForm : public Form {
 public:
  explicit JsonForm(forecast::Clients clients) : clients_(std::move(clients)) {}
  std::string head() override {
    std::string start = printed(root("scan"));
    start.resize(start.rfind('\n', start.size() - 2));  // without its closing brace
    return start + ",\n  \"endpoints\": [";
  }
  std::string endpoint(const Judged& judged) override {
    return (std::exchange(first_, false) ? "\n" : ",\n") + piece(as_json(judged, clients_));
  }
  std::string left_out(const Error& error) override {
    left_out_ += (left_out_.empty() ? "\n" : ",\n") + piece(json_of(error));
    return {};
  }
  std::string tail() override {
    return std::string(first_ ? "" : "\n  ") + "],\n  \"left_out\": [" + left_out_ +
           (left_out_.empty() ? "" : "\n  ") + "]\n}\n";
  }

 private:
  forecast::Clients clients_;
  bool first_ = true;
  std::string left_out_;
};

// One document on each line (ndjson.org), with a schema of its own.
class NdjsonForm : public Form {
 public:
  explicit NdjsonForm(forecast::Clients clients) : clients_(std::move(clients)) {}
  std::string endpoint(const Judged& judged) override {
    return line(as_json(judged, clients_), Json());
  }
  std::string left_out(const Error& error) override { return line(Json(), json_of(error)); }

 private:
  static std::string line(Json endpoint, Json left_out) {
    Json out = root("scan-line");
    out["endpoint"] = std::move(endpoint);
    out["left_out"] = std::move(left_out);
    return out.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
  }

  forecast::Clients clients_;
};
}  // namespace

std::unique_ptr<Form> json_form(FormOptions options) {
  return std::make_unique<JsonForm>(std::move(options.clients));
}
std::unique_ptr<Form> ndjson_form(FormOptions options) {
  return std::make_unique<NdjsonForm>(std::move(options.clients));
}

std::string whole(Form& form, const Scanned& scanned) {
  std::string out = form.head();
  for (const auto& one : scanned.endpoints) out += form.endpoint(one);
  for (const auto& one : scanned.left_out) out += form.left_out(one);
  return out + form.tail();
}

std::string scan_json(const Scanned& scanned) {
  JsonForm form({});
  return whole(form, scanned);
}

}  // namespace tlspolicy::report
