// SPDX-License-Identifier: Apache-2.0
// The steps of discovery for one service, each filling its part of an Instance.
#pragma once

#include "config/flatten.hpp"
#include "discover/discover.hpp"

namespace tlspolicy::discover {

// files.cpp: reads the configuration as the service would, keeping every file, glob and symlink.
config::Flattened read_configuration(host::Host&, const service::Manifest&, service::Instance&);

// What lies behind a path, whatever symlinks lead there.
Result<base::FileState> state_behind(host::Host&, const std::string& path);

// process.cpp: the number of the main process, "" where it does not run; `main` below is that.
std::string main_process(host::Host&, const service::Instance&);
// A file of /proc about a process, where a symlink leads; "" where there is none.
std::string of_process(host::Host&, const std::string& process, const std::string& name);
// Options on its command line that win over every file make the instance unfit.
void read_arguments(host::Host&, const service::Manifest&, const std::string& main,
                    service::Instance&);

// others.cpp: servers of the same program that are none of our instances.
// `further`: folders of instances of ours, which they name in their environment.
void note_others(host::Host&, const std::string& main, const std::vector<std::string>& further,
                 service::Instance&);

// tables.cpp: lookup tables of endpoints, where they are text.
void read_tables(host::Host&, service::Instance&);

// capability.cpp: versions, the library that is really loaded, and which of our words it takes.
void find_versions(host::Host&, const service::Manifest&, const std::string& main,
                   service::Instance&);
// The libraries that the manifest leaves open, as the linker names them; the words that one speaks.
std::vector<std::string> libraries_of(const service::Manifest&);
std::string dialect_of_library(std::string_view name);  // "": neither of ours
void ask_library(host::Host&, const service::Manifest&, const Options&,
                 const std::vector<config::Source>&, service::Instance&);
void ask_openssh(host::Host&, service::Instance&);
// Questions for the library in a child, one a line; the answers come back in the same order.  None
// at all where not every question was answered: then the instance is unfit.
std::vector<std::string> answers(host::Host&, const Options&, service::Instance&,
                                 const std::vector<std::string>& questions);
bool is_ok(const std::string& answer);  // "ok DETAIL"; else "no REASON"

// packages.cpp: versions where no program may be run; what cannot be seen is noted.
void read_package_versions(host::Host&, const service::Manifest&, service::Instance&);

// readings.cpp: values in the configuration that only the library itself can read.
void read_values(host::Host&, const service::Manifest&, const Options&,
                 const std::vector<config::Source>&, service::Instance&);

// keys.cpp: certificates of the endpoints, SSH host keys, users' keys.
void read_certificates(host::Host&, const std::vector<config::Source>&, service::Instance&);
// Private keys that are not there, or belong to no certificate.
void read_keys(host::Host&, service::Instance&);
// Sizes of Diffie-Hellman parameters in files that settings name.
void read_parameters(host::Host&, const service::Manifest&, const std::vector<config::Source>&,
                     service::Instance&);
void read_host_keys(host::Host&, service::Instance&);
void read_user_keys(host::Host&, service::Instance&);

// Runs a command of the manifest; nothing where the manifest has none or the host is not live.
std::optional<host::Finished> run(host::Host&, const service::Instance&,
                                  const std::vector<std::string>& argv, int limit_s,
                                  std::string input = {});

}  // namespace tlspolicy::discover
