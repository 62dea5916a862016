// SPDX-License-Identifier: Apache-2.0
// A TLS server on paper: it answers hellos by the RFCs from lists that a test sets, so that whole
// scans run without a socket, and the truth is known.
#pragma once

#include <functional>
#include <map>

#include "scan/course.hpp"

namespace tlspolicy::scan {

struct PaperEndpoint {
  std::map<crypto::Protocol, crypto::Suites> suites;  // by its preference
  crypto::Groups groups;                              // the same for all versions
  crypto::Schemes schemes;
  bool own_order = true;           // else the client's
  bool takes_first_share = false;  // as OpenSSL 3.0 does, whatever it would ask for
  std::size_t most_suites = 9999;  // hellos with more get `too_long`
  wire::Answer refusal = wire::Refused{40};
  wire::Answer too_long = wire::Closed{false};
  std::vector<std::string> alpn;  // by its preference
  wire::Told tells{};             // where it was asked for, and where it makes sense
  bool knows_fallback = false;    // RFC 7507
  std::vector<wire::Bytes> certificates;
  // Hellos that it cannot bear get `dislike`.
  std::function<bool(const wire::Hello&)> cannot_bear;
  wire::Answer dislike = wire::Refused{50};
  std::optional<crypto::Group> curve;  // of an EC certificate: nobody without it is served
  // What it answers instead, where it has a value; `nr` counts connections from 1.
  std::function<std::optional<wire::Answer>(const wire::Hello&, int nr)> quirk;

  wire::Answer answer(const wire::Hello&, int nr) const;
};

// A server of today: two suites of TLS 1.3, four of TLS 1.2, an RSA key, three groups.
PaperEndpoint usual();

struct PaperScan {
  Endpoint result;
  int questions = 0;
  std::size_t longest = 0;  // suites in one hello
};
// Runs the whole course; a course that asks more than 2,000 questions fails the test.
PaperScan scan_on_paper(const PaperEndpoint&, Options = {});
crypto::Suites found(const Endpoint&, crypto::Protocol);  // in that version

}  // namespace tlspolicy::scan
