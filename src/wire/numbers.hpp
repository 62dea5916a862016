// SPDX-License-Identifier: Apache-2.0
// The numbers of TLS that both what is sent and what is read are made of: RFC 8446 B and IANA's
// registries.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tlspolicy::wire {

enum Content : std::uint8_t {  // ContentType
  change_cipher_spec_record = 20,
  alert_record = 21,
  handshake_record = 22,
  application_data_record = 23,
  heartbeat_record = 24
};
inline constexpr std::size_t kRecordHeader = 5;

inline constexpr std::uint8_t kWarning = 1, kFatal = 2;  // AlertLevel

enum Extension : std::uint16_t {  // ExtensionType
  server_name = 0,
  status_request = 5,
  supported_groups = 10,
  ec_point_formats = 11,
  signature_algorithms = 13,
  heartbeat = 15,
  application_protocols = 16,
  padding = 21,
  encrypt_then_mac = 22,
  extended_master_secret = 23,
  session_ticket = 35,
  supported_versions = 43,
  cookie_extension = 44,
  psk_key_exchange_modes = 45,
  key_share_extension = 51,
  renegotiation_info = 0xFF01
};

}  // namespace tlspolicy::wire
