// SPDX-License-Identifier: Apache-2.0
// Making a libssl session that offers exactly what was wished for; see session.hpp.
#include "probe/session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace tlspolicy::probe {
namespace {
using crypto::Protocol;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// What is alike in all sessions, made once: it costs as much as a handshake does.
SSL_CTX* shared_context() {
  static const Context kContext = [] {
    // NO_LOAD_CONFIG: /etc/ssl/openssl.cnf may itself carry a policy of this host.
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context) return context;
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    return context;
  }();
  return kContext.get();
}

Session session_of(Protocol version) {
  SSL_CTX* context = version == Protocol::ssl2 ? nullptr : shared_context();
  Session session(context ? SSL_new(context) : nullptr, SSL_free);
  const int number = static_cast<int>(version);
  if (session && (SSL_set_min_proto_version(session.get(), number) != 1 ||
                  SSL_set_max_proto_version(session.get(), number) != 1))
    session.reset();
  return session;
}

// libssl's own words for code points, asked from it; "" where it has none.
std::string words_for(SSL* session, Protocol version, const crypto::Suites& suites) {
  std::vector<std::string> words;
  for (const auto suite : suites) {
    const auto number = static_cast<std::uint32_t>(suite);
    const unsigned char wire[] = {static_cast<unsigned char>(number >> 8 & 0xFF),
                                  static_cast<unsigned char>(number & 0xFF)};
    if (number > 0xFFFF || !crypto::usable_in(suite, version)) continue;
    if (const SSL_CIPHER* known = SSL_CIPHER_find(session, wire))
      words.emplace_back(SSL_CIPHER_get_name(known));
  }
  return base::join(words, ":");
}

bool set_suites(SSL* session, Protocol version, const crypto::Suites& suites) {
  const std::string words = words_for(session, version, suites);
  if (words.empty()) return false;
  if (version == Protocol::tls13) return SSL_set_ciphersuites(session, words.c_str()) == 1;
  return SSL_set_cipher_list(session, (words + ":@SECLEVEL=0").c_str()) == 1;
}

// Sets the groups that the library can; false where groups were asked and none is left.
bool set_groups(SSL* session, const crypto::Groups& groups, Handshake& out) {
  std::vector<std::string> words;
  for (const auto group : groups) {
    const std::string word = crypto::name(group);
    if (SSL_set1_groups_list(session, word.c_str()) == 1)
      words.push_back(word);
    else
      out.groups_left_out.push_back(group);
  }
  ERR_clear_error();
  if (words.empty()) return groups.empty();
  return SSL_set1_groups_list(session, base::join(words, ":").c_str()) == 1;
}

// Names as in the registry; what the library does not know stands in nobody's way.
void set_schemes(SSL* session, const crypto::Schemes& schemes) {
  std::vector<std::string> words;
  for (const auto scheme : schemes) {
    const std::string word = crypto::name(scheme);
    if (SSL_set1_sigalgs_list(session, word.c_str()) == 1) words.push_back(word);
  }
  ERR_clear_error();
  if (!words.empty()) SSL_set1_sigalgs_list(session, base::join(words, ":").c_str());
}

// What the session would really offer: a suite may be known and yet lack its algorithms or keys,
// and a version may be missing from the library's build.
crypto::Suites offered_by(SSL* session) {
  crypto::Suites out;
  STACK_OF(SSL_CIPHER)* known = SSL_get1_supported_ciphers(session);
  for (int i = 0; known != nullptr && i < sk_SSL_CIPHER_num(known); ++i)
    out.push_back(
        static_cast<crypto::Suite>(SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(known, i))));
  sk_SSL_CIPHER_free(known);
  return out;
}

// False where nothing is left; what is missing goes into `out`.
bool can_offer(SSL* session, Protocol version, const crypto::Suites& suites, Handshake& out) {
  const crypto::Suites offered = offered_by(session);
  for (const auto suite : suites)
    if (crypto::usable_in(suite, version) && std::ranges::find(offered, suite) == offered.end())
      out.suites_left_out.push_back(suite);
  return !offered.empty();
}

// What else was wished for; none of it keeps the session from being made.
void dress(SSL* session, const Wish& wish) {
  // SSL_set_tlsext_status_type without its C cast: let it staple an OCSP response.
  if (wish.status)
    SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, TLSEXT_STATUSTYPE_ocsp, nullptr);
  std::vector<unsigned char> protocols;
  for (const auto& name : wish.alpn) {
    protocols.push_back(static_cast<unsigned char>(name.size()));
    protocols.insert(protocols.end(), name.begin(), name.end());
  }
  if (!protocols.empty())
    SSL_set_alpn_protos(session, protocols.data(), static_cast<unsigned>(protocols.size()));
  if (!wish.tickets) SSL_set_options(session, SSL_OP_NO_TICKET);
  if (wish.resume) SSL_set_session(session, wish.resume.get());
  if (wish.after == After::renegotiate)
    SSL_set_options(session, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
}

}  // namespace

// OpenSSL keeps errors in a queue of the thread: the newest says what happened.
std::string library_words() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const char* words = error == 0 ? nullptr : ERR_reason_error_string(error);
  return words == nullptr ? "the library gives no reason" : words;
}

Session make_session(const std::string& sni, const Wish& wish, Handshake& out) {
  const Protocol version = wish.version;
  const auto refuse = [&](std::string why) {
    out.reached_server = false;
    out.why = std::move(why);
    ERR_clear_error();
    return Session(nullptr, SSL_free);
  };
  const std::string version_name(crypto::name(version));
  Session session = session_of(version);
  if (!session) return refuse("the local library cannot speak " + version_name);
  if (!set_suites(session.get(), version, wish.suites))
    return refuse("the local library has none of the suites for " + version_name);
  if (!set_groups(session.get(), wish.groups, out))
    return refuse("the local library has none of the groups");
  set_schemes(session.get(), wish.schemes);
  if (!can_offer(session.get(), version, wish.suites, out))
    return refuse("the local library cannot speak " + version_name + " with these suites");
  // SSL_set_tlsext_host_name without its C cast; the library copies the name.
  if (!sni.empty())
    SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(sni.c_str()));
  dress(session.get(), wish);
  return session;
}

}  // namespace tlspolicy::probe
