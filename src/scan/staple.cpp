// SPDX-License-Identifier: Apache-2.0
// OCSP responses as plain data; see staple.hpp.
#include "scan/staple.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>

#include "probe/asn1.hpp"

namespace tlspolicy::scan {
namespace {
using probe::octets, probe::time_text;
using Certified = std::unique_ptr<X509, decltype(&X509_free)>;
using Response = std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)>;
using Basic = std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)>;

// RFC 6960 4.1.1: serial number and a hash of the issuer's name.  The hash of its key is left out:
// not every server sends the issuer.
bool is_about(const OCSP_SINGLERESP* answer, X509* leaf) {
  ASN1_OCTET_STRING* name = nullptr;
  ASN1_OBJECT* algorithm = nullptr;
  ASN1_INTEGER* serial = nullptr;
  auto* id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(answer));  // it is only read
  if (OCSP_id_get0_info(&name, &algorithm, nullptr, &serial, id) != 1) return false;
  if (ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(leaf)) != 0) return false;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const EVP_MD* hash = EVP_get_digestbyobj(algorithm);
  if (!hash || X509_NAME_digest(X509_get_issuer_name(leaf), hash, digest.data(), &size) != 1)
    return false;
  const wire::View wanted(digest.data(), size);
  return std::ranges::equal(wanted, octets(name));
}

void read_answer(OCSP_SINGLERESP* answer, Staple& out) {
  int reason = -1;
  ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
  const int status = OCSP_single_get0_status(answer, &reason, &revoked, &from, &until);
  out.status = status == V_OCSP_CERTSTATUS_GOOD      ? "good"
               : status == V_OCSP_CERTSTATUS_REVOKED ? "revoked"
                                                     : "unknown";
  if (from) out.this_update = time_text(from);
  if (until) out.next_update = time_text(until);
  if (revoked) out.revoked = time_text(revoked);
  if (reason >= 0) out.reason = OCSP_crl_reason_str(reason);
}
}  // namespace

Staple read_staple(wire::View response, wire::View leaf) {
  Staple out{.why = "it cannot be read"};
  const unsigned char* at = response.data();
  const Response read(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(response.size())),
                      OCSP_RESPONSE_free);
  at = leaf.data();
  const Certified owner(d2i_X509(nullptr, &at, static_cast<long>(leaf.size())), X509_free);
  if (!read || !owner) return out;
  if (const int status = OCSP_response_status(read.get()); status != 0) {
    out.why = fmt::format("it says {}", OCSP_response_status_str(status));
    return out;
  }
  const Basic basic(OCSP_response_get1_basic(read.get()), OCSP_BASICRESP_free);
  if (!basic) return out;
  out.why = "it is about another certificate";
  for (int i = 0; i < OCSP_resp_count(basic.get()); ++i) {
    auto* answer = OCSP_resp_get0(basic.get(), i);
    if (!is_about(answer, owner.get())) continue;
    out.why.clear();
    read_answer(answer, out);
    break;
  }
  return out;
}

std::string fault_of(const Staple& staple, const std::string& now) {
  if (!staple.why.empty()) return staple.why;
  if (staple.status == "unknown") return "it does not know the certificate";
  if (now.empty() || staple.status == "revoked") return {};
  if (!staple.next_update.empty() && staple.next_update < now)
    return "it was good until " + staple.next_update;
  if (staple.this_update > now) return "it begins at " + staple.this_update;
  return {};
}

}  // namespace tlspolicy::scan
