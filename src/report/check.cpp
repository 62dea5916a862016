// SPDX-License-Identifier: Apache-2.0
// Text and JSON of the proof; see check.hpp.
#include "report/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "report/json.hpp"
#include "report/services.hpp"
#include "report/verdicts.hpp"

namespace tlspolicy::report {
namespace {

std::string sum_of(const Checked& checked, const Style& style) {
  std::string out = fmt::format("{} endpoint{}:", checked.verdicts.size(),
                                checked.verdicts.size() == 1 ? "" : "s");
  if (checked.verdicts.empty()) out = "no endpoint was proven";
  std::string separator = " ";
  for (const auto outcome :
       {prove::Outcome::complies, prove::Outcome::fails, prove::Outcome::not_proven}) {
    std::map<std::string, int> counts;  // where nothing but to serve is asked, it says so
    for (const auto& one : checked.verdicts)
      if (one.outcome == outcome) ++counts[shown_outcome(style, one)];
    for (const auto& [shown, count] : counts)
      out += fmt::format("{}{} {}", std::exchange(separator, ", "), count, shown);
  }
  if (!checked.left_out.empty()) out += fmt::format("; {} left out", checked.left_out.size());
  return out + "\n";
}

}  // namespace

bool complies(const Checked& checked) {
  return checked.left_out.empty() && !checked.verdicts.empty() &&
         std::ranges::all_of(checked.verdicts, [](const prove::Verdict& one) {
           return one.outcome == prove::Outcome::complies;
         });
}

std::string check_text(const Checked& checked, const Style& style) {
  std::string out;
  out += checked.policy.empty()
             ? "Checked whether services serve: upstream demands nothing of them\n\n"
             : fmt::format("Checked against {}\n\n", checked.policy);
  if (checked.verdicts.empty() && checked.left_out.empty())
    return out + "There is no endpoint to check.\n";
  out += verdicts_text(checked.verdicts, style);
  out += errors_text("left out", Tone::bad, checked.left_out, style);
  return out + "\n" + sum_of(checked, style);
}

std::string check_json(const Checked& checked) {
  Json out = root("check");
  out["policy"] = shown_policy(checked.policy);
  out["complies"] = complies(checked);
  out["endpoints"] = json_of(checked.verdicts);
  out["left_out"] = json_of(checked.left_out);
  return printed(out);
}

}  // namespace tlspolicy::report
