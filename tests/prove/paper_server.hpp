// SPDX-License-Identifier: Apache-2.0
// A TLS server on paper: it answers hellos by the rules of the RFCs, from lists that a test sets.
// It stands behind the pure part of the proof, so whole courses are tested without a socket.
#pragma once

#include <functional>
#include <optional>

#include "prove/judge.hpp"

namespace tlspolicy::prove {

struct PaperServer {
  crypto::Protocols protocols;
  crypto::Suites suites;
  crypto::Suites tls13_suites;
  crypto::Groups groups;
  crypto::Schemes schemes;  // empty: it signs with whatever is asked
  policy::Order order = policy::Order::client;
  int dh_bits = 2048;
  std::string key = "RSA";             // or "EC"
  wire::Bytes leaf;                    // DER of its certificate; may be empty
  std::optional<crypto::Group> curve;  // of an EC key
  std::size_t most_suites = 9'999;     // hellos with more are refused
  // What it answers instead, where it has a value.
  std::function<std::optional<wire::Answer>(const wire::Hello&)> quirk;

  wire::Answer answer(const wire::Hello&) const;
};

// A server that has all of the expectation and nothing else.
PaperServer exactly(const TlsExpectation&);

struct PaperProof {
  Verdict verdict;
  Answers answers;
};
// The whole course, as the runner does it.
PaperProof prove_on_paper(const PaperServer&, const TlsExpectation&,
                          const std::set<Dimension>& observed = {});

}  // namespace tlspolicy::prove
