// SPDX-License-Identifier: Apache-2.0
// What discover found on a host, as one plain value: all that the planner may know.  It round-trips
// through JSON, so that a host can be recorded and replayed in a test.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_state.hpp"
#include "base/result.hpp"
#include "config/flatten.hpp"
#include "service/manifest.hpp"

namespace tlspolicy::service {

struct Certificate {           // also an SSH host key
  std::string path, key_type;  // "RSA", "EC", "ED25519", "DSA"
  int bits = 0;
  std::string subject, not_after;  // RFC 3339; "" for a bare key
  bool self_signed = false;
  bool expired = false;
  bool operator==(const Certificate&) const = default;
};

struct MatchBlock {        // of sshd_config: what stands in it holds for some connections
  std::string place;       // "/etc/ssh/sshd_config:120"
  std::string text;        // "Match User bob"
  std::string connection;  // one for which it holds, as `sshd -T -C` takes it; "": not known
  bool operator==(const MatchBlock&) const = default;
};

struct KeyFile {            // where the private key of a certificate should be
  std::string certificate;  // path
  std::string path, setting;
  bool operator==(const KeyFile&) const = default;
};

struct Endpoint {
  std::string id;       // "httpd:443:www.example.org"
  std::string address;  // numeric; "0.0.0.0" and "::" are wildcards
  int port = 0;
  std::string sni, preamble;
  std::string role;  // the part of the policy that counts here: "", "opportunistic", "outbound", …
  std::string scope_kind, scope_argument, file;  // the scope of the configuration behind it
  int line = 0;
  std::vector<std::string> certificates;      // paths
  std::map<std::string, std::string> within;  // lower scopes that hold here: {"protocol": "imap"}
  std::vector<MatchBlock> blocks;             // with settings of a policy in them
  // Not a server that we go to, but a client of this host, made to come to us in the way `client`
  // with what `reach` says; `tables`: those with settings of its own for one peer.
  std::string client{};  // "postfix-queue"
  std::map<std::string, std::string> reach{};
  std::vector<std::string> tables{};  // of a server: those with names and certificates of their own
  std::vector<KeyFile> keys{};
  bool operator==(const Endpoint&) const = default;
};

// What the service's own library or program answered to the words of our dialect.
struct Capability {
  std::string program_version, library_version, library_path;
  std::string library;  // "openssl" | "gnutls": whose words, where the manifest leaves it open
  std::vector<std::string> suites, groups, schemes;        // OpenSSL's words it knows
  std::vector<std::string> words;                          // GnuTLS's
  std::vector<std::string> kex, ciphers, macs, host_keys;  // OpenSSH's
  // "suites HIGH:!aNULL" -> neutral names in order: values in the configuration that only the
  // library itself can read.
  std::map<std::string, std::vector<std::string>> readings;
  bool operator==(const Capability&) const = default;
};

struct UserKey {                 // a line of an authorized_keys file
  std::string user, file, type;  // "RSA", "DSA", "ED25519", "ECDSA"
  int bits = 0;
  bool operator==(const UserKey&) const = default;
};

struct Instance {
  std::string service;  // "httpd"
  std::string layout;
  Vars vars;
  bool running = false;
  Capability capability;
  std::map<std::string, base::FileState>
      files;  // every file that it reads, and our drop-in's place
  std::map<std::string, std::string> real_paths;  // of the files that are read through a symlink
  std::map<std::string, std::vector<std::string>> globs;  // include pattern -> files found, sorted
  std::vector<std::string> inactive_lines;       // "file:line" of settings that the program skips
  std::vector<config::Source> expanded{};        // settings that it has and our reading has not
  std::multimap<std::string, std::string> dump;  // effective settings, keys in lower case
  std::vector<Endpoint> endpoints;
  std::vector<Certificate> certificates;
  std::map<std::string, std::string> tables{};  // of endpoints: name -> text, where it can be read
  std::vector<UserKey> user_keys;
  std::optional<Error> broken;     // its own check failed before we did anything
  std::optional<Error> unfit{};    // it can follow no policy; as the package ships it, it may stay
  std::vector<std::string> notes;  // what could not be read, for people
  std::vector<Error> warnings{};   // what is wrong already, and stays so
  bool operator==(const Instance&) const = default;
};

struct HostState {
  std::vector<Instance> instances;
  std::set<std::string> as_shipped;  // conffiles with the very bytes of their package
  std::set<std::string> packaged;    // dpkg conffiles and ucf's files among those that we read
  bool operator==(const HostState&) const = default;
};

bool has_feature(const Manifest&, std::string_view feature, const Instance&);
// Whose words count: the manifest's dialect, or that of the library that was found.
std::string dialect_of(const Manifest&, const Capability&);

std::string to_json(const HostState&);
Result<HostState> host_state_from_json(std::string_view text);

}  // namespace tlspolicy::service
