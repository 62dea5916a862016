// SPDX-License-Identifier: Apache-2.0
// Every group and scheme that has a number; see terms.hpp.
#include "prove/terms.hpp"

#include <span>

namespace tlspolicy::prove {
namespace {
template <class Term, class Info>
std::vector<Term> numbers(std::span<const Info> table, Term Info::*number) {
  std::vector<Term> out;
  for (const Info& info : table) out.push_back(info.*number);
  return out;
}
}  // namespace

crypto::Groups known_groups() { return numbers(crypto::all_groups(), &crypto::GroupInfo::group); }
crypto::Schemes known_schemes() {
  return numbers(crypto::all_schemes(), &crypto::SchemeInfo::scheme);
}

}  // namespace tlspolicy::prove
