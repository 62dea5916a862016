// SPDX-License-Identifier: Apache-2.0
// A cursor over bytes from the network.  Every read is checked; the first one that does not fit
// makes the cursor fail for good, so that a message is read in one flat chain and judged once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tlspolicy::wire {

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }                     // everything so far was there
  bool done() const { return ok_ && rest_.empty(); }  // … and nothing is left over
  std::size_t left() const { return rest_.size(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return number(3); }
  std::uint32_t u32() { return number(4); }

  // The next `count` bytes; empty once the cursor failed.
  std::span<const std::uint8_t> take(std::size_t count) {
    if (!ok_ || count > rest_.size()) {
      ok_ = false;
      return {};
    }
    const auto out = rest_.first(count);
    rest_ = rest_.subspan(count);
    return out;
  }
  // A vector behind its length of `width` bytes (RFC 8446 3.4).
  std::span<const std::uint8_t> prefixed(std::size_t width) { return take(number(width)); }

 private:
  std::uint32_t number(std::size_t width) {
    std::uint32_t out = 0;
    for (const std::uint8_t byte : take(width)) out = out << 8 | byte;
    return out;
  }

  std::span<const std::uint8_t> rest_;
  bool ok_ = true;
};

}  // namespace tlspolicy::wire
