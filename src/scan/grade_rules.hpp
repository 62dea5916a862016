// SPDX-License-Identifier: Apache-2.0
// The guide's rules beside its numbers; inside of src/scan.
#pragma once

#include "scan/grade.hpp"

namespace tlspolicy::scan {

// The letter by the score alone (guide, table 1).
std::string letter_of(double score);
// Caps `letter` by every rule that applies, and says why.
void apply_rules(const Endpoint&, Grade&);
// Looks at the certificates: T and M.
void apply_trust(const Endpoint&, const std::string& now, Grade&);

bool has_suite(const Endpoint&, crypto::Protocol first, crypto::Protocol last,
               bool (*is)(const crypto::SuiteInfo&));

}  // namespace tlspolicy::scan
