// SPDX-License-Identifier: Apache-2.0
// A small site for the executor's tests: a machine in memory with two daemons that read their
// folders as real ones do, die of a configuration that their check lets pass, and are proven by
// what they have really loaded.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apply/apply.hpp"
#include "support/fake_host.hpp"

namespace tlspolicy::apply {

inline constexpr auto kGenerations = "/var/lib/tlspolicy/generations";
inline constexpr auto kSettings = "/etc/tlspolicy/tlspolicy.toml";

// Reads every file of its folder that is not hidden, as an include pattern would.  "SYNTAX" in one
// of them fails its check; "FATAL" passes it and kills it at the next reload, as Apache does.
struct Daemon {
  std::string name, folder;
  bool alive = true;
  std::string loaded;

  std::string on_disk(const test::FakeHost&) const;
  void load(const test::FakeHost&);
};

class Site {
 public:
  Site();  // httpd and sshd run with their old settings; no journal, no settings file
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // httpd: one file changes, one is new in a new folder, one goes; sshd: one file behind a symlink;
  // the settings file is new, and so is its folder.
  Change change();
  ServiceChange httpd(std::string ssl_conf = "new ssl\n");
  ServiceChange sshd(std::string sshd_config = "new sshd\n");

  void expect_anything(Change&) const;  // it has to serve, whatever it has loaded

  Tools tools() { return tools(fake); }
  Tools tools(host::Host&);
  journal::Journal journal() { return journal(fake); }
  journal::Journal journal(host::Host& host) { return journal::Journal(host, kGenerations); }
  Daemon& daemon(const std::string& name) { return daemons.at(name); }

  // The whole machine as it stands, to go on from there more than once.
  struct Snapshot {
    test::Names names;
    std::map<std::string, Daemon> daemons;
    std::string boot;
  };
  Snapshot snapshot() const { return snapshot(fake.names); }
  Snapshot snapshot(const test::Names& names) const;  // with other names on the disk
  std::string fingerprint() const;                    // equal where a fresh run finds the same
  void restore(const Snapshot&);

  // The machine starts again, with what is on the disk.
  void power_cut();
  void boot();

  // All but the journal: path -> state, folders included.
  std::map<host::Path, host::FileState> files() const;
  std::vector<host::Path> strays() const;  // our temporary files

  test::FakeHost fake;
  std::map<std::string, Daemon> daemons;
  std::vector<std::string> said;
  std::function<void()> while_proving;
  int proofs = 0;

 private:
  prove::Target target(const std::string& service, std::string expected_on_wire) const;
  prove::Verdict verdict(const prove::Target&) const;
  std::string loaded_after(const ServiceChange&) const;
  void expect(ServiceChange&) const;
};

std::vector<journal::Step> steps_of_daemon(const std::string& name);
const ServiceOutcome& of(const Outcome&, const std::string& service);
bool warned(const Outcome&, const std::string& id);

}  // namespace tlspolicy::apply
