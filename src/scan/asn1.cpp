// SPDX-License-Identifier: Apache-2.0
// See asn1.hpp.
#include "scan/asn1.hpp"

#include <fmt/format.h>
#include <openssl/asn1.h>

#include <ctime>

namespace tlspolicy::scan {

wire::View octets(const ASN1_STRING* text) {
  return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string time_text(const ASN1_TIME* time) {
  std::tm at{};
  if (ASN1_TIME_to_tm(time, &at) != 1) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", at.tm_year + 1900, at.tm_mon + 1,
                     at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec);
}

}  // namespace tlspolicy::scan
