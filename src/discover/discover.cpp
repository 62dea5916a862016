// SPDX-License-Identifier: Apache-2.0
// Discovery, one service after another; see discover.hpp.
#include "discover/discover.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.hpp"
#include "config/apache.hpp"
#include "discover/parts.hpp"
#include "service/endpoints.hpp"
#include "service/further.hpp"
#include "service/listeners.hpp"

namespace tlspolicy::discover {
namespace {
using service::Instance, service::Manifest;

// Is `where` there, with one of the lines `says`?
bool fits(host::Host& host, const service::Layout& layout) {
  if (layout.where.empty()) return true;
  const auto real = host.real_path(layout.where);
  const auto state = host.read(real ? *real : layout.where);
  if (!state || state->kind != base::FileState::Kind::file) return false;
  const auto lines = base::lines(state->content);
  return layout.says.empty() || std::ranges::any_of(lines, [&](const std::string& line) {
           return std::ranges::find(layout.says, base::trim(line)) != layout.says.end();
         });
}

const service::Layout* layout_of(host::Host& host, const Manifest& manifest) {
  for (const auto& layout : manifest.layouts) {
    const auto state = host.read(layout.when);
    if (state && state->kind != base::FileState::Kind::absent && fits(host, layout)) return &layout;
  }
  return nullptr;
}

using Dump = std::multimap<std::string, std::string>;

// "key value" or "key = value" lines; sshd prints keys in lower case, some of them several times.
void read_lines(const std::string& text, Dump& dump) {
  for (const auto& line : base::lines(text)) {
    const auto space = line.find(' ');
    std::string_view value(line);
    value.remove_prefix(space == std::string::npos ? line.size() : space + 1);
    if (value.starts_with("= ") || value == "=") value = base::trim(value.substr(1));
    dump.emplace(base::lower(line.substr(0, space)), value);
  }
}

// Blocks become a path: "service/imap-login/inet_listener/imaps/port".
void read_blocks(const std::string& text, const Manifest& manifest, Dump& dump) {
  for (const auto& setting : config::syntax_named(manifest.syntax)->parse(text).settings) {
    std::string key;
    for (const auto& scope : setting.scopes)
      key += scope.kind + "/" + (scope.argument.empty() ? "" : scope.argument + "/");
    dump.emplace(base::lower(key + setting.key), base::join(setting.args, " "));
  }
}

Dump printed(host::Host& host, const Manifest& manifest, const Instance& instance,
             const std::vector<std::string>& command) {
  Dump out;
  const auto shown = run(host, instance, command, manifest.limit_s);
  if (!shown || shown->status != 0) return out;
  if (manifest.dump_in_syntax)
    read_blocks(shown->out, manifest, out);
  else
    read_lines(shown->out, out);
  return out;
}

void read_dump(host::Host& host, const Manifest& manifest, Instance& instance) {
  instance.dump = printed(host, manifest, instance, manifest.dump);
  if (!instance.dump.empty() && !manifest.built_in.empty())
    service::fill_in(instance.dump, printed(host, manifest, instance, manifest.built_in));
}

std::string place_of(const config::Source& source) {
  return fmt::format("{}:{}", source.file, source.setting.last_line);
}

// The settings as the program itself parsed them, macros resolved; ours where it does not tell.
// Where the program prints its parsed tree, settings that are not in it do not count: IfDefine,
// IfModule, an unused macro.  What stands in it and not in our reading, a macro's lines, is kept
// beside it.
std::vector<config::Source> read_tree(host::Host& host, const Manifest& manifest,
                                      Instance& instance, std::vector<config::Source>& settings) {
  const auto shown = run(host, instance, manifest.tree_dump, manifest.limit_s);
  if (!shown || shown->status != 0) return settings;
  std::set<std::string> active, read;
  std::vector<config::Source> parsed;
  for (const auto& source : settings) read.insert(place_of(source));
  for (const auto& one : config::parse_apache_dump(shown->out)) {
    const std::string place = fmt::format("{}:{}", one.file, one.line);
    active.insert(place);
    parsed.push_back({one.file, one.setting});
    if (!read.contains(place)) {
      instance.expanded.push_back(parsed.back());
      instance.expanded.back().setting.line = one.line;
    }
  }
  if (active.empty()) return settings;
  for (const auto& source : settings)
    if (!active.contains(place_of(source))) instance.inactive_lines.push_back(place_of(source));
  std::erase_if(settings,
                [&](const config::Source& source) { return !active.contains(place_of(source)); });
  std::erase_if(instance.expanded, [&](const config::Source& source) {
    return std::ranges::none_of(manifest.overrides, [&](const service::Override& row) {
      return service::value_of(row.key, source.setting.key, source.setting.args).has_value();
    });
  });
  return parsed;
}

// Our own reading, and what only the program has.
std::vector<config::Source> with_expanded(std::vector<config::Source> settings,
                                          const Instance& instance) {
  settings.insert(settings.end(), instance.expanded.begin(), instance.expanded.end());
  return settings;
}

void check_before_us(host::Host& host, const Manifest& manifest, Instance& instance) {
  if (!host.is_root()) {
    // Keys are root's alone: the check of an ordinary user would call a healthy service broken.
    instance.notes.emplace_back(
        "looked at without root: its own check was not run, and what only root "
        "can read is missing");
    return;
  }
  const auto checked = run(host, instance, manifest.look, manifest.limit_s);
  if (!checked || checked->status == 0) return;
  const auto command =
      base::join(service::expand(manifest.look, instance.vars).value_or(manifest.look), " ");
  if (checked->timed_out) {
    instance.broken = Error{
        "check-unfinished", fmt::format("its check did not end within {} s", manifest.limit_s),
        command, "the machine may be busy: try again later; tlspolicy leaves it alone until then"};
    return;
  }
  // The line that says where often stands before the one that says what.
  constexpr std::ptrdiff_t kShown = 3;
  auto said = base::lines(checked->err.empty() ? checked->out : checked->err);
  std::erase_if(said, [](const std::string& line) { return base::trim(line).empty(); });
  if (std::ssize(said) > kShown) said.erase(said.begin(), said.end() - kShown);
  instance.broken =
      Error{"broken-before",
            said.empty() ? fmt::format("its check ended with status {}", checked->status)
                         : base::join(said, "; "),
            command, "mend its configuration first; tlspolicy leaves it alone until then"};
}

// One instance; the folders of others that its configuration names go to `further`.
Instance inspect(host::Host& host, const Manifest& manifest, const service::Layout& layout,
                 const Options& options, std::vector<std::string>& further) {
  Instance instance;
  instance.service = manifest.name;
  instance.layout = layout.name;
  instance.vars = layout.vars;

  const auto active = run(host, instance, manifest.active, manifest.limit_s);
  instance.running = active && active->status == 0;
  auto flat = read_configuration(host, manifest, instance);
  further = service::further_folders(manifest, flat.settings);
  if (!instance.broken) check_before_us(host, manifest, instance);
  read_dump(host, manifest, instance);
  const auto tree = read_tree(host, manifest, instance, flat.settings);
  const auto main = main_process(host, instance);
  find_versions(host, manifest, main, instance);
  read_arguments(host, manifest, main, instance);
  // What runs beside a further instance was told of the first.
  if (service::plain_name(manifest.name) == manifest.name)
    note_others(host, main, further, instance);
  instance.endpoints = service::endpoints(manifest, tree, instance.dump, instance.notes);
  read_tables(host, instance);
  service::add_names_of_tables(manifest, instance.tables, instance.endpoints, instance.warnings);
  if (manifest.dialect != "openssh") {
    ask_library(host, manifest, options, with_expanded(flat.settings, instance), instance);
    read_certificates(host, flat.settings, instance);
    read_keys(host, instance);
    read_parameters(host, manifest, flat.settings, instance);
  } else {
    ask_openssh(host, instance);
    read_host_keys(host, instance);
    read_user_keys(host, instance);
  }
  return instance;
}

void inspect(host::Host& host, const Manifest& manifest, const Options& options,
             std::vector<Instance>& out) {
  const auto* layout = layout_of(host, manifest);
  if (!layout) return;
  std::vector<std::string> further, ignored;
  out.push_back(inspect(host, manifest, *layout, options, further));
  for (const auto& folder : further) {
    Manifest one = manifest;
    one.name = service::further_name(manifest.name, folder);
    service::Layout there = *layout;
    there.vars["conf"] = folder;
    // postmulti(1): the first instance alone names others.
    out.push_back(inspect(host, one, there, options, ignored));
  }
}

std::string md5(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr) != 1)
    return {};
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

// Which of the files that services read are dpkg's conffiles or ucf's, and which of those still
// have their package's own bytes.  dpkg lists " /path md5", ucf "md5  /path".
void find_packaged(host::Host& host, service::HostState& state) {
  std::map<std::string, std::string> known;
  host::Command query;
  query.argv = {"dpkg-query", "--show", "--showformat=${Conffiles}\n"};
  const auto listed = host.run(query);
  for (const auto& line : base::lines(listed.out))
    if (const auto words = base::words(line); words.size() >= 2) known[words[0]] = words[1];
  if (const auto ucf = host.read("/var/lib/ucf/hashfile"))
    for (const auto& line : base::lines(ucf->content))
      if (const auto words = base::words(line); words.size() == 2) known[words[1]] = words[0];
  for (const auto& instance : state.instances)
    for (const auto& [path, file] : instance.files) {
      const auto real = instance.real_paths.find(path);
      const auto& name = real == instance.real_paths.end() ? path : real->second;
      const auto package = known.find(name);
      if (package == known.end()) continue;
      state.packaged.insert(name);
      if (md5(file.content) == package->second) state.as_shipped.insert(name);
    }
}

}  // namespace

std::optional<host::Finished> run(host::Host& host, const Instance& instance,
                                  const std::vector<std::string>& argv, int limit_s,
                                  std::string input) {
  auto words = service::expand(argv, instance.vars);
  if (!words || words->empty() || !host.is_live()) return std::nullopt;
  return host.run({std::move(*words), std::move(input), {}, std::chrono::seconds(limit_s)});
}

service::HostState discover(host::Host& host, const std::map<std::string, Manifest>& manifests,
                            const Options& options) {
  service::HostState out;
  for (const auto& [name, manifest] : manifests) {
    if (!options.only.empty() && !options.only.contains(name)) continue;
    inspect(host, manifest, options, out.instances);
  }
  if (host.is_live()) find_packaged(host, out);
  return out;
}

}  // namespace tlspolicy::discover
