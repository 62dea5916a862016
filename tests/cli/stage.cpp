// SPDX-License-Identifier: Apache-2.0
// The stage; see stage.hpp.
#include "cli/stage.hpp"

#include "base/text.hpp"

namespace tlspolicy::cli::test {
namespace {

constexpr char kApacheConf[] = "/etc/apache2/apache2.conf";
constexpr char kSshdConf[] = "/etc/ssh/sshd_config";

// Files under the folders that a service reads, as discover would bring them.
void add_files(tlspolicy::test::FakeHost& host, const std::string& folder,
               const std::string& pattern, service::Instance& instance) {
  auto& found = instance.globs[pattern];
  for (const auto& path : host.paths()) {
    if (!path.starts_with(folder)) continue;
    instance.files[path] = *host.inode(path);
    if (host::folder_of(path) == host::folder_of(pattern) &&
        base::matches_glob("*.conf", path.substr(path.rfind('/') + 1)))
      found.push_back(path);
  }
}

service::Instance apache(tlspolicy::test::FakeHost& host) {
  service::Instance out;
  out.service = "httpd";
  out.running = true;
  out.capability.program_version = "2.4.57";
  out.capability.library_version = "3.0.11";
  out.capability.library_path = "/usr/lib/libssl.so.3";
  add_files(host, "/etc/apache2/", "/etc/apache2/conf-enabled/*.conf", out);
  out.files.emplace(kDropin, base::FileState{});
  service::Endpoint endpoint;
  endpoint.id = "httpd:443:www.example.org";
  endpoint.address = "0.0.0.0";
  endpoint.port = 443;
  endpoint.sni = "www.example.org";
  out.endpoints = {endpoint};
  return out;
}

service::Instance sshd(tlspolicy::test::FakeHost& host, bool broken) {
  service::Instance out;
  out.service = "sshd";
  out.running = true;
  out.capability.program_version = "9.2p1";
  add_files(host, "/etc/ssh/", "/etc/ssh/sshd_config.d/*.conf", out);
  out.files.emplace(kSshdDropin, base::FileState{});
  service::Endpoint endpoint;
  endpoint.id = "sshd:22";
  endpoint.address = "0.0.0.0";
  endpoint.port = 22;
  endpoint.preamble = "ssh";
  out.endpoints = {endpoint};
  if (broken)
    out.broken = Error{"broken-before", "Bad configuration option: Foo", "sshd -t", "mend it"};
  return out;
}

}  // namespace

Stage::Stage() : machine(host::real_host("/")), data(std::string(TLSPOLICY_SOURCE) + "/data") {
  host.put(kApacheConf, "IncludeOptional conf-enabled/*.conf\n");
  host.put("/etc/apache2/conf-enabled/security.conf", "ServerTokens OS\n");
  host.put(kSshdConf, "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n");
  host.folder("/etc/ssh/sshd_config.d");
  host.on("*", 0);
}

service::HostState Stage::look(const Manifests& manifests,
                               const std::set<std::string>& only) const {
  service::HostState state;
  auto& shown = const_cast<tlspolicy::test::FakeHost&>(host);
  for (auto instance : {apache(shown), sshd(shown, sshd_broken)}) {
    if (!only.empty() && !only.contains(instance.service)) continue;
    const auto& layout = manifests.at(instance.service).layouts.front();
    instance.layout = layout.name;
    instance.vars = layout.vars;
    if (sshd_unseen && instance.service == "sshd") instance.endpoints.clear();
    state.instances.push_back(std::move(instance));
  }
  return state;
}

std::vector<prove::Verdict> Stage::prove(const std::vector<prove::Target>& targets) {
  ++proofs;
  std::vector<prove::Verdict> found;
  for (const auto& target : targets) {
    prove::Verdict verdict;
    verdict.target = target;
    const bool ours = host.exists(kDropin);
    verdict.serves = target.service != "httpd" || (ours ? serves_new : serves_old);
    verdict.outcome = verdict.serves ? proof : prove::Outcome::fails;
    found.push_back(std::move(verdict));
  }
  return found;
}

std::vector<prove::Now> Stage::measure(const std::vector<prove::NowQuestion>& questions) {
  ++measures;
  std::vector<prove::Now> found;
  for (const auto& question : questions) {
    prove::Now now;
    now.reachable = true;
    now.protocols = {crypto::Protocol::tls12, crypto::Protocol::tls13};
    now.groups = question.groups;
    if (weak_now) {
      const auto all = crypto::all_protocols();
      now.protocols.assign(all.begin(), all.end());
    }
    for (const auto protocol : now.protocols)
      for (const auto suite : question.suites) now.suites.emplace_back(protocol, suite);
    std::erase_if(now.groups, [](crypto::Group group) {
      const auto* info = crypto::find(group);
      return info && info->post_quantum;
    });
    found.push_back(std::move(now));
  }
  return found;
}

Request Stage::request(std::string verb, std::string policy) const {
  Request made;
  made.verb = std::move(verb);
  made.has_policy = !policy.empty();
  made.policy = std::move(policy);
  return made;
}

int Stage::run(Request request) {
  Context context{host, *machine, data, "/usr/libexec/tlspolicy/tlspolicy-preflight"};
  context.discover = [this](const auto& manifests, const auto& only) {
    return look(manifests, only);
  };
  context.prove = [this](const auto& targets) { return prove(targets); };
  context.measure = [this](const auto& questions) { return measure(questions); };
  context.progress = [](const std::string&) {};
  context.note = [this](const std::string& line) { notes.push_back(line); };
  context.inside_ssh = [this] { return inside_ssh; };
  context.arm = [this](const std::string& name, std::chrono::seconds time) -> Result<void> {
    if (can_arm-- <= 0) return fail("no-timer", "no such file", "systemd-run");
    armed.emplace_back(name, time);
    return {};
  };
  if (!answer.empty())
    context.typed_yes = [this](const std::string& question) {
      asked = question;
      return answer == "yes";
    };
  std::ostringstream to_out, to_err;
  const int status = cli::run(request, context, to_out, to_err);
  out = to_out.str();
  err = to_err.str();
  return status;
}

}  // namespace tlspolicy::cli::test
