// SPDX-License-Identifier: Apache-2.0
// The journal's frame: length | type | CRC-32C | payload, and how a file of them is cut into
// records.  docs/journal-format.md is the specification.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tlspolicy::journal {

enum class Type : std::uint8_t {
  header = 1,
  service = 2,
  member = 3,
  step = 4,
  target = 5,
  touch = 16,
  back = 17,
  end = 18,
  confirm = 19
};

struct Record {
  Type type{};
  std::string_view payload;  // into the text that was cut
};

struct Records {
  std::vector<Record> all;
  std::size_t whole = 0;  // bytes that they take; what follows is a torn tail
};

std::string frame(Type type, std::string_view payload);

// A torn tail ends the list; a broken record with whole ones behind it is an error with its offset.
// `file` is for messages.
Result<Records> cut_records(std::string_view bytes, std::string_view file);

std::uint32_t crc32c(std::string_view bytes, std::uint32_t so_far = 0);

}  // namespace tlspolicy::journal
