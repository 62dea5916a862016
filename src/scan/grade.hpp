// SPDX-License-Identifier: Apache-2.0
// A grade by the published SSL Labs "SSL Server Rating Guide", as our own computation from what a
// scan saw.  docs/grade.md has every number and rule with its source, and what is not judged.
#pragma once

#include <string>
#include <vector>

#include "scan/result.hpp"

namespace tlspolicy::scan {

inline constexpr std::string_view kGuide =
    "our computation by the SSL Labs SSL Server Rating Guide, 2009r; not made by SSL Labs";

struct GradeReason {
  std::string effect;  // "at most B", "F", "T"
  std::string text;    // what was seen
  std::string source;  // a heading of docs/grade.md: "2009q", "1.17"
  bool operator==(const GradeReason&) const = default;
};

struct Grade {
  std::string letter;      // "A", "A-", "B" … "F"; "T": not trusted; "M": another name
  std::string if_trusted;  // the same without what is wrong with the certificate
  double score = 0;        // 0 to 100, and its three categories
  int protocol = 0, key_exchange = 0, cipher = 0;
  std::vector<GradeReason> reasons;
  std::vector<std::string> not_judged;  // what the guide counts and this scan does not know
  bool operator==(const Grade&) const = default;
};
// nullopt: nothing to grade (SSH, it does not serve, or no certificate was seen).  `now`: RFC 3339,
// for certificates.
std::optional<Grade> grade_of(const Endpoint&, const std::string& now);

}  // namespace tlspolicy::scan
