// SPDX-License-Identifier: Apache-2.0
// Which suites of a version are still to be offered, and in which lists.  No list is longer than
// what the server is known to read, save the first of all; what that leaves in doubt is offered
// again in families, so that a server which dislikes long hellos, or reads only their beginning,
// hides nothing.
#pragma once

#include "scan/lists.hpp"
#include "scan/said.hpp"

namespace tlspolicy::scan {

// What was chosen, and how the list that was offered then ran.
struct Choice {
  crypto::Suite suite;
  bool reversed;
};
using Choices = std::vector<Choice>;

class Families {
 public:
  // `depth`: how many suites deep this server is known to read, in whatever version: it chose one
  // that stood there.  `bears_long`: it took a hello with more than any list of this version.
  Families(crypto::Protocol, std::size_t& depth, bool bears_long);

  // The list to send; nullptr: all were accepted or refused.
  const crypto::Suites* offer();
  bool took(crypto::Suite);              // false: it was not in the list
  void took_all(const crypto::Suites&);  // SSLv2 says all in one answer
  void refused(const wire::Answer&, Said);

  std::vector<Choices> chosen() const;    // of each family that had any, in the order of choice
  std::size_t rank(crypto::Suite) const;  // in our own order
  // Would the first stand before the second in such a list?
  bool in_front(crypto::Suite, crypto::Suite, bool reversed) const;

  bool soft_refusal() const { return soft_refusal_; }  // one without an alert
  bool dislikes_long() const { return dislikes_long_; }
  const std::vector<std::string>& unclear() const { return unclear_; }  // instead of a refusal

 private:
  struct Family {
    crypto::Suites left;
    bool mixed = false;       // of several kinds, some of which not every server can do
    bool if_spoken = false;   // only where another suite of that version was chosen
    bool at_once = false;     // as long as it is, where the server bears that
    bool whole_list = false;  // longer than what the server is known to read
    Choices chosen{};
  };
  // Authenticates with certificates, or not at all.
  bool is_ordinary(crypto::Suite suite) const { return rank(suite) < all_.ordinary.size(); }
  bool none_chosen() const;
  void insert(std::size_t at, const std::vector<Family>&);
  void split();
  void doubt(bool sure);
  bool ask_by_kind(const wire::Answer&);

  const Registry& all_;
  std::size_t& depth_;
  bool bears_long_;
  std::vector<Family> families_;
  std::size_t at_ = 0;  // family under way
  crypto::Suites sent_;
  bool reversed_ = false;
  bool soft_refusal_ = false, dislikes_long_ = false;
  std::string refusal_;  // the first, in words
  std::vector<std::string> unclear_;
};

}  // namespace tlspolicy::scan
