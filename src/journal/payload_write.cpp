// SPDX-License-Identifier: Apache-2.0
// Generation -> records; see payload.hpp.
#include <nlohmann/json.hpp>

#include "journal/payload.hpp"

namespace tlspolicy::journal {
namespace {

using nlohmann::json;
using Kind = host::FileState::Kind;

std::string record(Type type, const json& payload) {
  std::string bytes;
  json::to_cbor(payload, bytes);
  return frame(type, bytes);
}

json binary(const std::string& bytes) {
  return json::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
}

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::absent:
      return "absent";
    case Kind::file:
      return "file";
    case Kind::symlink:
      return "symlink";
    case Kind::folder:
      return "folder";
    case Kind::other:
      break;
  }
  return "other";  // which the reader refuses: no such member was ever planned
}

std::string_view name(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::check:
      return "check";
    case Step::Kind::reload:
      return "reload";
    case Step::Kind::restart:
      return "restart";
    case Step::Kind::active:
      break;
  }
  return "active";
}

json value(const host::FileState& state) {
  if (state.kind == Kind::absent) return {{"kind", "absent"}};
  json xattrs = json::object();
  for (const auto& [key, bytes] : state.xattrs) xattrs[key] = binary(bytes);
  return {{"kind", name(state.kind)}, {"content", binary(state.content)},
          {"mode", state.mode},       {"uid", state.uid},
          {"gid", state.gid},         {"xattrs", xattrs}};
}

}  // namespace

std::string write_intent(const Generation& g) {
  std::string out =
      record(Type::header,
             {{"format", 1},
              {"records", g.services.size() + g.members.size() + g.steps.size() + g.targets.size()},
              {"boot_id", g.boot_id},
              {"created", g.created},
              {"verb", g.verb},
              {"selected_before", g.selected_before},
              {"selected_after", g.selected_after}});
  for (const auto& service : g.services)
    out += record(Type::service, {{"name", service.name},
                                  {"running", service.running},
                                  {"restart", service.restart},
                                  {"served", service.served}});
  for (const auto& member : g.members)
    out += record(Type::member, {{"service", member.service},
                                 {"path", member.path},
                                 {"before", value(member.before)},
                                 {"after", value(member.after)}});
  for (const auto& step : g.steps)
    out += record(Type::step, {{"service", step.service},
                               {"kind", name(step.kind)},
                               {"argv", step.argv},
                               {"limit_s", step.limit_s}});
  for (const auto& target : g.targets)
    out += record(Type::target,
                  {{"service", target.service}, {"after", target.after}, {"json", target.json}});
  return out;
}

std::string write_mark(Type touch_or_back, const std::string& service) {
  return record(touch_or_back, {{"service", service}});
}

std::string write_end(const std::string& outcome, std::uint32_t confirm_until) {
  return record(Type::end, {{"outcome", outcome}, {"confirm_until", confirm_until}});
}

std::string write_confirm(const std::string& how) { return record(Type::confirm, {{"how", how}}); }

}  // namespace tlspolicy::journal
