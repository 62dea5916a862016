// SPDX-License-Identifier: Apache-2.0
// Composes new file contents; see compose.hpp.
#include "plan/compose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace tlspolicy::plan {
namespace {

std::string expanded(const std::string& text, const service::Instance& instance) {
  return service::expand(text, instance.vars).value_or(text);
}

bool catches(const std::string& pattern, const std::string& path) {
  const auto cut = [](const std::string& text) { return text.rfind('/'); };
  if (cut(pattern) == std::string::npos || cut(path) == std::string::npos) return false;
  return pattern.substr(0, cut(pattern)) == path.substr(0, cut(path)) &&
         base::matches_glob(pattern.substr(cut(pattern) + 1), path.substr(cut(path) + 1));
}

std::string lines_of(const service::Manifest& manifest, const std::vector<Row>& rows) {
  const auto* syntax = config::syntax_named(manifest.syntax);
  std::string out;
  for (const auto& line : manifest.place.head) out += line + "\n";
  const std::string indent = manifest.place.head.empty() ? "" : "  ";
  for (const auto& row : rows) out += indent + syntax->line(row.set->key, row.value.text) + "\n";
  for (const auto& line : manifest.place.tail) out += line + "\n";
  return out;
}

// Settings of the top level that the program would take instead of ours.
std::vector<const Found*> winners_over_us(
    const service::Manifest& manifest, const config::Flattened& flat, const std::string& ours,
    const std::vector<Found>& found, const std::vector<Row>& rows,
    const std::map<std::string, std::vector<std::string>>& wanted) {
  std::size_t first = flat.settings.size(), last = 0;
  for (std::size_t i = 0; i < flat.settings.size(); ++i) {
    if (flat.settings[i].file != ours) continue;
    first = std::min(first, i);
    last = i;
  }
  std::vector<const Found*> out;
  for (const auto& one : found) {
    if (one.lower || one.relation == Relation::equal || one.relation == Relation::stricter)
      continue;
    if (!wanted.contains(one.dimension) || is_beaten(one, rows, wanted)) continue;
    // `found` was read without our drop-in: find the same setting again.
    const auto again = std::ranges::find(flat.settings, one.source);
    const auto at = static_cast<std::size_t>(again - flat.settings.begin());
    if (again != flat.settings.end() && (manifest.place.first_wins ? at < first : at > last))
      out.push_back(&one);
  }
  return out;
}

bool is_read(const config::Flattened& flat, const std::string& file) {
  return std::ranges::find(flat.files, file) != flat.files.end();
}

void put_aside(const service::Manifest& manifest, const std::vector<const Found*>& which,
               Texts& files) {
  std::map<std::string, std::vector<config::Setting>> by_file;
  for (const auto* one : which) by_file[one->source.file].push_back(one->source.setting);
  for (const auto& [file, settings] : by_file)
    files[file] = config::syntax_named(manifest.syntax)->set_aside(files[file], settings);
}

}  // namespace

config::Flattened read_all(const service::Manifest& manifest, const service::Instance& instance,
                           const Texts& files) {
  const std::string dropin = expanded(manifest.place.path, instance);
  const auto content = [&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
  const auto glob = [&](const std::string& pattern) {
    std::vector<std::string> out;
    if (const auto known = instance.globs.find(pattern); known != instance.globs.end())
      std::ranges::copy_if(known->second, std::back_inserter(out), [&](const std::string& path) {
        const auto file = instance.files.find(path);
        return files.contains(path) ||
               (file != instance.files.end() && file->second.kind == base::FileState::Kind::folder);
      });
    if (files.contains(dropin) && catches(pattern, dropin) &&
        std::ranges::find(out, dropin) == out.end())
      out.push_back(dropin);
    std::ranges::sort(out);
    return out;
  };
  return config::flatten(
      *config::syntax_named(manifest.syntax), expanded(manifest.root_file, instance),
      expanded(manifest.base_folder, instance), manifest.include_keys, content, glob);
}

Result<Composed> compose(const service::Manifest& manifest, const service::Instance& instance,
                         const Texts& pristine, const std::vector<Row>& rows,
                         const std::vector<Found>& found,
                         const std::map<std::string, std::vector<std::string>>& wanted,
                         const std::string& policy) {
  const std::string dropin = expanded(manifest.place.path, instance);
  std::string fallback = expanded(manifest.place.fallback, instance);
  if (!fallback.empty() && !pristine.contains(fallback))
    fallback = expanded(manifest.root_file, instance);
  if (pristine.contains(dropin))
    return fail("foreign-drop-in", "a file that tlspolicy did not write has the drop-in's name",
                dropin, "move it away, or rename it");

  Composed out{pristine, {}, {}};
  for (const auto& one : found)
    if (one.lower && one.relation != Relation::stricter && one.relation != Relation::equal &&
        wanted.contains(one.dimension) && !is_beaten(one, rows, wanted))
      out.set_aside.push_back(&one);

  out.files[dropin] = head_comment(policy) + lines_of(manifest, rows);
  const auto flat = read_all(manifest, instance, out.files);
  const auto stronger = winners_over_us(manifest, flat, dropin, found, rows, wanted);
  const bool read = is_read(flat, dropin);
  if (read && stronger.empty()) {
    put_aside(manifest, out.set_aside, out.files);
    return out;
  }
  if (!fallback.empty() && out.files.contains(fallback)) {
    out.files.erase(dropin);
    put_aside(manifest, out.set_aside, out.files);
    const std::string block = as_block(lines_of(manifest, rows), policy);
    out.files[fallback] = manifest.place.first_wins
                              ? config::with_block_first(out.files[fallback], block)
                              : config::with_block_last(out.files[fallback], block);
    out.notes.push_back(fmt::format(
        "{}: our lines stand in this file, because {}", fallback,
        read ? fmt::format("{} line {} would win over a drop-in", stronger.front()->source.file,
                           stronger.front()->source.setting.line)
             : "it does not include the folder for drop-ins"));
    return out;
  }
  if (!read)
    return fail(
        "drop-in-not-read", fmt::format("{} includes no such file", manifest.title), dropin,
        fmt::format("include the drop-in's folder in {}", expanded(manifest.root_file, instance)));
  out.set_aside.insert(out.set_aside.end(), stronger.begin(), stronger.end());
  put_aside(manifest, out.set_aside, out.files);
  return out;
}

}  // namespace tlspolicy::plan
