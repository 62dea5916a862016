// SPDX-License-Identifier: Apache-2.0
// See world.hpp.
#include "world.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "plan/compose.hpp"
#include "service/endpoints.hpp"

namespace tlspolicy::plan::test {
namespace {

base::FileState file(const std::string& text) {
  base::FileState out;
  out.kind = base::FileState::Kind::file;
  out.content = text;
  out.mode = 0644;
  return out;
}

// What discover would have found: every include pattern with its matches.
void fill(service::Instance& instance, const Files& files) {
  const auto manifest = world().manifests.at(instance.service);
  for (const auto& layout : manifest.layouts)
    if (layout.name == (instance.layout.empty() ? "debian" : instance.layout))
      instance.vars = layout.vars;
  for (const auto& [path, text] : files) instance.files[path] = file(text);
  const auto content = [&](const std::string& path) -> std::optional<std::string> {
    const auto found = instance.files.find(path);
    if (found == instance.files.end()) return std::nullopt;
    return found->second.content;
  };
  const auto glob = [&](const std::string& pattern) {
    auto& out = instance.globs[pattern];
    out.clear();
    const auto slash = pattern.rfind('/');
    for (const auto& [path, state] : instance.files)
      if (path.rfind('/') == slash && path.starts_with(pattern.substr(0, slash + 1)) &&
          base::matches_glob(pattern.substr(slash + 1), path.substr(slash + 1)))
        out.push_back(path);
    return out;
  };
  auto flat = config::flatten(
      *config::syntax_named(manifest.syntax), *service::expand(manifest.root_file, instance.vars),
      *service::expand(manifest.base_folder, instance.vars), manifest.include_keys, content, glob);
  for (const auto& one : manifest.also) {
    const auto name = *service::expand(one.file, instance.vars);
    const bool is_pattern = name.find_first_of("*?[") != std::string::npos;
    if (!one.optional || (!name.empty() && (is_pattern || content(name))))
      config::append(
          flat, config::flatten(*config::syntax_named(one.syntax), name, "/", {}, content, glob));
  }
  instance.running = true;
  instance.endpoints = service::endpoints(manifest, flat.settings, instance.dump, instance.notes);
}

}  // namespace

std::string source(const std::string& path) {
  std::ifstream in(std::string(TLSPOLICY_SOURCE) + "/" + path);
  EXPECT_TRUE(in) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

World world() {
  static const World loaded = [] {
    World out;
    std::map<std::string, std::string> policies;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(TLSPOLICY_SOURCE) + "/data/policies"))
      policies[entry.path().filename()] =
          source("data/policies/" + entry.path().filename().string());
    auto catalogue = policy::parse_catalogue(policies);
    EXPECT_TRUE(catalogue) << catalogue.error().what << catalogue.error().where;
    if (catalogue) out.catalogue = *catalogue;
    for (const std::string name : {"httpd", "sshd", "dovecot", "postfix", "exim"}) {
      auto manifest =
          service::parse_manifest(source("data/services/" + name + "/service.toml"), name);
      EXPECT_TRUE(manifest) << manifest.error().what << manifest.error().where;
      if (manifest) out.manifests[name] = *manifest;
    }
    out.preflight = "/usr/libexec/tlspolicy/tlspolicy-preflight";
    out.today = "2026-11-23";
    return out;
  }();
  return loaded;
}

service::Instance httpd(const Files& files) {
  service::Instance out;
  out.service = "httpd";
  out.capability.program_version = "2.4.71";
  out.capability.library_version = "3.0.22";
  out.capability.library_path = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
  Files all = files;
  all["/etc/apache2/apache2.conf"] =
      "IncludeOptional mods-enabled/*.conf\nInclude ports.conf\n"
      "IncludeOptional conf-enabled/*.conf\nIncludeOptional sites-enabled/*.conf\n";
  all["/etc/apache2/ports.conf"] = "Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n";
  fill(out, all);
  return out;
}

service::Instance sshd(const Files& files) {
  service::Instance out;
  out.service = "sshd";
  out.capability.program_version = "9.2p1";
  out.dump = {{"listenaddress", "0.0.0.0:22"}, {"hostkey", "/etc/ssh/ssh_host_ed25519_key"}};
  fill(out, files);
  return out;
}

service::Instance dovecot(const Files& files, const std::string& version) {
  service::Instance out;
  out.service = "dovecot";
  out.capability.program_version = version;
  out.capability.library_version = "3.0.22";
  out.capability.library_path = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
  out.dump = {{"ssl", "yes"},
              {"listen", "*, ::"},
              {"protocols", "imap pop3 lmtp"},
              {"service/imap-login/inet_listener/imap/port", "143"},
              {"service/imap-login/inet_listener/imap/ssl", "no"},
              {"service/imap-login/inet_listener/imaps/port", "993"},
              {"service/imap-login/inet_listener/imaps/ssl", "yes"},
              {"service/pop3-login/inet_listener/pop3/port", "0"},
              {"service/pop3-login/inet_listener/pop3s/port", "995"},
              {"service/pop3-login/inet_listener/pop3s/ssl", "yes"},
              {"service/managesieve-login/inet_listener/sieve/port", "4190"},
              {"service/lmtp/inet_listener/lmtp/port", "24"},
              {"service/lmtp/inet_listener/proxied/port", "2424"},
              {"service/lmtp/inet_listener/proxied/haproxy", "yes"}};
  Files all = files;
  all["/etc/dovecot/dovecot.conf"] = "!include conf.d/*.conf\n!include_try local.conf\n";
  fill(out, all);
  return out;
}

service::Instance postfix(const Files& files, const std::string& version) {
  service::Instance out;
  out.service = "postfix";
  out.capability.program_version = version;
  out.capability.library_version = version < "3.9" && version[2] != '1' ? "3.0.22" : "3.5.4";
  out.capability.library_path = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
  out.dump = {{"inet_interfaces", "all"},
              {"smtpd_tls_security_level", ""},
              {"smtp_tls_security_level", ""},
              {"smtpd_tls_wrappermode", "no"},
              {"tlsproxy_tls_security_level", "$smtpd_tls_security_level"},
              {"tls_config_file", "default"},
              {"smtpd_tls_protocols", ">=TLSv1"},
              {"smtpd_tls_mandatory_protocols", ">=TLSv1"}};
  if (out.capability.library_version == "3.5.4")
    out.dump.emplace("tls_ffdhe_auto_groups", "ffdhe2048 ffdhe3072");
  fill(out, files);
  return out;
}

service::Instance exim(const Files& files, const std::string& layout, bool gnutls) {
  service::Instance out;
  out.service = "exim";
  out.layout = layout;
  out.capability.program_version = gnutls ? "4.96" : "4.97";
  out.capability.library = gnutls ? "gnutls" : "openssl";
  out.capability.library_version = gnutls ? "3.7.9" : "3.0.22";
  out.capability.library_path = gnutls ? "/usr/lib/libgnutls.so.30" : "/usr/lib/libssl.so.3";
  out.dump = {{"daemon_smtp_ports", "25 : 465 : submission"},
              {"tls_on_connect_ports", "465"},
              {"local_interfaces", "<; ::0 ; 0.0.0.0"},
              {"tls_advertise_hosts", "*"},
              {"tls_certificate", "/etc/exim4/exim.crt : /etc/exim4/ec.crt"}};
  fill(out, files);
  return out;
}

ServicePlan plan_one(const service::Instance& instance, const std::string& policy) {
  service::HostState host;
  host.instances = {instance};
  auto plan = make_plan(world(), {}, host, policy);
  EXPECT_TRUE(plan) << plan.error().what;
  return plan ? plan->services.at(0) : ServicePlan{};
}

service::Instance carried_out(service::Instance instance, const ServicePlan& plan) {
  Files files;
  for (const auto& [path, state] : instance.files)
    if (state.kind == base::FileState::Kind::file) files[path] = state.content;
  for (const auto& change : plan.files) {
    if (change.after.kind == base::FileState::Kind::absent) {
      files.erase(change.path);
    } else {
      files[change.path] = change.after.content;
    }
  }
  instance.files.clear();
  instance.globs.clear();
  fill(instance, files);
  return instance;
}

const std::string* content(const ServicePlan& plan, const std::string& path) {
  for (const auto& change : plan.files)
    if (change.path == path) return &change.after.content;
  return nullptr;
}

}  // namespace tlspolicy::plan::test
