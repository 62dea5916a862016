// SPDX-License-Identifier: Apache-2.0
// Appends numbers, bytes and length-prefixed vectors in network order.  A vector that does not fit
// its length field is a mistake of the caller, not of the network: it aborts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace tlspolicy::wire {

class Writer {
 public:
  void u8(std::uint32_t value) { number(value, 1); }
  void u16(std::uint32_t value) { number(value, 2); }
  void u24(std::uint32_t value) { number(value, 3); }
  void bytes(std::span<const std::uint8_t> more) {
    out_.insert(out_.end(), more.begin(), more.end());
  }
  void text(std::string_view more) { out_.insert(out_.end(), more.begin(), more.end()); }

  // What `body()` writes, behind its length of `width` bytes (RFC 8446 3.4).
  template <class Body>
  void prefixed(std::size_t width, Body body) {
    const std::size_t start = out_.size();
    out_.resize(start + width);
    body();
    std::size_t length = out_.size() - start - width;
    for (std::size_t i = width; i-- > 0; length >>= 8)
      out_[start + i] = static_cast<std::uint8_t>(length & 0xFF);
    if (length != 0) std::abort();
  }

  std::vector<std::uint8_t> take() { return std::move(out_); }

 private:
  void number(std::uint32_t value, std::size_t width) {
    for (std::size_t i = width; i-- > 0;)
      out_.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xFF));
  }

  std::vector<std::uint8_t> out_;
};

}  // namespace tlspolicy::wire
