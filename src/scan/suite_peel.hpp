// SPDX-License-Identifier: Apache-2.0
// Every suite of one version: what is chosen is taken out of the list until the rest is refused;
// the order of removal is the server's own.
#pragma once

#include "scan/families.hpp"
#include "scan/merge.hpp"
#include "scan/result.hpp"
#include "scan/track.hpp"

namespace tlspolicy::scan {

class SuitePeel : public Track {
 public:
  SuitePeel(crypto::Protocol, std::size_t& depth, bool bears_long);  // see Families
  std::optional<wire::Hello> next() override;
  void answer(const wire::Answer&, Said) override;

  bool compares() const { return phase_ == Phase::merge || phase_ == Phase::confirm; }
  const Version& version() const { return out_; }  // once it is over
  const std::vector<Gap>& gaps() const { return gaps_; }
  const std::optional<wire::Answer>& first_refusal() const { return first_refusal_; }
  bool dislikes_long_hellos() const { return families_.dislikes_long(); }

 private:
  enum class Phase { peel, confirm, merge, control, over };

  void peel(const wire::Answer&, Said);
  void peeled();
  void show_order(const std::vector<Choices>&);
  void confirm(std::optional<crypto::Suite> chosen);
  void begin_merge();
  void conclude();
  void gap(const std::string& about, const std::string& why);

  Phase phase_ = Phase::peel;
  Families families_;
  Merge merge_;
  crypto::Suites sent_;
  std::optional<wire::Answer> first_refusal_;
  Version out_;
  std::vector<Gap> gaps_;
};

}  // namespace tlspolicy::scan
