// SPDX-License-Identifier: Apache-2.0
// Reads a service's manifest; see manifest.hpp and docs/manifest-format.md.
#include "service/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "base/toml.hpp"

namespace tlspolicy::service {
namespace {
using base::TomlTable;

void hold_to(TomlTable& row, std::string_view key, const std::vector<std::string>& values,
             const std::vector<std::string>& allowed) {
  for (const auto& value : values)
    if (std::ranges::find(allowed, value) == allowed.end())
      row.wrong(key, fmt::format("\"{}\" is not one of: {}", value, base::join(allowed, ", ")));
}

const std::vector<std::string>& dimensions() {
  static const std::vector<std::string> kAll(std::begin(kDimensions), std::end(kDimensions));
  return kAll;
}

std::map<std::string, std::string> read_words(TomlTable& row, std::string_view key) {
  std::map<std::string, std::string> out;
  if (auto table = row.table(key))
    for (const auto& name : table->keys()) out[name] = table->string(name);
  return out;
}

void read_layouts(TomlTable& root, Manifest& out) {
  for (auto& row : root.tables("layout")) {
    Layout layout{row.need_string("name"), row.need_string("when"), {}};
    for (const auto& key : row.keys())
      if (key != "name" && key != "when") layout.vars[key] = row.string(key);
    out.layouts.push_back(std::move(layout));
  }
}

void read_reading(TomlTable& root, Manifest& out) {
  if (auto config = root.table("config")) {
    out.root_file = config->need_string("file");
    out.base_folder = config->need_string("base");
    out.include_keys = config->strings("includes");
    out.lower_scopes = config->strings("lower_scopes");
    out.dump = config->strings("dump");
    out.tree_dump = config->strings("tree_dump");
    out.dump_in_syntax = config->boolean("dump_in_syntax");
    out.assumes = config->strings("assumes");
    out.inert_scopes = config->strings("inert_scopes");
  }
  if (auto version = root.table("version")) {
    out.version_command = version->strings("command");
    out.version_after = version->string("after");
  }
  if (auto library = root.table("library")) {
    out.library_file = library->need_string("file");
    out.library_name = library->need_string("name");
  }
  for (auto& row : root.tables("feature"))
    out.features.push_back({row.need_string("name"), row.string("program"), row.string("library")});
}

void read_set(TomlTable& row, Manifest& out) {
  Set set;
  set.key = row.need_string("key");
  set.value = row.need_string("value");
  set.needs = row.string("needs");
  set.when = row.string("when");
  set.enforces = row.strings("enforces");
  set.beats = row.strings("beats");
  const std::string bounds = row.string("bounds", "none");
  hold_to(row, "bounds", {bounds}, {"none", "narrow", "replace"});
  if (bounds == "narrow") set.bounds = Set::Bounds::narrow;
  if (bounds == "replace") set.bounds = Set::Bounds::replace;
  set.effect = row.string("effect", "reload");
  set.preflight = row.string("preflight");
  hold_to(row, "enforces", set.enforces, dimensions());
  hold_to(row, "effect", {set.effect}, {"live", "reload", "restart"});
  const auto feature = set.needs.starts_with('!') ? set.needs.substr(1) : set.needs;
  if (!feature.empty() &&
      std::ranges::find(out.features, feature, &Feature::name) == out.features.end())
    row.wrong("needs", fmt::format("no [[feature]] is called \"{}\"", set.needs));
  out.sets.push_back(std::move(set));
}

void read_rows(TomlTable& root, Manifest& out) {
  const auto places = root.tables("place");
  if (places.size() != 1) root.wrong("place", "there must be one [[place]]");
  for (auto row : places) {
    out.place.name = row.need_string("name");
    out.place.path = row.need_string("path");
    hold_to(row, "kind", {row.need_string("kind")}, {"drop-in"});
    const std::string wins = row.string("wins", "last");
    hold_to(row, "wins", {wins}, {"first", "last"});
    out.place.first_wins = wins == "first";
    out.place.fallback = row.string("fallback");
    out.place.head = row.strings("head");
    out.place.tail = row.strings("tail");
  }
  for (auto& row : root.tables("set")) read_set(row, out);
  for (auto& row : root.tables("override")) {
    Override over{row.need_string("key"), row.need_string("dimension"), row.need_string("reads")};
    hold_to(row, "dimension", {over.dimension}, dimensions());
    out.overrides.push_back(std::move(over));
  }
  for (auto& row : root.tables("default")) {
    Default fixed{row.need_string("dimension"), row.string("unless"), row.strings("value")};
    hold_to(row, "dimension", {fixed.dimension}, dimensions());
    out.defaults.push_back(std::move(fixed));
  }
  for (auto& row : root.tables("endpoint")) {
    EndpointRow endpoint;
    endpoint.scope = row.string("scope");
    endpoint.enabled_key = row.string("enabled_key");
    endpoint.enabled_value = row.string("enabled_value");
    endpoint.listeners = row.string("listeners");
    endpoint.listen = endpoint.listeners.empty() ? row.need_string("listen") : row.string("listen");
    endpoint.default_listen = row.string("default_listen");
    endpoint.names = row.strings("names");
    endpoint.certificates = row.strings("certificates");
    endpoint.preamble = row.string("preamble");
    endpoint.port = row.string("port");
    endpoint.address = row.string("address");
    endpoint.implicit = row.string("implicit");
    endpoint.proxied = row.string("proxied");
    endpoint.names_scope = row.string("names_scope");
    endpoint.wants = read_words(row, "wants");
    endpoint.refuses = read_words(row, "refuses");
    endpoint.within = read_words(row, "within");
    out.endpoints.push_back(std::move(endpoint));
  }
}

void read_commands(TomlTable& root, Manifest& out) {
  auto commands = root.table("commands");
  if (!commands) return root.wrong({}, "[commands] is missing");
  out.check = commands->strings("check");
  out.reload = commands->strings("reload");
  out.restart = commands->strings("restart");
  out.active = commands->strings("active");
  out.limit_s = commands->integer("limit", 30);
}

bool meets(const std::string& demand, const base::Version& have) {
  if (demand.empty()) return true;
  const auto words = base::words(demand);
  const auto wanted = base::parse_version(words.back());
  if (!wanted) return false;
  return words.front() == "<" ? have < *wanted : have >= *wanted;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text, std::string_view file) {
  auto root = TomlTable::parse(text, file);
  if (!root) return tl::make_unexpected(root.error());
  Manifest out;
  out.name = root->need_string("name");
  out.title = root->need_string("title");
  out.syntax = root->need_string("syntax");
  out.dialect = root->need_string("dialect");
  hold_to(*root, "dialect", {out.dialect}, {"openssl", "openssh"});
  read_layouts(*root, out);
  read_reading(*root, out);
  read_rows(*root, out);
  read_commands(*root, out);
  if (auto done = root->finish(); !done) return tl::make_unexpected(done.error());
  return out;
}

Result<std::string> expand(std::string_view text, const Vars& vars) {
  return base::substitute(text, [&](std::string_view name) -> std::optional<std::string> {
    const auto found = vars.find(std::string(name));
    if (found == vars.end()) return std::nullopt;
    return found->second;
  });
}

Result<std::vector<std::string>> expand(const std::vector<std::string>& argv, const Vars& vars) {
  std::vector<std::string> out;
  for (const auto& word : argv) {
    auto text = expand(word, vars);
    if (!text) return tl::make_unexpected(text.error());
    out.push_back(std::move(*text));
  }
  return out;
}

bool has_feature(const Manifest& manifest, std::string_view feature, const base::Version& program,
                 const base::Version& library) {
  if (feature.empty()) return true;
  if (feature.starts_with('!')) return !has_feature(manifest, feature.substr(1), program, library);
  const auto found = std::ranges::find(manifest.features, feature, &Feature::name);
  return found != manifest.features.end() && meets(found->program, program) &&
         meets(found->library, library);
}

std::optional<std::string> value_of(std::string_view key, std::string_view setting_key,
                                    const std::vector<std::string>& args) {
  const auto wanted = base::words(key);
  if (wanted.size() > args.size() + 1 || !base::iequals(wanted.front(), setting_key))
    return std::nullopt;
  for (std::size_t i = 1; i < wanted.size(); ++i)
    if (!base::iequals(wanted[i], args[i - 1])) return std::nullopt;
  const auto skip = static_cast<std::ptrdiff_t>(wanted.size() - 1);
  return base::join({args.begin() + skip, args.end()}, " ");
}

}  // namespace tlspolicy::service
