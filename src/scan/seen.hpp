// SPDX-License-Identifier: Apache-2.0
// What answers show by the way: certificates and finite fields, each once.
#pragma once

#include <map>
#include <set>

#include "scan/result.hpp"

namespace tlspolicy::scan {

class Seen {
 public:
  void take(const wire::Chosen&);
  void take(const std::vector<wire::Bytes>& certificates, crypto::Protocol);
  std::vector<Chain> chains() const;
  std::vector<Field> fields() const;                   // the smallest first
  std::optional<crypto::Group> curve_of_leaf() const;  // of the first EC certificate

 private:
  struct Sent {
    std::vector<wire::Bytes> certificates;
    std::set<crypto::Protocol> versions;
  };
  std::vector<Sent> sent_;  // one for each leaf
  std::map<wire::Bytes, int> fields_;
};

}  // namespace tlspolicy::scan
