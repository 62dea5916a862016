// SPDX-License-Identifier: Apache-2.0
// Every suite of one version: what is chosen is taken out of the list until the rest is refused;
// the order of removal is the server's own.  No list is longer than what the server is known to
// read, save the first of all; what that leaves in doubt is asked again in families, so that a
// server which dislikes long hellos, or reads only their beginning, hides nothing.
#pragma once

#include "scan/result.hpp"
#include "scan/track.hpp"

namespace tlspolicy::scan {

class SuitePeel : public Track {
 public:
  // `depth`: how many suites deep this server is known to read, in whatever version: it chose one
  // that stood there.  `bears_long`: it took a hello with more than any list of this version.
  SuitePeel(crypto::Protocol, std::size_t& depth, bool bears_long);
  std::optional<wire::Hello> next() override;
  void answer(const wire::Answer&, Said) override;

  bool compares() const { return phase_ == Phase::merge || phase_ == Phase::confirm; }
  const Version& version() const { return out_; }  // once it is over
  const std::vector<Gap>& gaps() const { return gaps_; }
  bool dislikes_long_hellos() const { return dislikes_long_; }

 private:
  // `found` in the order of removal, with how the list that was offered then ran.
  struct Found {
    crypto::Suite suite;
    bool reversed;
  };
  struct Family {
    crypto::Suites left;
    std::vector<Found> found{};
    bool whole_list = false;  // longer than what the server is known to read
  };
  enum class Phase { peel, confirm, merge, control, over };

  wire::Hello hello(crypto::Suites) const;
  std::size_t rank(crypto::Suite) const;
  void split_family();
  void peel(const wire::Answer&, Said);
  void refused(const wire::Answer&, Said);
  bool ask_by_kind(const wire::Answer&);
  void settle_order();
  void begin_merge();
  void merge(std::optional<crypto::Suite> chosen);
  void conclude();
  void gap(const std::string& about, const std::string& why);

  Phase phase_ = Phase::peel;
  crypto::Suites ranked_;     // our own order
  std::size_t ordinary_ = 0;  // so many of them authenticate with certificates, or not at all
  std::size_t& depth_;
  bool bears_long_;
  std::vector<Family> families_;
  std::size_t at_ = 0;  // family under way
  bool reversed_ = false;
  bool soft_refusal_ = false;  // something was refused without an alert
  bool dislikes_long_ = false;
  std::string refusal_;  // the first, in words
  crypto::Suites sent_;
  std::vector<crypto::Suites> lists_;  // one for each family, each in the server's order
  Version out_;
  std::vector<Gap> gaps_;
};

}  // namespace tlspolicy::scan
