// SPDX-License-Identifier: Apache-2.0
// Sample results; see samples.hpp.
#include "report/samples.hpp"

namespace tlspolicy::test {
namespace {
using base::FileState;

FileState file(std::string content) {
  FileState out;
  out.kind = FileState::Kind::file;
  out.mode = 0644;
  out.content = std::move(content);
  return out;
}

crypto::Suite suite(std::string_view name) { return crypto::suite_named(name).value(); }
crypto::Group group(std::string_view name) { return crypto::group_named(name).value(); }

constexpr char kLongName[] = "httpd:443:a-rather-long-name-of-a-virtual-host.intranet.example.org";

plan::EndpointPlan endpoint(std::string id) {
  plan::EndpointPlan out;
  out.endpoint.id = std::move(id);
  out.endpoint.address = "::";
  out.endpoint.port = 443;
  out.endpoint.sni = "www.example.org";
  out.dimensions["protocols"] = {{"TLSv1.2", "TLSv1.3"}, true};
  out.dimensions["suites"] = {
      {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
       "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
      true};
  out.dimensions["tls13_suites"] = {{"TLS_AES_128_GCM_SHA256"}, false};
  out.dimensions["groups"] = {{"x25519", "secp256r1", "x448", "secp384r1", "secp521r1"}, true};
  return out;
}

}  // namespace

policy::Policy sample_policy(std::string id) {
  policy::Policy out;
  out.id = std::move(id);
  out.title = "TLS 1.2 and 1.3 with forward secrecy";
  out.sources = {"A guideline, version 1, section 3.2, https://example.org/guideline"};
  out.tls.min_protocol = crypto::Protocol::tls12;
  out.tls.max_protocol = crypto::Protocol::tls13;
  out.tls.suites = {suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
                    suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")};
  out.tls.tls13_suites = {suite("TLS_AES_128_GCM_SHA256")};
  out.tls.groups = {group("X25519MLKEM768"), group("x25519")};
  out.tls.schemes = {crypto::scheme_named("rsa_pss_rsae_sha256").value()};
  out.tls.rsa_bits = 3072;
  out.tls.ec_bits = 256;
  out.tls.dh_bits = 3072;
  out.opportunistic = out.tls;
  out.opportunistic->min_protocol = crypto::Protocol::tls10;
  out.services["httpd"] = out.tls;
  out.ssh.kex = {"sntrup761x25519-sha512@openssh.com", "curve25519-sha256"};
  out.ssh.ciphers = {"chacha20-poly1305@openssh.com"};
  out.ssh.macs = {"hmac-sha2-256-etm@openssh.com"};
  out.ssh.host_keys = out.ssh.public_keys = {"ssh-ed25519"};
  out.ssh.rsa_bits = 3072;
  return out;
}

policy::Catalogue sample_catalogue() {
  policy::Catalogue out;
  auto old = sample_policy("20180330");
  old.legacy = true;
  auto next = sample_policy("20270101");
  next.preview = true;
  for (auto& one : {old, sample_policy(), next}) out.emplace(one.id, one);
  return out;
}

forecast::Clients sample_clients() {
  forecast::Client old;
  old.id = "old";
  old.title = "An Old Browser, Some System";
  old.uses = {forecast::Use::web, forecast::Use::mail};
  old.min_protocol = old.max_protocol = crypto::Protocol::tls10;
  old.suites = {suite("TLS_RSA_WITH_AES_128_CBC_SHA")};
  old.sni = false;
  old.sources = {"a manual"};
  forecast::Client server = old;
  server.id = "old-mta";
  server.title = "An Old Mail Server";
  server.uses = {forecast::Use::mta};
  server.sni = true;
  return {old, server};
}

plan::ServicePlan apache_plan() {
  plan::ServicePlan out;
  out.service = "httpd";
  out.title = "Apache HTTP Server";
  out.version = "2.4.57";
  out.library = "3.0.11";
  out.policy = "20261101";
  out.running = true;
  out.files.push_back({"/etc/apache2/conf-enabled/zz-tlspolicy.conf",
                       {},
                       file("<IfModule ssl_module>\n  SSLProtocol -all +TLSv1.2\n</IfModule>\n"),
                       false});
  out.files.push_back({"/etc/apache2/sites-available/old.conf", file("SSLProtocol all\n"),
                       file("#tlspolicy# SSLProtocol all\n"), true});
  out.files.push_back({"/etc/apache2/conf-enabled/gone.conf", file("x\n"), {}, false});
  out.steps = {{"check", {"apache2ctl", "configtest"}, 30},
               {"reload", {"systemctl", "reload", "apache2.service"}, 30},
               {"restart", {"systemctl", "restart", "apache2.service"}, 30},
               {"active", {"systemctl", "is-active", "--quiet", "apache2.service"}, 30}};
  out.endpoints = {endpoint("httpd:443:www.example.org"), endpoint(kLongName)};
  out.shortfalls = {
      {"", "groups", {"X25519MLKEM768"}, "OpenSSL 3.0.11 has no word for it", "OpenSSL 3.5"}};
  out.notes = {
      "/etc/apache2/sites-enabled/strict.conf:7: SSLProtocol is stricter than the policy "
      "and stays"};
  out.refusals = {{"certificate-too-small", "RSA 1024 bits; policy 20261101 wants RSA 3072 or more",
                   "/etc/ssl/certs/old.pem", "make a new key"}};
  out.warnings = {{"certificate-self-signed", "self-signed certificate (CN=localhost)",
                   "/etc/ssl/certs/ssl-cert-snakeoil.pem",
                   "get a certificate from an authority, for example: certbot certonly --webroot"}};
  out.keys_below = {"alice: RSA 1024 in /home/alice/.ssh/authorized_keys"};
  return out;
}

plan::ServicePlan broken_plan() {
  plan::ServicePlan out;
  out.service = "sshd";
  out.title = "OpenSSH server";
  out.version = "9.2p1";
  out.policy = "20180330";
  out.why = "exempted: the old scanner";
  out.skipped = Error{"broken-before", "Bad configuration option: Foo", "sshd -t",
                      "mend its configuration first"};
  return out;
}

plan::Plan sample_plan() { return {"20261101", {apache_plan(), broken_plan()}}; }

prove::Verdict tls_verdict(prove::Outcome outcome) {
  prove::Verdict out;
  out.target.service = "httpd";
  out.target.endpoint = "httpd:443:www.example.org";
  out.target.place = {"::", 443, "www.example.org", ""};
  out.target.expect = prove::TlsExpectation{};
  out.outcome = outcome;
  out.serves = true;
  out.connections = 17;
  using prove::Dimension, prove::Outcome;
  if (outcome == Outcome::fails)
    out.findings.push_back({"protocol-outside", Dimension::protocols, Outcome::fails,
                            "accepts TLSv1.0 with TLS_RSA_WITH_AES_128_CBC_SHA"});
  if (outcome != Outcome::complies)
    out.findings.push_back({"no-control", Dimension::groups, Outcome::not_proven,
                            "groups outside the policy: the control beside it was reset"});
  out.findings.push_back(
      {"works", Dimension::protocols, Outcome::complies, "whole handshake in TLSv1.3"});
  out.seen.protocols = {crypto::Protocol::tls12, crypto::Protocol::tls13};
  out.seen.suites = {suite("TLS_AES_128_GCM_SHA256")};
  out.seen.groups = {group("x25519")};
  out.seen.preferred_group = group("x25519");
  probe::Handshake handshake;
  handshake.done = true;
  handshake.version = crypto::Protocol::tls13;
  handshake.suite = suite("TLS_AES_128_GCM_SHA256");
  handshake.group = group("x25519");
  handshake.key_type = "RSA";
  handshake.key_bits = 3072;
  out.seen.handshakes = {handshake, {}};
  return out;
}

prove::Verdict ssh_verdict() {
  prove::Verdict out;
  out.target.service = "sshd";
  out.target.endpoint = "sshd:22";
  out.target.place = {"0.0.0.0", 22, "", "ssh"};
  out.target.expect = prove::SshExpectation{};
  out.outcome = prove::Outcome::complies;
  out.serves = true;
  out.connections = 2;
  wire::SshOffer offer;
  offer.banner = "SSH-2.0-OpenSSH_9.2p1 Debian-2";
  offer.kex = {"curve25519-sha256"};
  offer.host_keys = {"ssh-ed25519"};
  offer.ciphers_to_client = {"chacha20-poly1305@openssh.com"};
  offer.macs_to_client = {"hmac-sha2-256-etm@openssh.com"};
  out.seen.ssh = offer;
  out.seen.server_sig_algs = {"ssh-ed25519"};
  return out;
}

apply::Outcome sample_outcome() {
  apply::Outcome out;
  out.generation = 3;
  out.settings_written = true;
  out.services = {
      {"httpd", apply::Fate::kept, {}, {tls_verdict(prove::Outcome::complies)}},
      {"sshd",
       apply::Fate::rolled_back,
       Error{"check-failed", "/etc/ssh/sshd_config line 3: Bad SSH2 cipher spec", "sshd -t", ""},
       {ssh_verdict()}}};
  out.warnings = {{"kept-edit", "somebody changed this file meanwhile: it was left as it is",
                   "/etc/apache2/conf-enabled/zz-tlspolicy.conf", ""}};
  return out;
}

journal::Generation generation(int number, std::string verb, std::string outcome) {
  journal::Generation out;
  out.number = number;
  out.created = "2026-11-23T04:05:06Z";
  out.verb = std::move(verb);
  out.selected_after = "20261101";
  out.members = {{"httpd", "/etc/apache2/conf-enabled/zz-tlspolicy.conf", {}, {}},
                 {"", "/etc/tlspolicy/tlspolicy.toml", {}, {}}};
  out.touched = {"httpd"};
  if (!outcome.empty()) out.outcome = std::move(outcome);
  return out;
}

}  // namespace tlspolicy::test
