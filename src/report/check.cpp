// SPDX-License-Identifier: Apache-2.0
// Text and JSON of the proof; see check.hpp.
#include "report/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/json.hpp"
#include "report/services.hpp"
#include "report/verdicts.hpp"

namespace tlspolicy::report {
namespace {

std::string sum_of(const Checked& checked, const Style& style) {
  const auto count = [&](prove::Outcome outcome) {
    return std::ranges::count(checked.verdicts, outcome, &prove::Verdict::outcome);
  };
  std::string out = fmt::format("{} endpoint{}:", checked.verdicts.size(),
                                checked.verdicts.size() == 1 ? "" : "s");
  std::string separator = " ";
  for (const auto outcome :
       {prove::Outcome::complies, prove::Outcome::fails, prove::Outcome::not_proven}) {
    if (count(outcome) == 0) continue;
    out += fmt::format("{}{} {}", separator, count(outcome), shown_outcome(style, outcome));
    separator = ", ";
  }
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
