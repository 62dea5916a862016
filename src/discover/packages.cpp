// SPDX-License-Identifier: Apache-2.0
// Versions where nothing may be run, under --root: those of the packages that own the files, out of
// dpkg's database (dpkg(1), FILES), without epoch and revision (deb-version(7)).
#include <fmt/format.h>

#include <algorithm>

#include "discover/parts.hpp"

namespace tlspolicy::discover {
namespace {
constexpr std::string_view kInfo = "/var/lib/dpkg/info", kStatus = "/var/lib/dpkg/status",
                           kList = ".list";

std::string content(host::Host& host, const std::string& path) {
  const auto real = host.real_path(path);
  const auto file = real ? host.read(*real) : Result<host::FileState>();
  return file && file->kind == base::FileState::Kind::file ? file->content : std::string();
}

std::string value_behind(const std::string& text, std::size_t from, std::string_view key) {
  const auto end_of_package = text.find("\n\n", from);
  const auto at = text.find(key, from);
  if (at >= end_of_package) return {};  // npos, too
  const auto start = at + key.size();
  return text.substr(start, text.find('\n', start) - start);
}

std::string without_epoch_and_revision(const std::string& version) {
  const auto colon = version.find(':');
  const auto start = colon == std::string::npos ? 0 : colon + 1;
  return version.substr(start, version.find_first_of("-+~", start) - start);
}

// Lists are named "libssl3:amd64.list", or without the architecture.
std::string package_of(host::Host& host, const std::string& path) {
  const auto lists = host.list(std::string(kInfo));
  if (!lists) return {};
  for (const auto& name : *lists) {
    if (!name.ends_with(kList)) continue;
    const auto files = content(host, fmt::format("{}/{}", kInfo, name));
    if (files.find("\n" + path + "\n") == std::string::npos) continue;
    return name.substr(0, std::min(name.find(':'), name.size() - kList.size()));
  }
  return {};
}

std::string package_version(host::Host& host, const std::string& path) {
  const auto package = package_of(host, path);
  if (package.empty()) return {};
  const auto status = "\n" + content(host, std::string(kStatus));
  const auto at = status.find("\nPackage: " + package + "\n");
  if (at == std::string::npos) return {};
  return without_epoch_and_revision(value_behind(status, at, "\nVersion: "));
}

// "libssl.so.3", as the program's own table of strings names what it needs.
std::string needed(const std::string& program, const std::string& library) {
  const auto at = program.find('\0' + library + ".so.");
  return at == std::string::npos ? std::string() : std::string(program.c_str() + at + 1);
}

// Where the dynamic linker of the usual systems looks.
std::vector<std::string> places_of(host::Host& host, const std::string& soname) {
  std::vector<std::string> out;
  for (const std::string folder : {"/usr/lib", "/lib", "/usr/lib64", "/lib64"}) {
    out.push_back(folder + "/" + soname);
    const auto names = host.list(folder);
    if (!names) continue;
    for (const auto& name : *names)
      if (name.find("-linux-gnu") != std::string::npos)
        out.push_back(fmt::format("{}/{}/{}", folder, name, soname));
  }
  return out;
}

std::string library_version(host::Host& host, const std::string& soname) {
  for (const auto& place : places_of(host, soname)) {
    if (!host.real_path(place)) continue;  // a look into the database reads all of its lists
    if (auto version = package_version(host, place); !version.empty()) return version;
  }
  return {};
}

}  // namespace

void read_package_versions(host::Host& host, const service::Manifest& manifest,
                           service::Instance& instance) {
  auto& can = instance.capability;
  const auto file = service::expand_known(manifest.library_file, instance.vars);
  const auto program = content(host, file);
  can.program_version = package_version(host, file);
  for (const auto& name : libraries_of(manifest)) {
    const auto soname = needed(program, name);
    if (soname.empty()) continue;
    can.library = dialect_of_library(name);
    can.library_version = library_version(host, soname);
    break;
  }
  if (can.program_version.empty() || can.library_version.empty())
    instance.notes.push_back(fmt::format(
        "the version of {} cannot be seen from here: planned as for an old one, so the host itself "
        "may be able to do more",
        can.program_version.empty() ? "the program" : "its library"));
}

}  // namespace tlspolicy::discover
