// SPDX-License-Identifier: Apache-2.0
// Records -> generation; see payload.hpp.  Understood whole or not at all.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "journal/cbor_map.hpp"
#include "journal/payload.hpp"

namespace tlspolicy::journal {
namespace {

using Kind = host::FileState::Kind;

constexpr std::uint32_t kFormat = 1;
constexpr std::array<std::pair<std::string_view, Kind>, 4> kKinds{{{"absent", Kind::absent},
                                                                   {"file", Kind::file},
                                                                   {"symlink", Kind::symlink},
                                                                   {"folder", Kind::folder}}};
constexpr std::array<std::pair<std::string_view, Step::Kind>, 4> kStepKinds{
    {{"check", Step::Kind::check},
     {"reload", Step::Kind::reload},
     {"restart", Step::Kind::restart},
     {"active", Step::Kind::active}}};

template <class Names>
auto named(const Names& names, CborMap& map) {
  const std::string word = map.text("kind");
  const auto* found = std::ranges::find(names, word, [](const auto& row) { return row.first; });
  if (found == names.end()) map.wrong(fmt::format("\"{}\" is no kind of this", word));
  return found == names.end() ? names.front().second : found->second;
}

host::FileState read_state(CborMap& member, const char* key) {
  auto map = member.map(key);
  host::FileState state;
  state.kind = named(kKinds, map);
  if (state.kind != Kind::absent) {
    state.content = map.bytes("content");
    state.mode = map.number("mode");
    state.uid = map.number("uid");
    state.gid = map.number("gid");
    state.xattrs = map.byte_map("xattrs");
  }
  member.wrong_if(map);
  return state;
}

std::uint32_t read_header(CborMap& map, Generation& g) {
  if (map.number("format") != kFormat)
    map.wrong("it was written by another version of tlspolicy, in a format unknown here");
  g.boot_id = map.text("boot_id");
  g.created = map.text("created");
  g.verb = map.text("verb");
  g.selected_before = map.text("selected_before");
  g.selected_after = map.text("selected_after");
  return map.number("records");
}

void read_intent(Type type, CborMap& map, Generation& g) {
  if (type == Type::service) {
    g.services.push_back(
        {map.text("name"), map.boolean("running"), map.boolean("restart"), map.texts("served")});
  } else if (type == Type::member) {
    const std::string service = map.text("service"), path = map.text("path");
    auto before = read_state(map, "before");
    g.members.push_back({service, path, std::move(before), read_state(map, "after")});
  } else if (type == Type::step) {
    const auto kind = named(kStepKinds, map);
    g.steps.push_back({map.text("service"), kind, map.texts("argv"),
                       static_cast<int>(std::min(map.number("limit_s"), 86'400U))});
  } else if (type == Type::target) {
    g.targets.push_back({map.text("service"), map.boolean("after"), map.text("json")});
  } else {
    map.wrong("a record of this type cannot stand in the intent");
  }
}

void read_end(CborMap& map, Generation& g) {
  g.outcome = map.text("outcome");
  g.confirm_until = map.number("confirm_until");
}

void read_progress(Type type, CborMap& map, Generation& g) {
  if (g.outcome.has_value() != (type == Type::confirm))
    map.wrong("a record of this type cannot stand here");
  if (type == Type::touch)
    g.touched.push_back(map.text("service"));
  else if (type == Type::back)
    g.backed.push_back(map.text("service"));
  else if (type == Type::end)
    read_end(map, g);
  else if (type == Type::confirm)
    g.confirmed = map.text("how");
  else
    map.wrong("a record of this type cannot stand behind the intent");
}

}  // namespace

Result<Generation> read_generation(std::string_view bytes, int number, std::string_view file) {
  const auto records = cut_records(bytes, file);
  if (!records) return tl::make_unexpected(records.error());
  Generation g;
  g.number = number;
  const auto unreadable = [&](const std::string& why, std::size_t at) {
    return fail("journal-corrupt", fmt::format("this generation cannot be read: {}", why),
                fmt::format("{}:{}", file, at),
                "restore this file from a backup, or read it with the tlspolicy that wrote it");
  };

  std::size_t index = 0, intent = 0;
  for (const auto& record : records->all) {
    CborMap map(record.payload);
    if (index == 0 && record.type != Type::header) map.wrong("it does not start with a header");
    if (index == 0)
      intent = read_header(map, g);
    else if (index <= intent)
      read_intent(record.type, map, g);
    else
      read_progress(record.type, map, g);
    if (map.error())
      return unreadable(*map.error(),
                        static_cast<std::size_t>(record.payload.data() - bytes.data()));
    ++index;
  }
  if (index == 0 || index <= intent)
    return unreadable("it ends before its intent does", bytes.size());
  return g;
}

}  // namespace tlspolicy::journal
