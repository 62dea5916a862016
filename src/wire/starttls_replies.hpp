// SPDX-License-Identifier: Apache-2.0
// Reading what a service says before TLS: one reader for each shape of reply.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wire/hello.hpp"

namespace tlspolicy::wire {

// Words that begin a reply, divided by '|'.
struct Expected {
  std::string_view good{}, declined{};
  std::string_view skipped{};  // lines that may come before; "": none
};

struct Heard {
  enum class What { more, good, declined, nonsense } what = What::more;
  std::size_t used = 0;    // bytes of a good reply
  std::string words = {};  // of the other two, safe to show
};
using Hear = Heard (*)(View seen, const Expected&);

// Three digits and text, over several lines where a hyphen follows them: SMTP (RFC 5321 4.2.1), FTP
// (RFC 959 4.2), NNTP (RFC 3977 3.2).  4xx and 5xx decline; 1xx announce another reply.
Heard hear_code(View seen, const Expected&);
// Lines that start with a word; some may come before it: POP3, IMAP, ManageSieve.
Heard hear_line(View seen, const Expected&);
// Lines behind their source (RFC 2812 2.3.1); any may come before.
Heard hear_irc(View seen, const Expected&);
// A tag in a stream of XML (RFC 6120 4.2), through its '>'.
Heard hear_tag(View seen, const Expected&);
// An LDAPMessage with an ExtendedResponse (RFC 4511 4.12).
Heard hear_ldap(View seen, const Expected&);
// One letter, or an ErrorResponse (PostgreSQL's manual, "SSL Session Encryption").
Heard hear_postgres(View seen, const Expected&);
// The initial handshake packet, with CLIENT_SSL among its capabilities, or ERR_Packet (MySQL's
// internals, "Connection Phase Packets").
Heard hear_mysql(View seen, const Expected&);

}  // namespace tlspolicy::wire
