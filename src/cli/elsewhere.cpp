// SPDX-License-Identifier: Apache-2.0
// Makes up a host; see elsewhere.hpp.
#include "cli/elsewhere.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/version.hpp"

namespace tlspolicy::cli {
namespace {

constexpr std::string_view kRemedy =
    "write it as --assume version=2.4.57,openssl=3.0.11 (or gnutls=3.7.9)";

// One include line, so that the drop-in is read as on a host with the package's defaults.
void give_a_root_file(const service::Manifest& manifest, service::Instance& instance) {
  const auto dropin = service::expand(manifest.place().path, instance.vars);
  const auto root = service::expand(manifest.root_file, instance.vars);
  for (const auto& place : manifest.places) {
    if (place.kind != service::Place::Kind::keys) continue;
    base::FileState empty;
    empty.kind = base::FileState::Kind::file;
    empty.mode = 0644;
    instance.files.emplace(service::expand_known(place.path, instance.vars), std::move(empty));
  }
  const bool is_dropin = manifest.place().kind == service::Place::Kind::drop_in;
  if (!is_dropin || !dropin || !root || manifest.include_keys.empty()) return;
  const std::string pattern = dropin->substr(0, dropin->rfind('/')) + "/*.conf";
  base::FileState state;
  state.kind = base::FileState::Kind::file;
  state.mode = 0644;
  state.content = fmt::format("{} {}\n", manifest.include_keys.front(), pattern);
  instance.files.emplace(*root, std::move(state));
  instance.files.emplace(*dropin, base::FileState{});
  instance.globs[pattern] = {};
}

}  // namespace

Result<service::HostState> assumed_host(const service::Manifest& manifest,
                                        const std::string& assumed) {
  service::Instance instance;
  instance.service = manifest.name;
  // The first that needs nothing more than the program.
  const auto layout = std::ranges::find(manifest.layouts, "", &service::Layout::where);
  if (layout != manifest.layouts.end()) {
    instance.layout = layout->name;
    instance.vars = layout->vars;
  }
  for (const auto& pair : base::split(assumed, ',')) {
    const auto halves = base::split(pair, '=');
    const bool good = halves.size() == 2 && base::parse_version(halves[1]);
    const std::string what(good ? base::trim(halves[0]) : "");
    if (what == "version") {
      instance.capability.program_version = halves[1];
    } else if (what == "openssl" || what == "gnutls") {
      instance.capability.library = what;
      instance.capability.library_version = halves[1];
    } else {
      return fail("bad-assumption", fmt::format("\"{}\" is not an assumption", pair), "--assume",
                  std::string(kRemedy));
    }
  }
  if (manifest.dialect == "library" && instance.capability.library.empty())
    return fail("bad-assumption",
                fmt::format("{} is built with one of two libraries", manifest.title), "--assume",
                std::string(kRemedy));
  give_a_root_file(manifest, instance);
  service::HostState out;
  out.instances.push_back(std::move(instance));
  return out;
}

}  // namespace tlspolicy::cli
