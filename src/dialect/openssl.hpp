// SPDX-License-Identifier: Apache-2.0
// OpenSSL's words: neutral terms -> cipher strings, group lists, signature algorithms, and back.
//
// What a library lacks comes back in `unsayable`; the caller decides.  Words: openssl-ciphers(1),
// SSL_CONF_cmd(3), SSL_CTX_set1_groups_list(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::dialect::openssl {

struct Library {          // what discover found out about the file that is really loaded
  base::Version version;  // 3.0.22
  // What it answered when each of our words was tried in it; empty: not asked, go by the version.
  std::optional<std::vector<std::string>> suites, groups, schemes;  // known words
};

struct Words {
  std::string text;                    // joined as the setting wants it, e.g. by ":"
  std::vector<std::string> unsayable;  // neutral names that this library has no word for
  std::vector<std::string> said;       // neutral names that are in `text`, in order
};

Words cipher_string(const crypto::Suites&, const Library&,
                    int security_level);  // up to TLS 1.2;
                                          // "ECDHE-…:…@SECLEVEL=0" where the level is not the
                                          // library's own (-1: leave it out)
Words ciphersuites(const crypto::Suites&, const Library&);  // TLS 1.3
Words groups(const crypto::Groups&, const Library&);        // "X25519MLKEM768:X25519:prime256v1"
Words schemes(const crypto::Schemes&,
              const Library&);           // "ecdsa_secp256r1_sha256:…"; 1.0.2: "ECDSA+SHA256:…"
std::string protocol(crypto::Protocol);  // "TLSv1.2"
int security_level_for(crypto::Protocol min, const crypto::Suites&,
                       const Library&);  // 0 where needed, else -1: its own level does

std::optional<crypto::Suite> suite_called(std::string_view word);  // "ECDHE-RSA-AES128-GCM-SHA256"
std::optional<crypto::Group> group_called(std::string_view word);  // any spelling OpenSSL takes
std::optional<crypto::Scheme> scheme_called(std::string_view word);

// Every word that this dialect can say, for the pre-flight child and the oracle tests.
std::vector<std::string> all_suite_words(), all_group_words(), all_scheme_words();

}  // namespace tlspolicy::dialect::openssl
