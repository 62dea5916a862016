// SPDX-License-Identifier: Apache-2.0
// The host's settings, /etc/tlspolicy/tlspolicy.toml, as a value: the selected policy, exemptions
// (R5), minimums (R4), and customised cipher lists that `upstream` honours (R6).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::policy {

struct Exemption {
  std::string target;  // a service ("httpd") or an endpoint ("httpd:443:www.example.org")
  std::string policy;  // its id; "" is upstream
  std::string until;   // the last day on which it holds without a louder warning, "2026-12-31"
  std::string reason;
  bool operator==(const Exemption&) const = default;
};

struct ServiceSettings {
  std::string minimum;    // "" none
  crypto::Suites suites;  // customised list, honoured under upstream; empty: none
  bool operator==(const ServiceSettings&) const = default;
};

struct Settings {
  std::string policy;                 // selected; "" is upstream
  std::vector<Exemption> exemptions;  // [[exempt]], at most one for each target
  std::map<std::string, ServiceSettings> services;
  bool operator==(const Settings&) const = default;
};

Result<Settings> parse_settings(std::string_view text, std::string_view file);
std::string print_settings(const Settings&);  // parses back to the same value

// Without the exemptions whose day is over: what a `set` on `today` leaves of them (R5).
Settings without_expired(const Settings&, std::string_view today);

enum class Because { selected, minimum, exemption };
struct Effective {
  std::string id;  // "" is upstream
  Because because = Because::selected;
  std::string reason;    // the exemption's own words; "" otherwise
  bool expired = false;  // an exemption after its day: it still holds, and warns louder (R5)
  bool operator==(const Effective&) const = default;
};

// Exemption > minimum > selected (R4).  An endpoint's exemption beats its service's; the minimum is
// the newer of the administrator's and of `declared`, the service's own.  `today`: "2026-11-23".
Effective effective_id(const Settings&, std::string_view service, std::string_view endpoint_id,
                       std::string_view today, std::string_view declared = {});

}  // namespace tlspolicy::policy
