// SPDX-License-Identifier: Apache-2.0
// Shared pieces of JSON reports; see json.hpp.
#include "report/json.hpp"

#include <fmt/format.h>

namespace tlspolicy::report {

Json root(std::string_view verb) { return {{"schema", fmt::format("tlspolicy.{}/1", verb)}}; }

std::string printed(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_of(const Error& error) {
  return {{"id", error.id}, {"what", error.what}, {"where", error.where}, {"remedy", error.remedy}};
}

Json json_of(const std::optional<Error>& error) { return error ? json_of(*error) : Json(); }

Json json_of(const std::vector<Error>& errors) {
  Json out = Json::array();
  for (const auto& error : errors) out.push_back(json_of(error));
  return out;
}

Json names(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& name : list) out.push_back({{"name", name}});
  return out;
}

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& text : list) out.push_back({{"text", text}});
  return out;
}

Json json_of(const std::vector<plan::Shortfall>& list) {
  Json out = Json::array();
  for (const auto& one : list)
    out.push_back({{"endpoint", one.endpoint},
                   {"dimension", one.dimension},
                   {"names", names(one.names)},
                   {"reason", one.reason},
                   {"remedy", one.remedy}});
  return out;
}

}  // namespace tlspolicy::report
