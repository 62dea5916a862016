// SPDX-License-Identifier: Apache-2.0
// Expectations of three dates, written out by hand: a legacy one with every version, one with DHE,
// one with hybrids.  Their exact lists are the catalogue's business, not this test's.
#pragma once

#include "prove/prove.hpp"

namespace tlspolicy::prove {

crypto::Suite suite(const std::string& iana);
crypto::Group group(const std::string& iana);
crypto::Scheme scheme(const std::string& name);
crypto::Suites suites(const std::vector<std::string>& iana);
crypto::Groups groups(const std::vector<std::string>& iana);
crypto::Schemes schemes(const std::vector<std::string>& names);

TlsExpectation legacy();   // as 20180330: TLS 1.0 to 1.3, server order, RSA
TlsExpectation guarded();  // as 20230601: TLS 1.2 and 1.3, DHE, client order
TlsExpectation hybrid();   // as 20261101: TLS 1.2 and 1.3, ECDHE alone, client order
wire::Answer chosen(crypto::Protocol, crypto::Suite);  // a server hello without more
Target target(const probe::Place&, const TlsExpectation&);
std::vector<std::string> ids(const Verdict&, Outcome);  // of its findings, sorted, each once
std::string texts(const Verdict&);                      // for the message of a failed test

}  // namespace tlspolicy::prove
