// SPDX-License-Identifier: Apache-2.0
// The site of the executor's tests; see site.hpp.
#include "site.hpp"

#include <algorithm>
#include <stdexcept>

namespace tlspolicy::apply {
namespace {

using host::FileState, host::Finished, host::Path;
using journal::Member, journal::Step;
using Kind = FileState::Kind;

constexpr auto kAnything = "*";

FileState file(std::string content, mode_t mode = 0644) {
  return {Kind::file, std::move(content), mode, 0, 0, {}};
}

bool is_read_by(const Path& path, const Path& folder) {
  return path.starts_with(folder + "/") && path.find("/.") == Path::npos;
}

// What the daemon would have in memory with these files.
std::string text_of(const std::map<Path, FileState>& files, const Path& folder) {
  std::string out;
  for (const auto& [path, state] : files)
    if (state.kind == Kind::file && is_read_by(path, folder)) out += path + ": " + state.content;
  return out;
}

std::map<Path, FileState> states(const test::Names& names) {
  std::map<Path, FileState> out;
  for (const auto& [path, inode] : names)
    if (!path.starts_with("/var") && path != "/") out[path] = *inode;
  return out;
}

}  // namespace

std::string Daemon::on_disk(const test::FakeHost& host) const {
  return text_of(states(host.names), folder);
}

void Daemon::load(const test::FakeHost& host) {
  loaded = on_disk(host);
  alive = loaded.find("FATAL") == std::string::npos;
}

std::vector<Step> steps_of_daemon(const std::string& name) {
  return {{name, Step::Kind::check, {name, "check"}, 10},
          {name, Step::Kind::reload, {name, "reload"}, 10},
          {name, Step::Kind::restart, {name, "restart"}, 10},
          {name, Step::Kind::active, {name, "active"}, 10}};
}

Site::Site() {
  daemons["httpd"] = {"httpd", "/etc/httpd", true, ""};
  daemons["sshd"] = {"sshd", "/etc/ssh.real", true, ""};
  fake.put("/etc/httpd/ssl.conf", "old ssl\n", 0640);
  fake.inode("/etc/httpd/ssl.conf")->xattrs["user.note"] = "kept";
  fake.put("/etc/httpd/legacy.conf", "old legacy\n");
  fake.put("/etc/ssh.real/sshd_config", "old sshd\n", 0600);
  fake.link("/etc/sshd_config", "ssh.real/sshd_config");
  for (auto& [name, daemon] : daemons) {
    daemon.load(fake);
    Daemon* const it = &daemon;
    fake.on(name + " check", [this, it](const host::Command&) {
      return it->on_disk(fake).find("SYNTAX") == std::string::npos
                 ? Finished{0, "Syntax OK\n", "", false}
                 : Finished{1, "", "line 3: SYNTAX is no directive\n", false};
    });
    fake.on(name + " reload", [this, it](const host::Command&) {
      if (!it->alive) return Finished{1, "", "not running\n", false};
      it->load(fake);
      return Finished{0, "", "", false};
    });
    fake.on(name + " restart", [this, it](const host::Command&) {
      it->load(fake);
      return Finished{it->alive ? 0 : 1, "", it->alive ? "" : "it died at once\n", false};
    });
    fake.on(name + " active", [it](const host::Command&) {
      return Finished{it->alive ? 0 : 3, it->alive ? "active\n" : "failed\n", "", false};
    });
  }
}

prove::Target Site::target(const std::string& service, std::string expected_on_wire) const {
  prove::Target target;
  target.service = service;
  target.endpoint = service + ":443:";
  target.place = {"127.0.0.1", 443, std::move(expected_on_wire), ""};
  target.expect = prove::TlsExpectation{{crypto::Protocol::tls12}, {}, {}, {}, {}, {}, 0, 0, 0};
  return target;
}

prove::Verdict Site::verdict(const prove::Target& target) const {
  const Daemon& daemon = daemons.at(target.service);
  prove::Verdict verdict;
  verdict.target = target;
  verdict.serves = daemon.alive;
  verdict.outcome = !daemon.alive ? prove::Outcome::not_proven
                    : daemon.loaded == target.place.sni || target.place.sni == kAnything
                        ? prove::Outcome::complies
                        : prove::Outcome::fails;
  if (verdict.outcome != prove::Outcome::complies)
    verdict.findings.push_back(
        {"suite-outside", {}, verdict.outcome, "it has loaded: " + daemon.loaded});
  return verdict;
}

Tools Site::tools(host::Host& host) {
  return {host,
          [this](const std::vector<prove::Target>& targets) {
            ++proofs;
            if (while_proving) while_proving();
            std::vector<prove::Verdict> out;
            for (const auto& target : targets) out.push_back(verdict(target));
            return out;
          },
          [this](const std::string& service, const std::string& text) {
            said.push_back(service + ": " + text);
          }};
}

std::string Site::loaded_after(const ServiceChange& change) const {
  auto files = states(fake.names);
  for (const auto& member : change.members) {
    const Path path = member.path == "/etc/sshd_config" ? "/etc/ssh.real/sshd_config" : member.path;
    files[path] = member.after;
  }
  return text_of(files, daemons.at(change.service).folder);
}

void Site::expect(ServiceChange& change) const {
  const Daemon& daemon = daemons.at(change.service);
  change.before = {target(change.service, daemon.on_disk(fake))};
  change.after = {target(change.service, loaded_after(change))};
  change.serving_before = {change.service + ":443:"};
}

ServiceChange Site::httpd(std::string ssl_conf) {
  ServiceChange change;
  change.service = "httpd";
  const FileState old = fake.read("/etc/httpd/ssl.conf").value();
  FileState changed = old;
  changed.content = std::move(ssl_conf);
  change.members = {
      {"httpd", "/etc/httpd/ssl.conf", old, changed},
      {"httpd", "/etc/httpd/conf.d/deep/zz-tlspolicy.conf", FileState{}, file("new drop-in\n")},
      {"httpd", "/etc/httpd/legacy.conf", fake.read("/etc/httpd/legacy.conf").value(),
       FileState{}}};
  change.steps = steps_of_daemon("httpd");
  expect(change);
  return change;
}

ServiceChange Site::sshd(std::string sshd_config) {
  ServiceChange change;
  change.service = "sshd";
  const FileState old = fake.read("/etc/ssh.real/sshd_config").value();
  FileState changed = old;
  changed.content = std::move(sshd_config);
  change.members = {{"sshd", "/etc/sshd_config", old, changed}};
  change.steps = steps_of_daemon("sshd");
  expect(change);
  return change;
}

Change Site::change() {
  Change change;
  change.verb = "set";
  change.selected_after = "20261101";
  change.services = {httpd(), sshd()};
  change.settings = {"", kSettings, FileState{}, file("policy = \"20261101\"\n")};
  return change;
}

Site::Snapshot Site::snapshot(const test::Names& names) const {
  Snapshot out{{}, daemons, fake.boot};
  for (const auto& [path, inode] : names) out.names[path] = std::make_shared<FileState>(*inode);
  return out;
}

std::string Site::fingerprint() const {
  std::string out = fake.boot.ends_with('x') ? "rebooted\n" : "";
  const auto add = [&](const std::string& text) {
    out += std::to_string(text.size()) + ":" + text;
  };
  for (const auto& [path, inode] : fake.names) {
    add(path);
    add(inode->content);
    for (const auto& [name, value] : inode->xattrs) add(name + "=" + value);
    out += std::to_string(static_cast<int>(inode->kind)) + "," + std::to_string(inode->mode) + "\n";
  }
  for (const auto& [name, daemon] : daemons) add(name + (daemon.alive ? "+" : "-") + daemon.loaded);
  return out;
}

void Site::restore(const Snapshot& from) {
  fake.names.clear();
  for (const auto& [path, inode] : from.names)
    fake.names[path] = std::make_shared<FileState>(*inode);
  for (const auto& [name, daemon] : from.daemons) daemons[name] = daemon;
  fake.boot = from.boot;
}

void Site::power_cut() {
  fake.boot += "x";
  for (auto& [name, daemon] : daemons) daemon.alive = false;
}

void Site::boot() {
  for (auto& [name, daemon] : daemons)
    if (!daemon.alive) daemon.load(fake);
}

std::map<Path, FileState> Site::files() const { return states(fake.names); }

void Site::expect_anything(Change& change) const {
  for (auto& service : change.services) {
    service.after = {target(service.service, kAnything)};
    service.before = service.after;
  }
}

std::vector<Path> Site::strays() const {
  std::vector<Path> out;
  for (const auto& path : fake.paths())
    if (path.find(".tlspolicy-") != Path::npos || path.ends_with(".tmp")) out.push_back(path);
  return out;
}

const ServiceOutcome& of(const Outcome& outcome, const std::string& service) {
  for (const auto& one : outcome.services)
    if (one.service == service) return one;
  throw std::runtime_error("no outcome for " + service);
}

bool warned(const Outcome& outcome, const std::string& id) {
  return std::ranges::find(outcome.warnings, id, &Error::id) != outcome.warnings.end();
}

}  // namespace tlspolicy::apply
