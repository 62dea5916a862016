// SPDX-License-Identifier: Apache-2.0
// A service as rows of data: where its configuration lies, which keys say which dimension of a
// policy, what beats what, and the commands that make it live.  docs/manifest-format.md explains
// every row; data/services/<name>/service.toml are the manifests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/version.hpp"

namespace tlspolicy::service {

// The dimensions of R3, as manifests spell them.  A service with several grades of TLS puts a part
// before it: "opportunistic.protocols", "outbound.suites"; the endpoint's role says which part
// counts for it.  "list.high" is a list of suites by name that other settings choose.
inline constexpr std::string_view kDimensions[] = {
    "protocols",     "suites",          "tls13_suites", "groups",      "schemes",
    "order",         "sizes",           "ssh_kex",      "ssh_ciphers", "ssh_macs",
    "ssh_host_keys", "ssh_public_keys", "ssh_sizes"};

inline constexpr std::string_view kParts[] = {
    "", "opportunistic", "outbound", "outbound.opportunistic", "lmtp", "lmtp.opportunistic"};

std::string in_part(std::string_view part, std::string_view dimension);  // "part.dimension"
// {"outbound.opportunistic", "suites"} of "outbound.opportunistic.suites".
std::pair<std::string_view, std::string_view> parted(std::string_view dimension);
bool is_opportunistic(std::string_view part_or_dimension);  // [tls.opportunistic] counts for it

using Vars = std::map<std::string, std::string>;  // "${root}" -> "/etc/apache2"

struct Layout {            // paths and unit names of one family of systems
  std::string name, when;  // used where the file `when` is there ...
  Vars vars;
  std::string where;              // ... and this one, if it is named,
  std::vector<std::string> says;  // with a line that is one of these
};

struct Feature {                       // the only place for version numbers
  std::string name, program, library;  // ">= 2.4.8"; empty: no demand
  std::string key;  // a setting that the program's own dump lists; decides where there is a dump
};

// A key of a configuration file is a directive with the leading words that tell it from others of
// the same name: "SSLOpenSSLConfCmd Groups".  The value is what follows.
struct Set {
  std::string key, value;             // value over ${facts}, see facts.hpp
  std::string place;                  // name of a [[place]]; empty: the first one
  std::string needs, when;            // a feature, or "!feature"; a dialect; both may be empty
  std::vector<std::string> enforces;  // dimensions
  std::string means;                  // a "list.x" that the value chooses: what it says
  bool yields = false;                // left out where the administrator gave the key a value
  bool empty = false;                 // an empty value is a value
  std::vector<std::string> with;      // only where one of these keys has a value
  std::vector<std::string> without;   // left out where the administrator set one of these
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
  std::string reads;     // how its value is understood, see facts.hpp
  bool narrows = false;  // it only takes away from what other settings allow: it stays
  std::map<std::string, std::string> lists;  // reads = "list": value -> "list.x"
  std::string when;                          // a dialect; empty: any
  std::string by;  // it wins wherever it stands, for the endpoints that have the same `by`
};

struct Default {                   // a dimension without a knob: what the service does anyway
  std::string dimension, unless;   // `unless`: a feature that brings the knob
  std::vector<std::string> value;  // neutral names, or one number
};

struct Caution {                 // what the administrator should know before a change
  std::string key, value, text;  // told where the effective value of the key is this one
};

struct EndpointRow {
  // A client in the place of a server: one endpoint for each row of type unix with one of
  // `commands`, made to come to us in this way, with what it needs as keys whose values are taken.
  std::string client;                        // "postfix-queue"
  std::string name;                          // in its id: "outbound"
  std::map<std::string, std::string> reach;  // {"queue": "queue_directory"}
  // The key with lookup tables, an entry of which has settings of its own for one peer, and which
  // dimension an attribute in it says: {"protocols": "protocols"}.
  std::string tables;
  std::map<std::string, std::string> attributes;
  // One endpoint for each row that is a scope of this kind ("service": rows of master.cf), of type
  // inet and with one of these commands.
  std::string rows;
  std::vector<std::string> commands;
  std::string by;  // the scope whose settings make its TLS, where that is not its own
  std::map<std::string, int> ports;          // names that a row may use for its port
  std::string interfaces;                    // the key whose addresses a row without one listens on
  std::string families;                      // the key that says "ipv6" where IPv4 is switched off
  std::string role_key;                      // the key that decides the role ...
  std::map<std::string, std::string> roles;  // ... by its value: "mandatory" | "opportunistic", of
                                             // a client a part; any other value: no TLS there
  std::string scope;  // one endpoint for each scope of this kind; empty: none
  std::string enabled_key, enabled_value;
  std::string listen;              // "scope": the scope's argument; otherwise a key of the dump
  std::string default_listen;      // the key whose addresses a "*" of the scope stands for
  std::vector<std::string> names;  // SNI: the first of these keys
  std::vector<std::string> certificates;  // keys that name certificate files ...
  std::vector<std::string> keys;          // ... and those that name their private keys, in order
  std::string chains;        // the key whose files, where it has any, take the place of both
  std::string names_tables;  // the key with tables whose keys are SNI names, and values files
  std::string preamble;      // "", "ssh", "smtp", …
  // One endpoint for each port in the list that this key of the dump has, on each address in
  // `interfaces`' (exim): TLS begins at once on the ports in the list of the key `implicit_ports`.
  std::string listen_ports, implicit_ports;
  std::vector<std::string> opportunistic;  // ports where [tls.opportunistic] counts
  // One endpoint for each block of the dump that this pattern names and that has a port:
  // "service/imap-login/inet_listener/*".
  std::string listeners;
  std::string port, address, implicit, proxied;  // keys of such a block; implicit: TLS at once
  std::map<std::string, std::string> wants;      // key -> a word that its value must have
  std::map<std::string, std::string> refuses;    // key -> the value that switches it off
  std::map<std::string, std::string> within;     // which lower scopes hold here: kind -> argument
  std::string names_scope;                       // scopes of this kind have SNI names and
                                                 // certificates of their own
  std::string matches;  // scopes of this kind hold for some connections: each is proven by asking
                        // the program what it makes of one
};

struct Place {  // where rows are written
  enum class Kind {
    drop_in,  // a file of ours that the program reads beside its own
    keys,     // keys in the service's own file; the last value wins
    whole,    // a file of ours that a row in another place names
  } kind = Kind::drop_in;
  std::string name, path;
  std::string syntax;       // empty: the manifest's
  std::string named_by;     // whole: the key that names it; without that row it is not written
  bool first_wins = false;  // which of two values of a key the program takes
  bool only = false;        // neither: two are an error, and ours stands before everything else
  bool creates = false;     // keys: a file that is not there is made, and goes with our lines
  std::string fallback;     // the file that gets the block where the drop-in would not win or is
                            // not read: (c) of R6
  std::vector<std::string> head, tail;  // lines around ours: "<IfModule ssl_module>"
};

struct ConfigFile {  // read behind the root file; its settings count as if they stood there
  std::string file, syntax;
  bool optional = false;  // it need not be there; an empty name (of a layout) is no file
};

struct Gap {  // what of a policy the service cannot be told, whatever its version
  std::string endpoint, reason, remedy;  // "outbound"
  std::vector<std::string> dimensions;
  std::string key{};  // in an inert scope: the administrator's own, which is named
};

struct Arguments {      // of the program's command line, where some win over its files
  std::string taking;   // the letters that take a word (getopt(3))
  std::string setting;  // whose word is "key=value" of the configuration; no letter: none
  std::string file;     // whose word is a file in the place of the root file
  std::string set_in;   // where an administrator gives them, for people
};

struct Evidence {                 // TLS that took place, in the service's own log
  std::vector<std::string> from;  // command lines that print its end; the first with such a line
  std::string says, without;      // words of such a line, and of one that is none
};

struct Manifest {
  std::string name, title, syntax;
  std::string dialect;  // "openssl" | "gnutls" | "openssh", or "library": that of the one it loads
  std::string clients;  // "mail" | "": who connects, where neither port nor preamble tells
  std::vector<Layout> layouts;
  std::string root_file, base_folder;  // where the program starts to read; relative includes
  std::vector<std::string> include_keys;
  std::string further;                    // the key that names folders of further instances
  std::vector<std::string> lower_scopes;  // "VirtualHost", "Match": others are transparent
  std::vector<std::string> templates;     // scopes whose lines count where they are used: "Macro"
  std::vector<std::string> inert_scopes;  // what stands in them decides nothing of a policy
  std::vector<std::string> version_command;
  std::string version_after;               // the version stands behind these words, if any
  std::string library_file, library_name;  // the file whose "libssl.so" is the one that counts;
                                           // no name where the dialect is "library"
  std::vector<Feature> features;
  std::vector<Place> places;
  std::vector<ConfigFile> also;
  std::vector<Set> sets;
  std::vector<Override> overrides;
  std::vector<Default> defaults;
  std::vector<EndpointRow> endpoints;
  std::vector<Caution> cautions;
  std::vector<Gap> gaps;
  Arguments arguments;
  Evidence evidence;
  std::vector<std::string> dump;       // prints the effective settings, "key value" lines ...
  bool dump_in_syntax = false;         // ... or in the service's own syntax, blocks and all
  std::vector<std::string> built_in;   // prints what the dump leaves out or empty
  std::vector<std::string> tree_dump;  // prints the parsed tree with files and lines
  std::vector<std::string> check, reload, restart, active;
  std::vector<std::string> look;  // in the place of `check` where nothing may change
  int limit_s = 30;               // for each command

  const Place& place() const { return places.front(); }
  const Place& place_of(const Set&) const;
};

// Errors carry file:line:column.  Unknown keys, dimensions, features, effects are errors.
Result<Manifest> parse_manifest(std::string_view text, std::string_view file);

// ${name} from the layout; unknown names are errors.
Result<std::string> expand(std::string_view text, const Vars& vars);
std::string expand_known(std::string_view text, const Vars& vars);  // leaves other names standing
Result<std::vector<std::string>> expand(const std::vector<std::string>& argv, const Vars& vars);

bool has_feature(const Manifest&, std::string_view feature, const base::Version& program,
                 const base::Version& library);

// "SSLOpenSSLConfCmd Groups" against a setting's key and arguments: the rest of the arguments, or
// nullopt where it is another key.  Keys compare without case.
std::optional<std::string> value_of(std::string_view key, std::string_view setting_key,
                                    const std::vector<std::string>& args);

}  // namespace tlspolicy::service
