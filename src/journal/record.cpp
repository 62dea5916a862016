// SPDX-License-Identifier: Apache-2.0
// Framing and cutting of records; see record.hpp.
#include "journal/record.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace tlspolicy::journal {
namespace {

constexpr std::size_t kHead = 9;                   // length, type, check
constexpr std::uint32_t kPolynomial = 0x82F63B78;  // Castagnoli, reflected (RFC 3720 B.4)

constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    table.at(i) = value;
  }
  return table;
}();

std::string little_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xFF);
  return out;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return value;
}

std::uint32_t check_of(std::string_view length_and_type, std::string_view payload) {
  return crc32c(payload, crc32c(length_and_type));
}

bool known(char type) {
  const auto number = static_cast<unsigned char>(type);
  return (number >= 1 && number <= 5) || (number >= 16 && number <= 19);
}

// The record that starts the bytes, if all of it is there and its check holds.
std::optional<Record> first_record(std::string_view bytes) {
  if (bytes.size() < kHead || !known(bytes[4])) return std::nullopt;
  const std::size_t length = number_at(bytes, 0);
  if (length > bytes.size() - kHead) return std::nullopt;
  const auto payload = bytes.substr(kHead, length);
  if (number_at(bytes, 5) != check_of(bytes.substr(0, 5), payload)) return std::nullopt;
  return Record{static_cast<Type>(bytes[4]), payload};
}

bool any_record_in(std::string_view bytes) {
  for (std::size_t at = 0; at + kHead <= bytes.size(); ++at)
    if (first_record(bytes.substr(at))) return true;
  return false;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t so_far) {
  std::uint32_t value = ~so_far;
  for (const char c : bytes)
    value = (value >> 8) ^ kTable.at((value ^ static_cast<unsigned char>(c)) & 0xFF);
  return ~value;
}

std::string frame(Type type, std::string_view payload) {
  std::string out = little_endian(static_cast<std::uint32_t>(payload.size()));
  out += static_cast<char>(type);
  out += little_endian(check_of(out, payload));
  out += payload;
  return out;
}

Result<Records> cut_records(std::string_view bytes, std::string_view file) {
  Records out;
  while (out.whole < bytes.size()) {
    const auto rest = bytes.substr(out.whole);
    const auto record = first_record(rest);
    if (!record && any_record_in(rest.substr(1)))
      return fail(
          "journal-corrupt", "a record of this generation is damaged",
          fmt::format("{}:{}", file, out.whole),
          "restore this file from a backup, or compare the services' files by hand and move "
          "it away");
    if (!record) break;
    out.all.push_back(*record);
    out.whole += kHead + record->payload.size();
  }
  return out;
}

}  // namespace tlspolicy::journal
