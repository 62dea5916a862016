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
  static const std::vector<std::string> kAll = [] {
    std::vector<std::string> out{"list.high", "list.medium"};
    for (const auto part : kParts)
      for (const auto dimension : kDimensions) out.push_back(in_part(part, dimension));
    return out;
  }();
  return kAll;
}

// {value = "name"} of an inline table.
std::map<std::string, std::string> read_words(TomlTable& row, std::string_view key) {
  std::map<std::string, std::string> out;
  if (auto table = row.table(key))
    for (const auto& name : table->keys()) out[name] = table->string(name);
  return out;
}

void read_layouts(TomlTable& root, Manifest& out) {
  for (auto& row : root.tables("layout")) {
    Layout layout{row.need_string("name"),
                  row.need_string("when"),
                  {},
                  row.string("where"),
                  row.strings("says")};
    for (const auto& key : row.keys())
      if (key != "name" && key != "when" && key != "where" && key != "says")
        layout.vars[key] = row.string(key);
    out.layouts.push_back(std::move(layout));
  }
}

void read_reading(TomlTable& root, Manifest& out) {
  if (auto config = root.table("config")) {
    out.root_file = config->need_string("file");
    out.base_folder = config->need_string("base");
    out.include_keys = config->strings("includes");
    out.further = config->string("further");
    out.lower_scopes = config->strings("lower_scopes");
    out.dump = config->strings("dump");
    out.tree_dump = config->strings("tree_dump");
    out.dump_in_syntax = config->boolean("dump_in_syntax");
    out.built_in = config->strings("built_in");
    out.templates = config->strings("templates");
    out.inert_scopes = config->strings("inert_scopes");
    for (auto& row : config->tables("also"))
      out.also.push_back(
          {row.need_string("file"), row.string("syntax", out.syntax), row.boolean("optional")});
  }
  if (auto version = root.table("version")) {
    out.version_command = version->strings("command");
    out.version_after = version->string("after");
  }
  if (auto library = root.table("library")) {
    out.library_file = library->need_string("file");
    const bool open = out.dialect == "library";
    out.library_name = open ? "" : library->need_string("name");
  }
  for (auto& row : root.tables("feature"))
    out.features.push_back(
        {row.need_string("name"), row.string("program"), row.string("library"), row.string("key")});
}

void read_set(TomlTable& row, Manifest& out) {
  Set set;
  set.key = row.need_string("key");
  set.value = row.need_string("value");
  set.place = row.string("place");
  set.needs = row.string("needs");
  set.when = row.string("when");
  set.enforces = row.strings("enforces");
  set.beats = row.strings("beats");
  set.means = row.string("means");
  set.yields = row.boolean("yields");
  set.empty = row.boolean("empty");
  set.with = row.strings("with");
  set.without = row.strings("without");
  const std::string bounds = row.string("bounds", "none");
  hold_to(row, "bounds", {bounds}, {"none", "narrow", "replace"});
  if (bounds == "narrow") set.bounds = Set::Bounds::narrow;
  if (bounds == "replace") set.bounds = Set::Bounds::replace;
  set.effect = row.string("effect", "reload");
  set.preflight = row.string("preflight");
  if (!set.when.empty()) hold_to(row, "when", {set.when}, {"openssl", "gnutls"});
  hold_to(row, "enforces", set.enforces, dimensions());
  hold_to(row, "effect", {set.effect}, {"live", "reload", "restart"});
  const auto feature = set.needs.starts_with('!') ? set.needs.substr(1) : set.needs;
  if (!feature.empty() &&
      std::ranges::find(out.features, feature, &Feature::name) == out.features.end())
    row.wrong("needs", fmt::format("no [[feature]] is called \"{}\"", set.needs));
  if (!set.place.empty() &&
      std::ranges::find(out.places, set.place, &Place::name) == out.places.end())
    row.wrong("place", fmt::format("no [[place]] is called \"{}\"", set.place));
  if (!set.means.empty()) hold_to(row, "means", {set.means}, dimensions());
  out.sets.push_back(std::move(set));
}

void read_place(TomlTable& row, Manifest& out) {
  Place place;
  place.name = row.need_string("name");
  place.path = row.need_string("path");
  const std::string kind = row.need_string("kind");
  hold_to(row, "kind", {kind}, {"drop-in", "keys", "whole"});
  if (kind == "keys") place.kind = Place::Kind::keys;
  if (kind == "whole") place.kind = Place::Kind::whole;
  const std::string wins = row.string("wins", "last");
  hold_to(row, "wins", {wins}, {"first", "last", "only"});
  place.first_wins = wins == "first";
  place.only = wins == "only";
  place.creates = row.boolean("creates");
  place.syntax = row.string("syntax", out.syntax);
  place.named_by = row.string("named_by");
  place.fallback = row.string("fallback");
  place.head = row.strings("head");
  place.tail = row.strings("tail");
  out.places.push_back(std::move(place));
}

EndpointRow read_endpoint(TomlTable& row) {
  EndpointRow out;
  out.client = row.string("client");
  if (!out.client.empty()) {
    hold_to(row, "client", {out.client}, {"postfix-queue"});
    out.name = row.need_string("name");
    out.reach = read_words(row, "reach");
    out.tables = row.string("tables");
    out.attributes = read_words(row, "attributes");
    for (const auto& [attribute, dimension] : out.attributes)
      hold_to(row, "attributes", {dimension}, dimensions());
  }
  out.rows = row.string("rows");
  out.commands = row.strings("commands");
  out.by = row.string("by");
  out.interfaces = row.string("interfaces");
  out.families = row.string("families");
  out.implicit = row.string("implicit");
  if (auto ports = row.table("ports"))
    for (const auto& name : ports->keys()) out.ports[name] = ports->integer(name);
  if (auto role = row.table("role")) {
    out.role_key = role->need_string("key");
    for (const auto& value : role->keys()) {
      if (value == "key") continue;
      out.roles[value] = role->string(value);
      hold_to(*role, value, {out.roles[value]},
              out.client.empty() ? std::vector<std::string>{"mandatory", "opportunistic"}
                                 : std::vector<std::string>(std::begin(kParts), std::end(kParts)));
    }
  }
  out.scope = row.string("scope");
  out.enabled_key = row.string("enabled_key");
  out.enabled_value = row.string("enabled_value");
  out.listeners = row.string("listeners");
  out.listen_ports = row.string("listen_ports");
  out.implicit_ports = row.string("implicit_ports");
  out.opportunistic = row.strings("opportunistic");
  const bool elsewhere = !out.rows.empty() || !out.listeners.empty() || !out.listen_ports.empty();
  out.listen = elsewhere ? row.string("listen") : row.need_string("listen");
  out.default_listen = row.string("default_listen");
  out.names = row.strings("names");
  out.certificates = row.strings("certificates");
  out.keys = row.strings("keys");
  out.chains = row.string("chains");
  out.names_tables = row.string("names_tables");
  out.preamble = row.string("preamble");
  out.port = row.string("port");
  out.address = row.string("address");
  out.proxied = row.string("proxied");
  out.names_scope = row.string("names_scope");
  out.matches = row.string("matches");
  out.wants = read_words(row, "wants");
  out.refuses = read_words(row, "refuses");
  out.within = read_words(row, "within");
  return out;
}

void read_rows(TomlTable& root, Manifest& out) {
  for (auto& row : root.tables("place")) read_place(row, out);
  if (out.places.empty()) root.wrong("place", "there must be a [[place]]");
  for (auto& row : root.tables("set")) read_set(row, out);
  for (auto& row : root.tables("override")) {
    Override over{row.need_string("key"), row.string("dimension"),  row.need_string("reads"),
                  row.boolean("narrows"), read_words(row, "lists"), row.string("when"),
                  row.string("by")};
    if (!over.when.empty()) hold_to(row, "when", {over.when}, {"openssl", "gnutls"});
    // One value may decide several dimensions: as many rows, each reading its own part of it.
    const auto several = row.strings("dimensions");
    hold_to(row, "dimensions", several, dimensions());
    if (several.empty()) hold_to(row, "dimension", {over.dimension}, dimensions());
    if (several.empty()) out.overrides.push_back(over);
    for (const auto& dimension : several) {
      Override one = over;
      one.dimension = dimension;
      if (over.reads == "gnutls-priority")
        one.reads = fmt::format("{}:{}", over.reads, parted(dimension).second);
      out.overrides.push_back(std::move(one));
    }
  }
  for (auto& row : root.tables("default")) {
    Default fixed{row.need_string("dimension"), row.string("unless"), row.strings("value")};
    hold_to(row, "dimension", {fixed.dimension}, dimensions());
    out.defaults.push_back(std::move(fixed));
  }
  for (auto& row : root.tables("caution"))
    out.cautions.push_back(
        {row.need_string("key"), row.need_string("value"), row.need_string("text")});
  for (auto& row : root.tables("gap")) {
    Gap gap{row.need_string("endpoint"), row.need_string("reason"), row.need_string("remedy"),
            row.strings("dimensions"), row.string("key")};
    hold_to(row, "dimensions", gap.dimensions, dimensions());
    out.gaps.push_back(std::move(gap));
  }
  for (auto& row : root.tables("endpoint")) out.endpoints.push_back(read_endpoint(row));
  if (auto row = root.table("arguments"))
    out.arguments = {row->need_string("taking"), row->string("setting"), row->string("file"),
                     row->need_string("set_in")};
  if (auto row = root.table("evidence"))
    out.evidence = {row->strings("from"), row->need_string("says"), row->string("without")};
}

void read_commands(TomlTable& root, Manifest& out) {
  auto commands = root.table("commands");
  if (!commands) return root.wrong({}, "[commands] is missing");
  out.check = commands->strings("check");
  out.look = commands->strings("look");
  if (out.look.empty()) out.look = out.check;
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

std::string in_part(std::string_view part, std::string_view dimension) {
  return part.empty() ? std::string(dimension) : fmt::format("{}.{}", part, dimension);
}

std::pair<std::string_view, std::string_view> parted(std::string_view dimension) {
  const auto dot = dimension.rfind('.');
  if (dot == std::string_view::npos) return {"", dimension};
  return {dimension.substr(0, dot), dimension.substr(dot + 1)};
}

bool is_opportunistic(std::string_view part_or_dimension) {
  return part_or_dimension.find("opportunistic") != std::string_view::npos;
}

const Place& Manifest::place_of(const Set& set) const {
  if (set.place.empty()) return places.front();
  return *std::ranges::find(places, set.place, &Place::name);
}

Result<Manifest> parse_manifest(std::string_view text, std::string_view file) {
  auto root = TomlTable::parse(text, file);
  if (!root) return tl::make_unexpected(root.error());
  Manifest out;
  out.name = root->need_string("name");
  out.title = root->need_string("title");
  out.syntax = root->need_string("syntax");
  out.dialect = root->need_string("dialect");
  hold_to(*root, "dialect", {out.dialect}, {"openssl", "gnutls", "openssh", "library"});
  out.clients = root->string("clients");
  hold_to(*root, "clients", {out.clients}, {"", "mail"});
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

std::string expand_known(std::string_view text, const Vars& vars) {
  std::string out(text);
  for (const auto& [name, value] : vars)
    out = base::replace_all(std::move(out), "${" + name + "}", value);
  return out;
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
