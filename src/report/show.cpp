// SPDX-License-Identifier: Apache-2.0
// Text and JSON of a policy; see show.hpp.
#include "report/show.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "report/clients.hpp"
#include "report/json.hpp"
#include "report/services.hpp"

namespace tlspolicy::report {
namespace {

template <class Terms>
std::vector<std::string> spelled(const Terms& terms) {
  std::vector<std::string> out;
  for (const auto& term : terms) out.emplace_back(name(term));
  return out;
}

std::string row(const Style& style, std::string_view label, const std::vector<std::string>& list) {
  if (list.empty()) return "";
  return wrapped(style, fmt::format("  {:<16} ", label), base::join(list, " "));
}

std::string order_of(const policy::Tls& tls) {
  return tls.order == policy::Order::server ? "server" : "client";
}

std::string tls_text(std::string_view title, const policy::Tls& tls, const Style& style) {
  std::string out = "\n" + paint(style, Tone::title, title) + "\n";
  out += row(style, "protocols",
             {fmt::format("{} to {}", name(tls.min_protocol), name(tls.max_protocol))});
  out += row(style, "suites", spelled(tls.suites));
  out += row(style, "TLS 1.3 suites", spelled(tls.tls13_suites));
  out += row(style, "groups", spelled(tls.groups));
  out += row(style, "signatures", spelled(tls.schemes));
  out += row(style, "order", {order_of(tls) + "'s"});
  out += row(style, "smallest keys",
             {fmt::format("RSA {}, EC {}, finite-field DH {} bits{}", tls.rsa_bits, tls.ec_bits,
                          tls.dh_bits, tls.ec_certificates ? "" : "; RSA certificates alone")});
  return out;
}

std::string ssh_text(const policy::Ssh& ssh, const Style& style) {
  std::string out = "\n" + paint(style, Tone::title, "SSH") + "\n";
  out += row(style, "key exchange", ssh.kex) + row(style, "ciphers", ssh.ciphers);
  out += row(style, "MACs", ssh.macs) + row(style, "host keys", ssh.host_keys);
  out += row(style, "user keys", ssh.public_keys);
  return out + row(style, "smallest RSA key", {fmt::format("{} bits", ssh.rsa_bits)});
}

std::string policy_text(const policy::Policy* policy, const Style& style) {
  if (!policy) return "upstream: every service as its package ships it\n";
  std::string out = paint(style, Tone::title, policy->id) +
                    wrapped(style, std::string(10, ' '), policy->title).substr(8);
  if (policy->preview) out += "preview: it may still change\n";
  if (policy->legacy) out += "legacy: for old clients; weaker than what packages ship today\n";
  for (const auto& source : policy->sources) out += wrapped(style, "  source ", source);
  out += tls_text("TLS", policy->tls, style);
  if (policy->opportunistic)
    out += tls_text("TLS, opportunistic (port 25)", *policy->opportunistic, style);
  for (const auto& [service, tls] : policy->services)
    out += tls_text("TLS, " + service, tls, style);
  return out + ssh_text(policy->ssh, style);
}

std::string clients_text(const Showing& showing, const Style& style) {
  if (!showing.policy || showing.clients.empty()) return "";
  const auto lost = forecast::lost_by(*showing.policy, showing.clients);
  return "\n" + paint(style, Tone::title, "Clients that it loses") +
         fmt::format(" ({})\n", counted(lost, showing.clients.size())) + lost_text(lost, style, 2);
}

std::string rendered_text(const Rendered& one, const Style& style) {
  std::string out =
      "\n" + paint(style, Tone::title, one.plan.service) + "  " + heading(one.plan) + "\n";
  if (one.plan.skipped) return out + errors_text("skipped", Tone::bad, {*one.plan.skipped}, style);
  if (!one.plan.why.empty())
    out +=
        wrapped(style, "  follows   ", shown_policy(one.plan.policy) + " (" + one.plan.why + ")");
  if (one.files.empty()) out += "  no line of ours: it stays as its package ships it\n";
  for (const auto& file : one.files) {
    out += "  " + file.path + "\n";
    for (const auto& line : file.lines) out += "    " + line + "\n";
  }
  return out + shortfalls_text(one.plan.shortfalls, style) + notes_text(one.plan.notes, style);
}

template <class Terms>
Json coded(const Terms& terms) {
  Json out = Json::array();
  for (const auto term : terms)
    out.push_back(
        {{"name", name(term)}, {"code", fmt::format("0x{:04X}", static_cast<unsigned>(term))}});
  return out;
}

Json tls_json(const policy::Tls& tls) {
  return {{"min_protocol", name(tls.min_protocol)},
          {"max_protocol", name(tls.max_protocol)},
          {"suites", coded(tls.suites)},
          {"tls13_suites", coded(tls.tls13_suites)},
          {"groups", coded(tls.groups)},
          {"signature_schemes", coded(tls.schemes)},
          {"order", order_of(tls)},
          {"rsa_bits", tls.rsa_bits},
          {"ec_bits", tls.ec_bits},
          {"dh_bits", tls.dh_bits},
          {"ec_certificates", tls.ec_certificates}};
}

Json ssh_json(const policy::Ssh& ssh) {
  return {{"kex", names(ssh.kex)},
          {"ciphers", names(ssh.ciphers)},
          {"macs", names(ssh.macs)},
          {"host_keys", names(ssh.host_keys)},
          {"public_keys", names(ssh.public_keys)},
          {"rsa_bits", ssh.rsa_bits}};
}

Json policy_json(const policy::Policy& policy) {
  Json out{{"id", policy.id},
           {"title", policy.title},
           {"legacy", policy.legacy},
           {"preview", policy.preview},
           {"sources", texts(policy.sources)},
           {"tls", tls_json(policy.tls)},
           {"tls_opportunistic", policy.opportunistic ? tls_json(*policy.opportunistic) : Json()},
           {"tls_services", Json::array()},
           {"ssh", ssh_json(policy.ssh)}};
  for (const auto& [service, tls] : policy.services)
    out["tls_services"].push_back({{"service", service}, {"tls", tls_json(tls)}});
  return out;
}

Json rendered_json(const Rendered& one) {
  Json out{{"service", one.plan.service},
           {"title", one.plan.title},
           {"version", one.plan.version},
           {"library", one.plan.library},
           {"effective", shown_policy(one.plan.policy)},
           {"why", one.plan.why},
           {"files", Json::array()},
           {"shortfalls", json_of(one.plan.shortfalls)},
           {"notes", texts(one.plan.notes)},
           {"skipped", json_of(one.plan.skipped)}};
  for (const auto& file : one.files)
    out["files"].push_back({{"path", file.path}, {"lines", texts(file.lines)}});
  return out;
}

}  // namespace

std::string show_text(const Showing& showing, const Style& style) {
  std::string out = policy_text(showing.policy, style) + clients_text(showing, style);
  for (const auto& one : showing.services) out += rendered_text(one, style);
  return out;
}

std::string show_json(const Showing& showing) {
  Json out = root("show");
  out["id"] = showing.policy ? showing.policy->id : shown_policy("");
  out["policy"] = showing.policy ? policy_json(*showing.policy) : Json();
  out["clients_known"] = showing.clients.size();
  out["clients"] =
      showing.policy ? json_of(forecast::lost_by(*showing.policy, showing.clients)) : Json();
  out["services"] = Json::array();
  for (const auto& one : showing.services) out["services"].push_back(rendered_json(one));
  return printed(out);
}

}  // namespace tlspolicy::report
