// SPDX-License-Identifier: Apache-2.0
// What was chosen goes behind what was not; see shown.hpp.
#include "scan/shown.hpp"

#include <algorithm>

#include "base/lists.hpp"
#include "scan/lists.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Auth;

std::size_t index_of(std::string_view key) { return key == "rsa" ? 0 : key == "ecdsa" ? 1 : 2; }

template <class Term>
void put_behind(std::vector<Term>& all, const std::vector<Term>& known) {
  std::ranges::stable_partition(all, [&](Term term) { return !base::has(known, term); });
}
}  // namespace

std::string_view key_of(Auth auth) {
  if (auth == Auth::rsa) return "rsa";
  return auth == Auth::ecdsa ? "ecdsa" : "dsa";
}

const Showing<crypto::Scheme>& Shown::schemes(std::string_view key) const {
  return schemes_.at(index_of(key));
}
Showing<crypto::Scheme>& Shown::of(Auth auth) { return schemes_.at(index_of(key_of(auth))); }

void Shown::arrange(wire::Hello& hello) const {
  if (hello.versions != crypto::Protocols{crypto::Protocol::tls12}) return;
  put_behind(hello.groups, groups_.found);
  for (const auto& one : schemes_) put_behind(hello.schemes, one.found);
}

void Shown::take(const wire::Hello& asked, const wire::Chosen& chosen) {
  const auto* info = crypto::find(chosen.suite);
  if (chosen.version != crypto::Protocol::tls12 || !info) return;
  if (chosen.group) groups_.take(asked.groups, *chosen.group);
  if (!chosen.scheme || info->auth == Auth::anon) return;
  const auto of_key = schemes_of(key_of(info->auth));
  of(info->auth)
      .take(base::only(asked.schemes, [&](auto one) { return base::has(of_key, one); }),
            *chosen.scheme);
}

}  // namespace tlspolicy::scan
