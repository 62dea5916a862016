// SPDX-License-Identifier: Apache-2.0
// Loads data and settings; see world.hpp.
#include "cli/world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.hpp"
#include "base/toml.hpp"
#include "host/texts.hpp"

namespace tlspolicy::cli {
namespace {
using Kind = base::FileState::Kind;

bool is_absent(const Error& error) { return error.id == "absent" || error.id == "not-a-folder"; }

bool is_folder(host::Host& machine, const std::string& path) {
  const auto real = machine.real_path(path);
  if (!real) return false;
  const auto state = machine.read(*real);
  return state && state->kind == Kind::folder;
}

Result<std::map<std::string, std::string>> toml_files(const Context& context,
                                                      const std::string& folder) {
  return host::texts(context.data + "/" + folder, ".toml");
}

Result<Manifests> load_manifests(Context& context) {
  Manifests out;
  const auto names = context.machine.list(context.data + "/services");
  if (!names) return tl::make_unexpected(names.error());
  for (const auto& name : *names) {
    const std::string path = fmt::format("{}/services/{}/service.toml", context.data, name);
    const auto text = host::text(path);
    if (!text && is_absent(text.error())) continue;
    if (!text) return tl::make_unexpected(text.error());
    auto manifest = service::parse_manifest(*text, path);
    if (!manifest) return tl::make_unexpected(manifest.error());
    std::string service = manifest->name;
    out.emplace(std::move(service), *std::move(manifest));
  }
  if (out.empty())
    return fail("no-data", "found no service", context.data + "/services",
                "install the program again, or name its data with --data DIR");
  return out;
}

std::string folder_above(const std::string& path) { return host::folder_of(host::folder_of(path)); }

}  // namespace

Result<std::string> data_folder(host::Host& machine, const std::string& named,
                                const std::string& executable) {
  const std::string prefix = folder_above(executable);
  std::vector<std::string> places{prefix + "/share/tlspolicy", host::folder_of(prefix) + "/data"};
  if (!named.empty()) places = {named};
  for (const auto& place : places)
    if (is_folder(machine, place + "/policies")) return place;
  return fail("no-data", "found no folder with policies", places.front(),
              "name it with --data DIR, or install the program again");
}

std::string preflight_program(host::Host& machine, const std::string& executable) {
  const std::string name = "tlspolicy-preflight";
  for (const auto& place : {host::folder_of(executable) + "/" + name,
                            folder_above(executable) + "/libexec/tlspolicy/" + name})
    if (machine.real_path(place)) return place;
  return "";
}

Result<policy::Catalogue> load_catalogue(Context& context) {
  const auto files = toml_files(context, "policies");
  if (!files) return tl::make_unexpected(files.error());
  auto catalogue = policy::parse_catalogue(*files);
  if (!catalogue && catalogue.error().remedy.empty())
    catalogue.error().remedy = "mend that file, or install tlspolicy again";
  return catalogue;
}

Result<plan::World> load_world(Context& context) {
  auto catalogue = load_catalogue(context);
  if (!catalogue) return tl::make_unexpected(catalogue.error());
  auto manifests = load_manifests(context);
  if (!manifests) return tl::make_unexpected(manifests.error());
  return plan::World{*std::move(catalogue), *std::move(manifests), context.preflight,
                     today(context.machine)};
}

Result<std::map<std::string, report::Message>> load_messages(Context& context) {
  const auto files = toml_files(context, "messages");
  if (!files) return tl::make_unexpected(files.error());
  std::map<std::string, report::Message> out;
  for (const auto& [path, text] : *files) {
    auto file = base::TomlTable::parse(text, path);
    if (!file) return tl::make_unexpected(file.error());
    for (auto& row : file->tables("message")) {
      report::Message message{row.need_string("id"), row.need_string("title"),
                              row.need_string("explanation"), row.string("remedy")};
      if (!out.emplace(message.id, message).second) row.wrong("id", "stands here twice");
    }
    if (auto finished = file->finish(); !finished) return tl::make_unexpected(finished.error());
  }
  return out;
}

// A folder of somebody's own policies (--data) need not have any.
Result<forecast::Clients> load_clients(Context& context) {
  const auto files = toml_files(context, "clients");
  if (!files) return tl::make_unexpected(files.error());
  return forecast::parse_clients(*files);
}

Result<SettingsFile> load_settings(Context& context) {
  SettingsFile out{{}, kSettings, {}};
  auto state = context.host.read(kSettings);
  if (state && state->kind == Kind::symlink) {
    const auto real = context.host.real_path(kSettings);
    if (!real) return tl::make_unexpected(real.error());
    out.path = *real;
    state = context.host.read(out.path);
  }
  if (!state) return tl::make_unexpected(state.error());
  out.state = *std::move(state);
  if (out.state.kind == Kind::absent) return out;
  if (out.state.kind != Kind::file)
    return fail("settings-not-a-file", "the settings are not a regular file", out.path,
                "move it away; without it the host is at upstream");
  auto settings = policy::parse_settings(out.state.content, out.path);
  if (!settings) return tl::make_unexpected(settings.error());
  out.settings = *std::move(settings);
  return out;
}

Result<std::string> policy_id(const std::string& typed, const policy::Catalogue& catalogue) {
  // An unset variable of somebody's script must not take the host off its policy.
  if (typed.empty())
    return fail("unknown-policy", "the name of the policy is empty", {},
                "what packages ship is: upstream");
  if (typed == "upstream") return std::string(policy::kUpstream);
  if (catalogue.contains(typed)) return typed;
  std::vector<std::string> known{"upstream"};
  for (const auto& [id, policy] : catalogue) known.push_back(id);
  const auto near = base::nearest(typed, known);
  return fail("unknown-policy", fmt::format("there is no policy \"{}\"", typed), {},
              near ? fmt::format("did you mean {}?  `tlspolicy list` shows all", *near)
                   : "`tlspolicy list` shows the policies that there are");
}

Result<void> known_services(const std::set<std::string>& asked, const plan::World& world) {
  std::vector<std::string> known;
  for (const auto& [name, manifest] : world.manifests) known.push_back(name);
  for (const auto& name : asked) {
    if (world.manifests.contains(name)) continue;
    const auto near = base::nearest(name, known);
    return fail("unknown-service", fmt::format("there is no service \"{}\"", name), {},
                near ? fmt::format("did you mean {}?", *near)
                     : fmt::format("known are: {}", fmt::join(known, " ")));
  }
  return {};
}

std::string today(host::Host& host) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(host.now()));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace tlspolicy::cli
