// SPDX-License-Identifier: Apache-2.0
// Several lists that are each in a server's order become one: which of their first ones it prefers,
// it says itself.
#pragma once

#include "crypto/terms.hpp"

namespace tlspolicy::scan {

class Merge {
 public:
  explicit Merge(std::vector<crypto::Suites> lists = {}) : lists_(std::move(lists)) {}

  bool over() const;              // there is no choice left to make
  crypto::Suites firsts() const;  // to be offered
  bool took(crypto::Suite);       // false: it was none of them
  crypto::Suites whole() const;   // what was taken, then what is left of each

 private:
  std::vector<crypto::Suites> lists_;
  crypto::Suites taken_;
};

}  // namespace tlspolicy::scan
