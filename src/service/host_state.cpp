// SPDX-License-Identifier: Apache-2.0
// HostState as JSON and back; see host_state.hpp.  Bytes that are not UTF-8 go as hex.
#include "service/host_state.hpp"

#include <nlohmann/json.hpp>

namespace tlspolicy {
using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Error, id, what, where, remedy)

namespace base {
namespace {
// nlohmann drops or replaces exactly what is not UTF-8; both agree where nothing is wrong.
bool is_utf8(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace) ==
         json(text).dump(-1, ' ', false, json::error_handler_t::ignore);
}
json bytes(const std::string& text) {
  if (is_utf8(text)) return text;
  std::string hex;
  for (const char c : text) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return {{"hex", hex}};
}
std::string from_bytes(const json& value) {
  if (value.is_string()) return value;
  const std::string hex = value.at("hex");
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}
}  // namespace

void to_json(json& out, const FileState& state) {
  out = {{"kind", static_cast<int>(state.kind)},
         {"content", bytes(state.content)},
         {"mode", state.mode},
         {"uid", state.uid},
         {"gid", state.gid},
         {"xattrs", json::object()}};
  for (const auto& [name, value] : state.xattrs) out["xattrs"][name] = bytes(value);
}
void from_json(const json& in, FileState& state) {
  state.kind = static_cast<FileState::Kind>(in.at("kind").get<int>());
  state.content = from_bytes(in.at("content"));
  in.at("mode").get_to(state.mode);
  in.at("uid").get_to(state.uid);
  in.at("gid").get_to(state.gid);
  for (const auto& [name, value] : in.at("xattrs").items()) state.xattrs[name] = from_bytes(value);
}
}  // namespace base

namespace config {
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Scope, kind, argument, line, file)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Setting, key, args, scopes, line, begin, end, last_line)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Source, file, setting)
}  // namespace config

namespace service {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Certificate, path, key_type, bits, subject, not_after,
                                   self_signed, expired)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MatchBlock, place, text, connection)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeyFile, certificate, path, setting)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Endpoint, id, address, port, sni, preamble, role, scope_kind,
                                   scope_argument, file, line, certificates, within, blocks, client,
                                   reach, tables, keys)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UserKey, user, file, type, bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Capability, program_version, library_version, library_path,
                                   library, suites, groups, schemes, words, kex, ciphers, macs,
                                   host_keys, readings)

void to_json(json& out, const Instance& in) {
  out = {{"service", in.service},
         {"layout", in.layout},
         {"vars", in.vars},
         {"running", in.running},
         {"capability", in.capability},
         {"files", in.files},
         {"real_paths", in.real_paths},
         {"globs", in.globs},
         {"inactive_lines", in.inactive_lines},
         {"expanded", in.expanded},
         {"dump", json::array()},
         {"endpoints", in.endpoints},
         {"certificates", in.certificates},
         {"tables", in.tables},
         {"user_keys", in.user_keys},
         {"broken", in.broken ? json(*in.broken) : json()},
         {"unfit", in.unfit ? json(*in.unfit) : json()},
         {"notes", in.notes}};
  for (const auto& [key, value] : in.dump) out["dump"].push_back({key, value});
}
void from_json(const json& in, Instance& out) {
  in.at("service").get_to(out.service);
  in.at("layout").get_to(out.layout);
  in.at("vars").get_to(out.vars);
  in.at("running").get_to(out.running);
  in.at("capability").get_to(out.capability);
  in.at("files").get_to(out.files);
  in.at("real_paths").get_to(out.real_paths);
  in.at("globs").get_to(out.globs);
  in.at("inactive_lines").get_to(out.inactive_lines);
  in.at("expanded").get_to(out.expanded);
  for (const auto& pair : in.at("dump")) out.dump.emplace(pair.at(0), pair.at(1));
  in.at("endpoints").get_to(out.endpoints);
  in.at("certificates").get_to(out.certificates);
  in.at("tables").get_to(out.tables);
  in.at("user_keys").get_to(out.user_keys);
  if (!in.at("broken").is_null()) out.broken = in.at("broken").get<Error>();
  if (!in.at("unfit").is_null()) out.unfit = in.at("unfit").get<Error>();
  in.at("notes").get_to(out.notes);
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostState, instances, as_shipped, packaged)

std::string to_json(const HostState& state) { return json(state).dump(2) + "\n"; }

Result<HostState> host_state_from_json(std::string_view text) {
  const json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return fail("bad-host-state", "the recorded host is not JSON");
  try {  // nlohmann reports a wrong shape by throwing; it ends here
    return parsed.get<HostState>();
  } catch (const std::exception& wrong) {
    return fail("bad-host-state", wrong.what());
  }
}

}  // namespace service
}  // namespace tlspolicy
