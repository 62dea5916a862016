// SPDX-License-Identifier: Apache-2.0
// See cleaned.hpp.
#include "report/cleaned.hpp"

#include "base/visible.hpp"

namespace tlspolicy::report {
namespace {

void clean(std::string& text) { text = base::visible(text); }
void clean(std::vector<std::string>& list) {
  for (auto& text : list) clean(text);
}

void clean(scan::Certificate& one) {
  for (auto* text : {&one.subject, &one.issuer, &one.serial, &one.not_before, &one.not_after,
                     &one.key_type, &one.signature_hash, &one.sha256})
    clean(*text);
  clean(one.names);
}

void clean(scan::Ssh& ssh) {
  clean(ssh.offer.banner);
  for (auto* list : {&ssh.offer.kex, &ssh.offer.host_keys, &ssh.offer.ciphers_to_client,
                     &ssh.offer.ciphers_to_server, &ssh.offer.macs_to_client,
                     &ssh.offer.macs_to_server, &ssh.offer.compression, &ssh.server_sig_algs})
    clean(*list);
  for (auto& key : ssh.host_keys) {
    clean(key.algorithm);
    clean(key.sha256);
  }
}

void clean(scan::Endpoint& endpoint) {
  clean(endpoint.target.name);
  for (auto& one : endpoint.target.unreached) clean(one.why);
  clean(endpoint.why);
  for (auto& version : endpoint.versions) clean(version.why);
  for (auto& one : endpoint.signed13) clean(one.key_type);
  for (auto& chain : endpoint.chains)
    for (auto& one : chain.certificates) clean(one);
  clean(endpoint.facts.alpn);
  for (auto& one : endpoint.intolerances) clean(one.why);
  for (auto& one : endpoint.weaknesses) {
    clean(one.evidence);
    clean(one.about);
  }
  if (endpoint.ssh) clean(*endpoint.ssh);
  for (auto& gap : endpoint.gaps) {
    clean(gap.about);
    clean(gap.why);
  }
}
}  // namespace

Judged cleaned(Judged judged) {
  clean(judged.endpoint);
  if (judged.held)
    for (auto& one : judged.held->deviations) clean(one.text);
  if (judged.grade) {
    for (auto& one : judged.grade->reasons) clean(one.text);
    clean(judged.grade->not_judged);
  }
  return judged;
}

}  // namespace tlspolicy::report
