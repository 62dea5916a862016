// SPDX-License-Identifier: Apache-2.0
// What an endpoint has to be asked so that a TLS expectation is proven, as plain values.
//
// Pure: the questions follow from the expectation and from the answers so far, so the whole course
// of a proof can be tested with made-up answers.  Equal hellos are one question, which is how
// several claims share one control (ARCHITECTURE, Proof, lists who shares with whom).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "prove/prove.hpp"

namespace tlspolicy::prove {

struct Asked {
  wire::Hello hello;
  wire::Answer answer;
};
using Answers = std::vector<Asked>;  // in the order of arrival

const wire::Answer* answer_to(const wire::Hello&, const Answers&);  // nullptr: not asked yet
bool accepted(const wire::Answer&);                 // a server hello or a HelloRetryRequest
bool answers_at_all(const wire::Answer&);           // somebody spoke TLS, or closed in order
bool answers_at_all(const Answers&);                // to any of them
bool accepted(const wire::Hello&, const Answers&);  // asked, and accepted

// "Nothing of this is accepted": `forbidden` is refused while `control`, the same hello with
// something allowed in it, is accepted.
struct Claim {
  Dimension dimension{};
  std::string about;  // "TLSv1.0"; "suites outside the policy in TLSv1.2"
  wire::Hello forbidden;
  wire::Hello control;
  bool same_shape = true;  // false for SSLv2, whose hello nothing allowed fits into
  std::string weakness;    // why a refusal would still say little; empty: it is evidence
  bool part = false;       // one of several where the server does not bear the whole; asked late
  // Outside the policy where nothing enforces it: what cannot be shown is told, and is no fault.
  bool told = false;
  bool last = false;  // no more is asked for behind it, whatever comes
};

struct Questions {
  wire::Hello base;           // the first thing asked: control of the forbidden versions
  std::vector<Claim> claims;  // the most important first: the budget is spent in this order
  // Suites in both orders, up to TLS 1.2; the third is the first without what was chosen.
  std::vector<wire::Hello> order;
  std::optional<wire::Hello> finite_field;  // DHE suites alone: the size of the group
  std::vector<wire::Hello> certificates;    // one kind of key each, for keys not yet seen
  std::optional<wire::Hello> preferred;     // TLS 1.3 with every known group
};

Questions questions(const TlsExpectation&, const Answers&);
// What may be asked now, at most `left` hellos, never one that was asked before; empty: the end.
// A forbidden hello waits until its control is accepted, so no connection is spent in vain.
std::vector<wire::Hello> next(const Questions&, const Answers&, int left);
// The versions that a full handshake is tried with, each at the cost of one connection: those of
// `e`; where it names none, the one that was answered and older ones, until one works.
crypto::Protocols handshake_versions(const TlsExpectation& e, const Answers& = {});
// Allowed suites, as a full handshake in `version` offers them.
crypto::Suites allowed_in(const TlsExpectation& e, crypto::Protocol version);

}  // namespace tlspolicy::prove
