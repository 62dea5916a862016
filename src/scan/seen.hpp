// SPDX-License-Identifier: Apache-2.0
// What answers show by the way: certificates and finite fields, each once.
#pragma once

#include <map>
#include <set>

#include "scan/certificate.hpp"

namespace tlspolicy::scan {

class Seen {
 public:
  void take(const wire::Chosen&);
  std::vector<Chain> chains() const;
  std::vector<Field> fields() const;                   // the smallest first
  bool small_rsa() const;                              // a key in which not every hash has room
  std::optional<crypto::Group> curve_of_leaf() const;  // of the first EC certificate

 private:
  struct Leaf {
    Sent sent;
    Certificate read;
    std::set<crypto::Protocol> versions;
  };
  void take_certificates(const wire::Chosen&);

  std::vector<Leaf> leaves_;
  std::map<wire::Bytes, int> fields_;
};

}  // namespace tlspolicy::scan
