// SPDX-License-Identifier: Apache-2.0
// R9: certificates and host keys held against the policy that was chosen, before anything changes.
#include <fmt/format.h>

#include <algorithm>

#include "plan/predict.hpp"

namespace tlspolicy::plan {
namespace {
using service::Certificate;

std::vector<const Certificate*> of(const service::Instance& instance,
                                   const service::Endpoint& endpoint) {
  std::vector<const Certificate*> out;
  for (const auto& certificate : instance.certificates)
    if (std::ranges::find(endpoint.certificates, certificate.path) != endpoint.certificates.end())
      out.push_back(&certificate);
  return out;
}

std::string said(const Certificate& certificate) {
  return fmt::format("{} {} bits", certificate.key_type, certificate.bits);
}

bool too_small(const Certificate& certificate, const policy::Tls& tls, const policy::Ssh& ssh,
               bool is_ssh) {
  if (certificate.key_type == "RSA")
    return certificate.bits < (is_ssh ? ssh.rsa_bits : tls.rsa_bits);
  return certificate.key_type == "EC" && !is_ssh && certificate.bits < tls.ec_bits;
}

void add_once(std::vector<Error>& list, Error error) {
  if (std::ranges::find(list, error) == list.end()) list.push_back(std::move(error));
}

constexpr std::string_view kRealOne =
    "get a certificate from an authority, for example: certbot certonly --webroot";

void look_at(const Certificate& one, ServicePlan& plan) {
  if (one.expired)
    add_once(plan.warnings, {"certificate-expired", fmt::format("expired on {}", one.not_after),
                             one.path, "renew it"});
  if (one.self_signed)
    add_once(plan.warnings,
             {"certificate-self-signed", fmt::format("self-signed certificate ({})", one.subject),
              one.path, std::string(kRealOne)});
}

}  // namespace

void guard_certificates(const service::Instance& instance, const service::Facts& facts,
                        const std::string& policy, ServicePlan& plan) {
  for (const auto& endpoint : instance.endpoints) {
    const auto& tls = facts.tls_of(endpoint.role);
    const auto& ssh = facts.ssh;
    const bool is_ssh = endpoint.preamble == "ssh";
    const auto shown = of(instance, endpoint);
    for (const auto* one : shown) {
      if (!is_ssh) look_at(*one, plan);
      if (!too_small(*one, tls, ssh, is_ssh)) continue;
      Error error{is_ssh ? "host-key-too-small" : "certificate-too-small",
                  fmt::format("{}; policy {} wants RSA {} or more", said(*one), policy,
                              is_ssh ? ssh.rsa_bits : tls.rsa_bits),
                  one->path, "make a new key"};
      // sshd leaves a small host key out and serves the others.
      add_once(is_ssh && shown.size() > 1 ? plan.warnings : plan.refusals, std::move(error));
    }
    const bool only_ec =
        !is_ssh && !shown.empty() &&
        std::ranges::all_of(shown, [](const Certificate* one) { return one->key_type != "RSA"; });
    if (only_ec && !tls.ec_certificates)
      add_once(plan.refusals,
               {"certificate-unfit",
                fmt::format("policy {} knows RSA certificates alone, and {} has none", policy,
                            endpoint.id),
                shown.front()->path, "add an RSA certificate beside it, or choose a later date"});
  }
}

}  // namespace tlspolicy::plan
