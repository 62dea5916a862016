// SPDX-License-Identifier: Apache-2.0
// The questions that can be put to a libssl: would it take this value, and what does it make of it?
#pragma once

#include <string>
#include <string_view>

#include "preflight/library.hpp"

namespace tlspolicy::preflight {

struct Answer {
  bool ok = false;
  std::string text;  // ok: the detail, which may be empty; else the library's words
};

// One question; each starts from a fresh context.  A word that OpenSSL would drop without a word
// (unknown names in cipher lists) makes the answer a no.
Answer ask(const Library& library, std::string_view kind, const std::string& value);

std::string kinds();  // for the usage text

}  // namespace tlspolicy::preflight
