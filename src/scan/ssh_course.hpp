// SPDX-License-Identifier: Apache-2.0
// The scan of an SSH server: one connection shows what it offers, its first host key and the
// message behind the keys; each further kind of key costs one more, and each size of field where
// they are asked for.
#pragma once

#include <functional>

#include "probe/probe.hpp"
#include "scan/result.hpp"

namespace tlspolicy::scan {

class SshCourse {
 public:
  // Fills `endpoint`, which has to outlive it; `on_end` once, perhaps at once.
  SshCourse(probe::Enquiry& enquiry, Endpoint& endpoint, bool moduli, int retries,
            std::function<void()> on_end)
      : enquiry_(enquiry),
        endpoint_(endpoint),
        moduli_(moduli),
        tries_left_(retries),
        on_end_(std::move(on_end)) {}
  void start();
  bool connected() const { return connected_; }  // once or more

 private:
  void ask(const probe::SshWish&, std::function<void(const probe::SshShake&)> then);
  void take_first(const probe::SshShake&);
  void take_key(const std::string& algorithm, const probe::SshShake&);
  void ask_the_rest();
  void gap(const std::string& about, const std::string& why);

  probe::Enquiry& enquiry_;
  Endpoint& endpoint_;
  bool moduli_;
  int tries_left_;
  std::function<void()> on_end_;
  int awaited_ = 0;
  bool connected_ = false;
};

// Of the algorithms that a server offers: one for each kind of host key, certificates left out.
std::vector<std::string> one_for_each_key(const std::vector<std::string>& algorithms);
std::string fingerprint(wire::View blob);  // as ssh-keygen -l shows it, without "SHA256:"

}  // namespace tlspolicy::scan
