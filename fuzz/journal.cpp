// SPDX-License-Identifier: Apache-2.0
// The journal's reader over any bytes; and, because random bytes hardly ever pass a CRC, over the
// same bytes with every record's check put right.  What it understands must come back the same when
// it is written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "journal/payload.hpp"

namespace {
using namespace tlspolicy::journal;

// Takes each record as its length says and frames its payload anew.
std::string framed_anew(std::string_view bytes) {
  constexpr std::size_t kHead = 9;
  std::string out;
  while (bytes.size() >= kHead) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length |= std::size_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
    const auto payload = bytes.substr(kHead, length);
    out += frame(static_cast<Type>(bytes[4]), payload);
    bytes.remove_prefix(kHead + payload.size());
  }
  return out;
}

void hold(std::string_view bytes) {
  const auto read = read_generation(bytes, 1, "1");
  if (!read) return;
  const std::string written = write_intent(*read);
  const auto again = read_generation(written, 1, "1");
  if (!again || again->members != read->members || again->steps != read->steps ||
      again->targets != read->targets || again->services != read->services)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  hold(bytes);
  hold(framed_anew(bytes));
  return 0;
}
