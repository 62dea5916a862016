// SPDX-License-Identifier: Apache-2.0
// The pieces that JSON reports share.  Only report/'s own .cpp files include this: nlohmann-json is
// slow to compile.  Every root is an object with its schema's name, every list item an object
// (docs/json-output.md), so that either can gain a member later.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "forecast/forecast.hpp"
#include "plan/plan.hpp"
#include "prove/prove.hpp"

namespace tlspolicy::report {

using Json = nlohmann::ordered_json;

Json root(std::string_view verb);  // {"schema": "tlspolicy.<verb>/1"}
std::string printed(const Json&);  // indented, with a newline; bytes that are not UTF-8 replaced
Json json_of(const Error&);
Json json_of(const std::optional<Error>&);
Json json_of(const std::vector<Error>&);
Json names(const std::vector<std::string>&);  // [{"name": …}]
Json texts(const std::vector<std::string>&);  // [{"text": …}]
Json json_of(const std::vector<plan::Shortfall>&);
Json json_of(const prove::Verdict&);
Json json_of(const std::vector<prove::Verdict>&);
Json json_of(const std::vector<forecast::Lost>&);  // clients.cpp

template <class Terms>
Json term_names(const Terms& terms) {
  std::vector<std::string> out;
  for (const auto& term : terms) out.emplace_back(name(term));
  return names(out);
}

}  // namespace tlspolicy::report
