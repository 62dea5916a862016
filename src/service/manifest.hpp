// SPDX-License-Identifier: Apache-2.0
// A service as rows of data: where its configuration lies, which keys say which dimension of a
// policy, what beats what, and the commands that make it live.  docs/manifest-format.md explains
// every row; data/services/<name>/service.toml are the manifests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/version.hpp"

namespace tlspolicy::service {

// The dimensions of R3, as manifests spell them.
inline constexpr std::string_view kDimensions[] = {
    "protocols",     "suites",          "tls13_suites", "groups",      "schemes",
    "order",         "sizes",           "ssh_kex",      "ssh_ciphers", "ssh_macs",
    "ssh_host_keys", "ssh_public_keys", "ssh_sizes"};

using Vars = std::map<std::string, std::string>;  // "${root}" -> "/etc/apache2"

struct Layout {            // paths and unit names of one family of systems
  std::string name, when;  // used where the file `when` is there
  Vars vars;
};

struct Feature {                       // the only place for version numbers
  std::string name, program, library;  // ">= 2.4.8"; empty: no demand
};

// A key of a configuration file is a directive with the leading words that tell it from others of
// the same name: "SSLOpenSSLConfCmd Groups".  The value is what follows.
struct Set {
  std::string key, value;             // value over ${facts}, see facts.hpp
  std::string needs, when;            // a feature; a dialect ("gnutls"), both may be empty
  std::vector<std::string> enforces;  // dimensions
  std::vector<std::string> beats;     // keys in lower scopes that cannot win against this row
  enum class Bounds {
    none,
    narrow,
    replace
  } bounds = Bounds::none;  // how it beats them: only
                            // cutting away, or putting its own value in their place
  std::string effect;       // "reload" | "restart" | "live"
  std::string preflight;    // the question to the service's own library; may be empty
};

struct Override {  // a key that may stand elsewhere and win against ours
  std::string key, dimension;
  std::string reads;  // how its value is understood, see reading.hpp
};

struct Default {                   // a dimension without a knob: what the service does anyway
  std::string dimension, unless;   // `unless`: a feature that brings the knob
  std::vector<std::string> value;  // neutral names, or one number
};

struct EndpointRow {
  std::string scope;  // one endpoint for each scope of this kind; empty: none
  std::string enabled_key, enabled_value;
  std::string listen;              // "scope": the scope's argument; otherwise a key of the dump
  std::string default_listen;      // the key whose addresses a "*" of the scope stands for
  std::vector<std::string> names;  // SNI: the first of these keys
  std::vector<std::string> certificates;  // keys that name certificate files
  std::string preamble;                   // "", "ssh", "smtp", …
  // One endpoint for each block of the dump that this pattern names and that has a port:
  // "service/imap-login/inet_listener/*".
  std::string listeners;
  std::string port, address, implicit, proxied;  // keys of such a block; implicit: TLS at once
  std::map<std::string, std::string> wants;      // key -> a word that its value must have
  std::map<std::string, std::string> refuses;    // key -> the value that switches it off
  std::map<std::string, std::string> within;     // which lower scopes hold here: kind -> argument
  std::string names_scope;                       // scopes of this kind have SNI names and
                                                 // certificates of their own
};

struct Place {  // where rows are written
  std::string name, path;
  bool first_wins = false;  // which of two values of a key the program takes
  std::string fallback;     // the file that gets the block where the drop-in would not win or is
                            // not read: (c) of R6
  std::vector<std::string> head, tail;  // lines around ours: "<IfModule ssl_module>"
};

struct Manifest {
  std::string name, title, syntax, dialect;  // dialect: "openssl" | "openssh"
  std::vector<Layout> layouts;
  std::string root_file, base_folder;  // where the program starts to read; relative includes
  std::vector<std::string> include_keys;
  std::vector<std::string> lower_scopes;  // "VirtualHost", "Match": others are transparent
  std::vector<std::string> inert_scopes;  // what stands in them decides nothing of a policy
  std::vector<std::string> version_command;
  std::string version_after;               // the version stands behind these words, if any
  std::string library_file, library_name;  // the file whose "libssl.so" is the one that counts
  std::vector<Feature> features;
  Place place;  // today one drop-in for each service
  std::vector<Set> sets;
  std::vector<Override> overrides;
  std::vector<Default> defaults;
  std::vector<EndpointRow> endpoints;
  std::vector<std::string> dump;       // prints the effective settings, "key value" lines ...
  bool dump_in_syntax = false;         // ... or in the service's own syntax, blocks and all
  std::vector<std::string> assumes;    // "key value": defaults that the dump does not print
  std::vector<std::string> tree_dump;  // prints the parsed tree with files and lines
  std::vector<std::string> check, reload, restart, active;
  int limit_s = 30;  // for each command
};

// Errors carry file:line:column.  Unknown keys, dimensions, features, effects are errors.
Result<Manifest> parse_manifest(std::string_view text, std::string_view file);

// ${name} from the layout; unknown names are errors.
Result<std::string> expand(std::string_view text, const Vars& vars);
Result<std::vector<std::string>> expand(const std::vector<std::string>& argv, const Vars& vars);

bool has_feature(const Manifest&, std::string_view feature, const base::Version& program,
                 const base::Version& library);

// "SSLOpenSSLConfCmd Groups" against a setting's key and arguments: the rest of the arguments, or
// nullopt where it is another key.  Keys compare without case.
std::optional<std::string> value_of(std::string_view key, std::string_view setting_key,
                                    const std::vector<std::string>& args);

}  // namespace tlspolicy::service
