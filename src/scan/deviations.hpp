// SPDX-License-Identifier: Apache-2.0
// Gathering deviations while a scan is held against a policy; inside of src/scan.
#pragma once

#include <algorithm>

#include "scan/against.hpp"

namespace tlspolicy::scan {

class Deviations {
 public:
  void held(std::string dimension) { dimensions_.push_back(std::move(dimension)); }
  void fails(std::string id, std::string text) {
    add(Compliance::fails, std::move(id), std::move(text));
  }
  void not_known(std::string text) {
    add(Compliance::not_known, "scan-not-known", std::move(text));
  }
  // Worst first, and the outcome that follows.
  void conclude(Held& out) && {
    std::ranges::stable_sort(list_, std::greater{}, &Deviation::outcome);
    out.outcome = list_.empty() ? Compliance::complies : list_.front().outcome;
    out.dimensions = std::move(dimensions_);
    out.deviations = std::move(list_);
  }

 private:
  // About the dimension that is being held; said once, however often it was seen.
  void add(Compliance outcome, std::string id, std::string text) {
    Deviation one{std::move(id), dimensions_.back(), outcome, std::move(text)};
    if (std::ranges::find(list_, one) == list_.end()) list_.push_back(std::move(one));
  }
  std::vector<std::string> dimensions_;
  std::vector<Deviation> list_;
};

void hold_tls(const Endpoint&, const policy::Tls&, Deviations&);
void hold_ssh(const Ssh&, const policy::Ssh&, Deviations&);

}  // namespace tlspolicy::scan
