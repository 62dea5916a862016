// SPDX-License-Identifier: Apache-2.0
// The words themselves: which spelling OpenSSL reads as which code point, from which version on and
// until which (exclusive).  Only openssl.cpp speaks them.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>

#include "crypto/terms.hpp"

namespace tlspolicy::dialect::openssl {

struct Release {  // of OpenSSL; 1.0.2 stands for itself and everything before it
  int major = 0, minor = 0, patch = 0;
  auto operator<=>(const Release&) const = default;
};
inline constexpr Release k102{1, 0, 2}, k110{1, 1, 0}, k111{1, 1, 1}, k300{3, 0, 0}, k320{3, 2, 0},
    k340{3, 4, 0}, k350{3, 5, 0}, kNow{1000, 0, 0};

template <class Term>
struct Word {
  Term term;
  std::string_view spelling;
  Release since, until;
};

// By code point; several rows for a suite whose spelling changed.  For groups and schemes the first
// row that a version has is the one that is said; the others are read (`…_called`).
std::span<const Word<crypto::Suite>> suite_words();
std::span<const Word<crypto::Group>> group_words();
std::span<const Word<crypto::Scheme>> scheme_words();

}  // namespace tlspolicy::dialect::openssl
