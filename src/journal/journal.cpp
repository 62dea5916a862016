// SPDX-License-Identifier: Apache-2.0
// The folder of generations; see journal.hpp and docs/journal-format.md, "Life of a file".
#include "journal/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "journal/payload.hpp"
#include "journal/record.hpp"

namespace tlspolicy::journal {
namespace {

constexpr std::string_view kUnfinished = ".tmp";

std::optional<int> number_named(std::string_view name) {
  int number = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool whole = problem == std::errc() && end == name.data() + name.size() && number > 0;
  return whole && fmt::format("{}", number) == name ? std::optional(number) : std::nullopt;
}

// Whole and durable under its name, or not there.
Result<void> write_file(host::Host& host, const host::Path& folder, const host::Path& path,
                        const std::string& bytes) {
  const host::Path temporary = path + std::string(kUnfinished);
  const auto stale = host.read(temporary);
  if (!stale) return tl::make_unexpected(stale.error());
  if (stale->kind != host::FileState::Kind::absent)
    if (auto done = host.remove(temporary); !done) return done;

  auto written = host.append(temporary, bytes);
  auto placed = written ? host.place(temporary, path) : written;
  auto done = placed ? host.sync_folder(folder) : placed;
  // Nothing on the host has changed yet, so the name goes again; of several errors the first
  // counts.
  if (!done) (void)host.remove(placed ? path : temporary);
  return done;
}

constexpr std::string_view kUndo = "undo ";

}  // namespace

bool waits_for_confirm(const Generation& one) {
  return one.outcome && one.confirm_until != 0 && !one.confirmed;
}

std::optional<int> undoes(const Generation& one) {
  const std::string_view verb = one.verb;
  return verb.starts_with(kUndo) ? number_named(verb.substr(kUndo.size())) : std::nullopt;
}

Journal::Journal(host::Host& host, host::Path folder) : host_(host), folder_(std::move(folder)) {}

host::Path Journal::path_of(int number) const { return fmt::format("{}/{}", folder_, number); }

Result<std::vector<int>> Journal::numbers() {
  const auto names = host_.list(folder_);
  if (!names) return tl::make_unexpected(names.error());
  std::vector<int> out;
  for (const auto& name : *names)
    if (const auto number = number_named(name)) out.push_back(*number);
  std::ranges::sort(out);
  return out;
}

Result<Generation> Journal::load(int number) {
  const auto file = host_.read(path_of(number));
  if (!file) return tl::make_unexpected(file.error());
  if (file->kind == host::FileState::Kind::folder)
    return fail("bad-generation", "a folder stands where the file of a generation is expected",
                path_of(number), "tlspolicy did not make it: move it somewhere else");
  if (file->kind != host::FileState::Kind::file)
    return fail("no-generation", fmt::format("there is no generation {}", number), path_of(number),
                "tlspolicy history lists them");
  return read_generation(file->content, number, path_of(number));
}

Result<std::optional<int>> Journal::open_one() {
  const auto all = numbers();
  if (!all) return tl::make_unexpected(all.error());
  if (all->empty()) return std::nullopt;
  const auto newest = load(all->back());
  if (!newest) return tl::make_unexpected(newest.error());
  return newest->outcome ? std::nullopt : std::optional(newest->number);
}

Result<int> Journal::begin(const Generation& generation) {
  const auto open = open_one();
  if (!open) return tl::make_unexpected(open.error());
  if (*open)
    return fail("open-generation",
                fmt::format("generation {} was never brought to its end", **open), path_of(**open),
                "tlspolicy recover");
  const auto all = numbers();
  if (!all) return tl::make_unexpected(all.error());
  const int number = all->empty() ? 1 : all->back() + 1;
  const std::string intent = write_intent(generation);
  if (auto readable = read_generation(intent, number, path_of(number)); !readable)
    return tl::make_unexpected(readable.error());  // never promise a way back that cannot be read

  if (auto done = host_.make_folder(folder_, 0700); !done) return tl::make_unexpected(done.error());
  if (auto done = write_file(host_, folder_, path_of(number), intent); !done)
    return tl::make_unexpected(done.error());
  return number;
}

Result<void> Journal::add(int number, const std::string& record) {
  const auto file = host_.read(path_of(number));
  if (!file) return tl::make_unexpected(file.error());
  const auto records = cut_records(file->content, path_of(number));
  if (!records) return tl::make_unexpected(records.error());
  if (records->whole < file->content.size())
    if (auto done = host_.truncate(path_of(number), records->whole); !done) return done;
  return host_.append(path_of(number), record);
}

Result<void> Journal::touch(int number, const std::string& service) {
  return add(number, write_mark(Type::touch, service));
}
Result<void> Journal::back(int number, const std::string& service) {
  return add(number, write_mark(Type::back, service));
}
Result<void> Journal::end(int number, const std::string& outcome, std::uint32_t confirm_until) {
  return add(number, write_end(outcome, confirm_until));
}
Result<void> Journal::confirm(int number, const std::string& how) {
  return add(number, write_confirm(how));
}

// An undo of it that was killed before it could say so in the older file is the newest then.
Result<std::optional<Generation>> Journal::waiting() {
  const auto all = numbers();
  if (!all) return tl::make_unexpected(all.error());
  if (all->empty()) return std::nullopt;
  auto newest = load(all->back());
  if (newest && undoes(*newest) && !waits_for_confirm(*newest)) newest = load(*undoes(*newest));
  if (!newest) return tl::make_unexpected(newest.error());
  if (!waits_for_confirm(*newest)) return std::nullopt;
  return std::optional(*std::move(newest));
}

Result<void> Journal::sweep() {
  const auto names = host_.list(folder_);
  if (!names) return tl::make_unexpected(names.error());
  for (const std::string_view name : *names) {
    const auto stem = name.substr(0, name.size() - std::min(name.size(), kUnfinished.size()));
    if (!name.ends_with(kUnfinished) || !number_named(stem)) continue;
    if (auto done = host_.remove(fmt::format("{}/{}", folder_, name)); !done) return done;
  }
  return {};
}

}  // namespace tlspolicy::journal
