// SPDX-License-Identifier: Apache-2.0
// Gathering findings while an endpoint is judged; inside of src/prove.
#pragma once

#include <algorithm>

#include "prove/judge.hpp"

namespace tlspolicy::prove {

class Findings {
 public:
  explicit Findings(std::set<Dimension> observed = {}) : observed_(std::move(observed)) {}

  // Said once, however often it was seen.
  void add(Outcome outcome, Dimension dimension, std::string id, std::string text,
           bool beyond = false) {
    if (beyond || observed_.contains(dimension)) text = "observed, not enforced: " + text;
    Finding finding{std::move(id), dimension, outcome, std::move(text), beyond};
    if (std::ranges::find(list_, finding) == list_.end()) list_.push_back(std::move(finding));
  }
  void complies(Dimension d, std::string id, std::string text) {
    add(Outcome::complies, d, std::move(id), std::move(text));
  }
  void fails(Dimension d, std::string id, std::string text) {
    add(Outcome::fails, d, std::move(id), std::move(text));
  }
  // Outside the policy, which nobody can enforce here: no fault, and not silence.
  void tells(Dimension d, std::string id, std::string text) {
    add(Outcome::complies, d, std::move(id), std::move(text), true);
  }
  void not_proven(Dimension d, std::string id, std::string text) {
    add(Outcome::not_proven, d, std::move(id), std::move(text));
  }

  // Into the verdict: worst first, and what follows from them.
  void conclude(Verdict& verdict) && {
    const auto badness = [](const Finding& f) {
      if (f.outcome == Outcome::complies) return f.beyond ? 2 : 3;
      return f.outcome == Outcome::fails ? 0 : 1;
    };
    std::ranges::stable_sort(list_, {}, badness);
    verdict.outcome = list_.empty() ? Outcome::not_proven : list_.front().outcome;
    verdict.findings = std::move(list_);
  }

 private:
  std::set<Dimension> observed_;
  std::vector<Finding> list_;
};

// Fills findings and what was seen; `verdict.target` is set.
void judge_tls(const TlsExpectation&, const Evidence&, Findings&, Verdict&);
void judge_ssh(const SshExpectation&, const Evidence&, Findings&, Verdict&);
void judge_client(const TlsExpectation&, const Evidence&, Findings&, Verdict&);

// Whatever an answer or a handshake showed that the expectation does not hold; false: nothing.
bool judge_answer(const TlsExpectation&, const wire::Answer&, Findings&);
bool judge_handshake(const TlsExpectation&, const Tried&, Findings&);
// Key sizes of every certificate that was shown.
void judge_certificates(const TlsExpectation&, const Evidence&, Findings&);
void see(const Evidence&, const Questions&, Seen&);

}  // namespace tlspolicy::prove
