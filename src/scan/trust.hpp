// SPDX-License-Identifier: Apache-2.0
// Why a client would not take a certificate, whoever issued it: its time, its names, its issuer
// being itself, its revocation that the server staples.  The grade and the weaknesses say it alike.
#pragma once

#include <string>
#include <vector>

#include "scan/result.hpp"

namespace tlspolicy::scan {

struct Distrust {
  std::string id;  // of the weakness: "certificate-expired"
  Severity severity{};
  const char* letter;  // of the grade: "T" or "M"
  std::string text;    // "the certificate was valid until 2026-12-01"
  std::string about;   // the certificate, as Weakness::about
};
// As Weakness::about.  Not its number: one that is issued anew with the same fault is the same
// finding.
std::string about_text(const Certificate&);

// Of the leaves, each reason once.  `now`: RFC 3339; "": their time is not judged.
std::vector<Distrust> distrusts_of(const Endpoint&, const std::string& now);

// The target is an address that a certificate does not name.  That says nothing about the name by
// which clients come, and without SNI a server may show another certificate than they get: no
// mismatch, but to be said.
bool names_not_held(const Endpoint&);

}  // namespace tlspolicy::scan
