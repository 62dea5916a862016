// SPDX-License-Identifier: Apache-2.0
// What an answer says to "would you take one of these?".
#pragma once

#include <optional>
#include <string>

#include "wire/hello.hpp"

namespace tlspolicy::scan {

enum class Said {
  yes,      // it chose
  no,       // an alert, a close in order, an older version than was offered, a retry with no group
  unclear,  // silence, a reset, nonsense, no connection: evidence of nothing
};
Said said(const wire::Answer&);

std::optional<crypto::Suite> chosen_suite(const wire::Answer&);

// A close in order or internal_error: a refusal with some servers, a fault or a limit with others,
// so one alone is no evidence.
bool is_vague(const wire::Answer&);
// "No" for all that could be offered in that version (RFC 8446 6.2, protocol_version; RFC 5246
// E.1).
bool refuses_version(const wire::Answer&);
bool by_alert(const wire::Answer&);

// Silence, closes and vague alerts, which count as "no" where they come again.
bool same_manner(const wire::Answer&, const wire::Answer&);

crypto::Protocol version_of(const wire::Hello&);  // the newest that it offers
std::string describe(const wire::Answer&);        // "alert 40 (handshake_failure)", "silence"

}  // namespace tlspolicy::scan
