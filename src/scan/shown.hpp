// SPDX-License-Identifier: Apache-2.0
// Schemes and groups that show themselves while suites are peeled.  What was chosen already is
// offered behind what was not: a server that follows the client's order shows another each time,
// and once it comes back to one that is known, it has none of those in front.  One that follows its
// own order chooses the same again, which costs nothing.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "scan/result.hpp"

namespace tlspolicy::scan {

template <class Term>
struct Showing {
  std::vector<Term> found;      // as they were chosen, each once
  bool client_decides = false;  // it left one that was offered for one that stood in front of it
  bool whole = false;           // … and came back, past all that it was offered in front
  void take(const std::vector<Term>& offered, Term term) {
    if (std::find(found.begin(), found.end(), term) == found.end()) {
      client_decides = client_decides || !found.empty();
      found.push_back(term);
      return;
    }
    // A hello that was arranged otherwise, to compare suites, shows nothing.
    const auto at = std::find(offered.begin(), offered.end(), term);
    const bool behind_all = std::none_of(at, offered.end(), [&](Term other) {
      return std::find(found.begin(), found.end(), other) == found.end();
    });
    whole = whole || (client_decides && behind_all);
  }
};

class Shown {
 public:
  void arrange(wire::Hello&) const;  // of TLS 1.2
  void take(const wire::Hello& asked, const wire::Chosen&);
  const Showing<crypto::Group>& groups() const { return groups_; }
  const Showing<crypto::Scheme>& schemes(std::string_view key) const;

 private:
  Showing<crypto::Scheme>& of(crypto::Auth);
  Showing<crypto::Group> groups_;
  std::array<Showing<crypto::Scheme>, 3> schemes_;  // "rsa", "ecdsa", "dsa"
};

// The keys that sign, as SchemeInfo names them.
std::string_view key_of(crypto::Auth);

}  // namespace tlspolicy::scan
