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

std::string lines_of(const service::Place& place, const std::vector<Row>& rows) {
  const auto* syntax = config::syntax_named(place.syntax);
  std::string out;
  for (const auto& line : place.head) out += line + "\n";
  const std::string indent = place.head.empty() ? "" : "  ";
  for (const auto& row : rows) out += indent + syntax->line(row.set->key, row.value.text) + "\n";
  for (const auto& line : place.tail) out += line + "\n";
  return out;
}

std::vector<Row> rows_of(const service::Manifest& manifest, const service::Place& place,
                         const std::vector<Row>& rows) {
  std::vector<Row> out;
  std::ranges::copy_if(rows, std::back_inserter(out),
                       [&](const Row& row) { return &manifest.place_of(*row.set) == &place; });
  return out;
}

// The syntax of the file in which a setting stands.
const config::Syntax& syntax_of(const service::Manifest& manifest,
                                const service::Instance& instance, const std::string& file) {
  for (const auto& one : manifest.also)
    if (expanded(one.file, instance) == file) return *config::syntax_named(one.syntax);
  return *config::syntax_named(manifest.syntax);
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
    if (again != flat.settings.end() && (manifest.place().first_wins ? at < first : at > last))
      out.push_back(&one);
  }
  return out;
}

// Where the program meets the lines of a file: on its top level, inside a block (sshd's Match),
// both.
struct Met {
  bool on_top = false, in_block = false;
};
Met where_met(const service::Manifest& manifest, const config::Flattened& flat,
              const std::string& file) {
  const auto is_around_it = [&](const config::Scope& scope) {
    return scope.file != file &&
           std::ranges::find(manifest.lower_scopes, scope.kind) != manifest.lower_scopes.end();
  };
  Met out;
  for (const auto& [from, setting] : flat.settings) {
    if (from != file) continue;
    const bool in_block = std::ranges::any_of(setting.scopes, is_around_it);
    (in_block ? out.in_block : out.on_top) = true;
  }
  if (!out.in_block) out.on_top = std::ranges::find(flat.files, file) != flat.files.end();
  return out;
}

// Has an endpoint the part of the policy that this one is about?
bool counts_somewhere(const Found& found, const service::Instance& instance) {
  const auto part = service::parted(found.dimension).first;
  return std::ranges::any_of(
      instance.endpoints, [&](const service::Endpoint& endpoint) { return endpoint.role == part; });
}

// A line that is set aside for one dimension decides nothing in its others either.
void add_whole_lines(const std::vector<Found>& found, Composed& out) {
  const auto before = out.set_aside;
  for (const auto& one : found)
    if (std::ranges::find(before, &one) == before.end() &&
        std::ranges::any_of(before, [&](const Found* gone) { return gone->source == one.source; }))
      out.set_aside.push_back(&one);
}

void put_aside(const service::Manifest& manifest, const service::Instance& instance,
               const Composed& composed, Texts& files) {
  std::map<std::string, std::vector<config::Setting>> by_file;
  for (const auto* one : composed.set_aside) {
    auto& settings = by_file[one->source.file];
    if (std::ranges::find(settings, one->source.setting) == settings.end())
      settings.push_back(one->source.setting);
  }
  for (const auto& one : composed.replaced) by_file[one.file].push_back(one.setting);
  for (const auto& [file, settings] : by_file)
    files[file] = syntax_of(manifest, instance, file).set_aside(files[file], settings);
}

// Lines of ours that go into a file of the service, once everything else in it is done.
struct Block {
  std::string file, lines;
  bool first = false;
  bool made = false;  // the file is made for them
};

// Everything that composing one instance needs to know.
struct Job {
  const service::Manifest& manifest;
  const service::Instance& instance;
  const Texts& pristine;
  const std::vector<Found>& found;
  const std::map<std::string, std::vector<std::string>>& wanted;
  const std::string& policy;
};

// The values of a key that ours takes the place of: those of its file, or, where a program refuses
// a second one, those of every file.
std::vector<config::Source> replaced_by(const Job& job, const service::Place& place,
                                        const std::string& file, const std::string& text,
                                        const std::string& key) {
  std::vector<config::Source> out;
  if (!place.only) {
    for (const auto& setting : syntax_of(job.manifest, job.instance, file).parse(text).settings)
      if (setting.key == key && setting.scopes.empty()) out.push_back({file, setting});
    return out;
  }
  for (const auto& source : read_all(job.manifest, job.instance, job.pristine).settings) {
    const bool inert = std::ranges::any_of(source.setting.scopes, [&](const config::Scope& scope) {
      return std::ranges::find(job.manifest.inert_scopes, scope.kind) !=
             job.manifest.inert_scopes.end();
    });
    if (source.setting.key == key && !inert) out.push_back(source);
  }
  return out;
}

// Keys of ours behind everything else, where the last value wins; an earlier value of the same key
// becomes a comment, because two of them are a warning of Postfix's at every start, and an error of
// exim's.
Result<void> compose_keys(const Job& job, const service::Place& place, const std::vector<Row>& rows,
                          Composed& out, std::vector<Block>& blocks) {
  const std::string file = expanded(place.path, job.instance);
  const auto text = job.pristine.find(file);
  const bool made = text == job.pristine.end() && place.creates;
  if (text == job.pristine.end() && !made)
    return fail("no-configuration", "there is no such file", file, "install the service again");
  std::vector<Row> needed;
  for (const auto& row : rows) {
    const auto there = replaced_by(job, place, file, made ? "" : text->second, row.set->key);
    const auto ours = base::words(row.value.text);
    if (there.size() == 1 && there.front().setting.args == ours) continue;
    out.replaced.insert(out.replaced.end(), there.begin(), there.end());
    needed.push_back(row);
  }
  if (!needed.empty())
    blocks.push_back({file, lines_of(place, needed), place.first_wins || place.only, made});
  return {};
}

Result<void> not_foreign(const Job& job, const std::string& file) {
  using Kind = base::FileState::Kind;
  const auto found = job.instance.files.find(file);
  const auto kind = found == job.instance.files.end() ? Kind::absent : found->second.kind;
  const bool is_file = kind == Kind::file || kind == Kind::absent;
  if (is_file && !job.pristine.contains(file)) return {};
  return fail("foreign-drop-in",
              fmt::format("{} that tlspolicy did not write has the drop-in's name",
                          is_file                ? "a file"
                          : kind == Kind::folder ? "a folder"
                                                 : "something"),
              file, "move it away, or rename it");
}

Result<void> compose_drop_in(const Job& job, const service::Place& place,
                             const std::vector<Row>& rows, Composed& out,
                             std::vector<Block>& blocks) {
  const std::string dropin = expanded(place.path, job.instance);
  std::string fallback = expanded(place.fallback, job.instance);
  if (!fallback.empty() && !job.pristine.contains(fallback))
    fallback = expanded(job.manifest.root_file, job.instance);
  if (auto free = not_foreign(job, dropin); !free) return free;
  out.files[dropin] = head_comment(job.policy) + lines_of(place, rows);
  const auto flat = read_all(job.manifest, job.instance, out.files);
  const auto stronger = winners_over_us(job.manifest, flat, dropin, job.found, rows, job.wanted);
  const Met met = where_met(job.manifest, flat, dropin);
  // sshd refuses most of our keywords inside Match: there the drop-in must not be read a second
  // time.
  const bool read = met.on_top && (!met.in_block || fallback.empty());
  if (read && stronger.empty()) return {};
  if (!fallback.empty() && out.files.contains(fallback)) {
    out.files.erase(dropin);
    blocks.push_back({fallback, lines_of(place, rows), place.first_wins, false});
    out.notes.push_back(fmt::format(
        "{}: our lines stand in this file, because {}", fallback,
        read ? fmt::format("{} line {} would win over a drop-in", stronger.front()->source.file,
                           stronger.front()->source.setting.line)
        : met.in_block ? "it includes the folder for drop-ins inside a block"
                       : "it does not include the folder for drop-ins"));
    return {};
  }
  if (!read)
    return fail("drop-in-not-read",
                fmt::format("{} includes {}", job.manifest.title,
                            met.in_block ? "it only inside a block" : "no such file"),
                dropin,
                fmt::format("include the drop-in's folder in {}",
                            expanded(job.manifest.root_file, job.instance)));
  out.set_aside.insert(out.set_aside.end(), stronger.begin(), stronger.end());
  return {};
}

Result<void> compose_place(const Job& job, const service::Place& place,
                           const std::vector<Row>& rows, Composed& out,
                           std::vector<Block>& blocks) {
  if (place.kind == service::Place::Kind::drop_in)
    return compose_drop_in(job, place, rows, out, blocks);
  if (place.kind == service::Place::Kind::keys) return compose_keys(job, place, rows, out, blocks);
  const std::string file = expanded(place.path, job.instance);
  if (auto free = not_foreign(job, file); !free) return free;
  if (!rows.empty()) out.files[file] = head_comment(job.policy) + lines_of(place, rows);
  return {};
}

}  // namespace

config::Flattened read_all(const service::Manifest& manifest, const service::Instance& instance,
                           const Texts& files) {
  const std::string dropin = expanded(manifest.place().path, instance);
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
  const auto base = expanded(manifest.base_folder, instance);
  auto flat = config::flatten(*config::syntax_named(manifest.syntax),
                              expanded(manifest.root_file, instance), base, manifest.include_keys,
                              content, glob);
  for (const auto& one : manifest.also) {
    const auto file = expanded(one.file, instance);
    if (one.optional && (file.empty() || (!config::is_pattern(file) && !files.contains(file))))
      continue;
    config::append(
        flat, config::flatten(*config::syntax_named(one.syntax), file, base, {}, content, glob));
  }
  return flat;
}

Result<Composed> compose(const service::Manifest& manifest, const service::Instance& instance,
                         const Texts& pristine, const std::vector<Row>& rows,
                         const std::vector<Found>& found,
                         const std::map<std::string, std::vector<std::string>>& wanted,
                         const std::string& policy) {
  Composed out{pristine, {}, {}, {}};
  for (const auto& one : found) {
    const bool wins = one.lower || (one.leaves_nothing && counts_somewhere(one, instance));
    if (wins && !one.narrows && !one.expanded && one.relation != Relation::stricter &&
        one.relation != Relation::equal && wanted.contains(one.dimension) &&
        !is_beaten(one, rows, wanted))
      out.set_aside.push_back(&one);
  }

  const Job job{manifest, instance, pristine, found, wanted, policy};
  std::vector<Block> blocks;
  for (const auto& place : manifest.places) {
    const auto own = rows_of(manifest, place, rows);
    if (auto done = compose_place(job, place, own, out, blocks); !done)
      return tl::make_unexpected(done.error());
  }
  add_whole_lines(found, out);
  put_aside(manifest, instance, out, out.files);
  for (const auto& block : blocks)
    out.files[block.file] =
        with_our_lines(out.files[block.file], block.lines, block.first, policy, block.made);
  return out;
}

}  // namespace tlspolicy::plan
