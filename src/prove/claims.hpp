// SPDX-License-Identifier: Apache-2.0
// The claims of a TLS proof, dimension by dimension; inside of src/prove.
#pragma once

#include "base/lists.hpp"
#include "prove/questions.hpp"

namespace tlspolicy::prove {

// The newest allowed version up to TLS 1.2; nullopt where only TLS 1.3 is allowed.
std::optional<crypto::Protocol> classic(const TlsExpectation&);
bool turned_down(const wire::Hello&, const Answers&);  // asked, and not accepted

// What a list of the control has outside the policy, where nothing enforces it: asked without what
// was accepted already, until it is refused, so that each such term is told.
inline constexpr int kTold = 4;  // connections that this is worth
template <class List, class Chosen>
void claim_told(Questions& q, Dimension dimension, const std::string& about,
                const wire::Hello& control, List wire::Hello::*list, const List& of_policy,
                Chosen chosen) {
  if (of_policy.empty()) return;
  wire::Hello forbidden = control;
  std::erase_if(forbidden.*list, [&](const auto& one) { return base::has(of_policy, one); });
  for (int i = 0; i < kTold && !(forbidden.*list).empty(); ++i) {
    q.claims.push_back({dimension,
                        (i > 0 ? "further " : "") + about,
                        forbidden,
                        control,
                        true,
                        {},
                        i > 0,
                        true,
                        i + 1 == kTold});
    const auto one = chosen(forbidden);
    if (!one) return;
    std::erase(forbidden.*list, *one);
  }
}

wire::Hello base_hello(const TlsExpectation&, const Answers&);
void claim_versions(Questions&, const TlsExpectation&, const Answers&);
void claim_suites(Questions&, const TlsExpectation&, const Answers&);
void claim_tls13(Questions&, const TlsExpectation&, const Answers&);
void claim_key_exchange(Questions&, const TlsExpectation&, const Answers&);

}  // namespace tlspolicy::prove
