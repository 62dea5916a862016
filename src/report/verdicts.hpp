// SPDX-License-Identifier: Apache-2.0
// Verdicts of live proof as text; check, set, undo and recover show them alike.
#pragma once

#include <string>
#include <vector>

#include "prove/prove.hpp"
#include "report/style.hpp"

namespace tlspolicy::report {

// "complies", "FAILS", "not proven" in their colours.
std::string shown_outcome(const Style&, prove::Outcome);
std::string shown_outcome(const Style&, const prove::Verdict&);
Tone tone_of(prove::Outcome);
std::string_view word_of(prove::Outcome);

// What was accepted, in one line: "TLSv1.2 TLSv1.3, prefers X25519MLKEM768, RSA 2048".
std::string seen_line(const prove::Verdict&);

// One block an endpoint: its verdict, what was seen, and its findings (those that comply only when
// the style is verbose).
std::string verdicts_text(const std::vector<prove::Verdict>&, const Style&, int indent = 0);

}  // namespace tlspolicy::report
