// SPDX-License-Identifier: Apache-2.0
// Key shares without cryptography.  Montgomery curves take any bytes (RFC 7748 5).  A NIST curve
// needs a point on it: its generator is one (FIPS 186-4 D.1.2).  A prime field needs a member of
// its subgroup, which peers do check: RFC 7919's have the powers of two.  ML-KEM's encapsulation
// key is checked to hold coefficients below q (FIPS 203 7.2), which is all.
#include "wire/key_share.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "wire/hello.hpp"

namespace tlspolicy::wire {
namespace {

// Uncompressed generators, SEC 1 2.3.3 without the leading 04.
constexpr std::string_view kP256 =
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
constexpr std::string_view kP384 =
    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760a"
    "b7"
    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e"
    "5f";
constexpr std::string_view kP521 =
    "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d"
    "3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66"
    "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66"
    "2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650";

// One group's share: up to two parts, in the order of the wire.
enum class Kind { none, noise, field, point, ml_kem };
struct Part {
  Kind kind = Kind::none;
  int size = 0;  // bytes; for ML-KEM its dimension k (FIPS 203 8)
  std::string_view point{};
};
struct Recipe {
  std::uint16_t group;
  Part first, second{};
};
constexpr Part kX25519{Kind::noise, 32};
constexpr Part kSecp256{Kind::point, 0, kP256};
constexpr Part kSecp384{Kind::point, 0, kP384};
constexpr Part kMlKem768{Kind::ml_kem, 3};
constexpr Part kMlKem1024{Kind::ml_kem, 4};
constexpr std::array kRecipes{
    Recipe{0x0017, kSecp256},
    Recipe{0x0018, kSecp384},
    Recipe{0x0019, {Kind::point, 0, kP521}},
    Recipe{0x001D, kX25519},
    Recipe{0x001E, {Kind::noise, 56}},
    Recipe{0x0100, {Kind::field, 256}},
    Recipe{0x0101, {Kind::field, 384}},
    Recipe{0x0102, {Kind::field, 512}},
    Recipe{0x0103, {Kind::field, 768}},
    Recipe{0x0104, {Kind::field, 1024}},
    Recipe{0x0200, {Kind::ml_kem, 2}},
    Recipe{0x0201, kMlKem768},
    Recipe{0x0202, kMlKem1024},
    Recipe{0x11EB, kSecp256, kMlKem768},
    Recipe{0x11EC, kMlKem768, kX25519},
    Recipe{0x11ED, kSecp384, kMlKem1024},
    Recipe{0x6399, kX25519, kMlKem768},
};

std::uint8_t digit(char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); }

void append_point(Bytes& out, std::string_view hex) {
  out.push_back(4);
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
}

// k polynomials of 256 coefficients below q in 12 bits each, then 32 bytes of seed.
void append_ml_kem(Bytes& out, int k, Noise& noise) {
  constexpr std::uint64_t kQ = 3329;
  for (int pair = 0; pair < k * 128; ++pair) {
    const auto a = noise.next() % kQ;
    const auto b = noise.next() % kQ;
    out.push_back(static_cast<std::uint8_t>(a & 0xFF));
    out.push_back(static_cast<std::uint8_t>(a >> 8 | (b & 0x0F) << 4));
    out.push_back(static_cast<std::uint8_t>(b >> 4));
  }
  const Bytes seed = noise.bytes(32);
  out.insert(out.end(), seed.begin(), seed.end());
}

void append(Bytes& out, const Part& part, Noise& noise) {
  if (part.kind == Kind::point) return append_point(out, part.point);
  if (part.kind == Kind::ml_kem) return append_ml_kem(out, part.size, noise);
  Bytes bytes = part.kind == Kind::field ? Bytes(static_cast<std::size_t>(part.size))
                                         : noise.bytes(static_cast<std::size_t>(part.size));
  if (part.kind == Kind::field) bytes.front() = static_cast<std::uint8_t>(1U << noise.next() % 7);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

const Recipe* recipe_for(crypto::Group group) {
  const auto number = static_cast<std::uint16_t>(group);
  const auto* found = std::ranges::find(kRecipes, number, &Recipe::group);
  return found == kRecipes.end() ? nullptr : found;
}

}  // namespace

bool can_share(crypto::Group group) { return recipe_for(group) != nullptr; }

std::optional<Bytes> key_share(crypto::Group group, Noise& noise) {
  const Recipe* recipe = recipe_for(group);
  if (recipe == nullptr) return std::nullopt;
  Bytes out;
  append(out, recipe->first, noise);
  append(out, recipe->second, noise);
  return out;
}

}  // namespace tlspolicy::wire
