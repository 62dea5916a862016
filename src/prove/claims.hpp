// SPDX-License-Identifier: Apache-2.0
// The claims of a TLS proof, dimension by dimension; inside of src/prove.
#pragma once

#include "prove/questions.hpp"

namespace tlspolicy::prove {

// The newest allowed version up to TLS 1.2; nullopt where only TLS 1.3 is allowed.
std::optional<crypto::Protocol> classic(const TlsExpectation&);
bool turned_down(const wire::Hello&, const Answers&);  // asked, and not accepted

wire::Hello base_hello(const TlsExpectation&, const Answers&);
void claim_versions(Questions&, const TlsExpectation&, const Answers&);
void claim_suites(Questions&, const TlsExpectation&, const Answers&);
void claim_tls13(Questions&, const TlsExpectation&);
void claim_key_exchange(Questions&, const TlsExpectation&, const Answers&);

}  // namespace tlspolicy::prove
