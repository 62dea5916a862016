// SPDX-License-Identifier: Apache-2.0
// Bytes that look random, from a seed (SplitMix64).  They need not be secret: no handshake of
// ours that starts with them is ever finished, they only have to differ between hellos.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tlspolicy::wire {

class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  std::vector<std::uint8_t> bytes(std::size_t count) {
    std::vector<std::uint8_t> out(count);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(next() >> 56);
    return out;
  }

 private:
  std::uint64_t state_;
};

}  // namespace tlspolicy::wire
