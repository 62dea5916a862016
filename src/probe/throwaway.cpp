// SPDX-License-Identifier: Apache-2.0
// Keys and certificates of an hour, and a server session that refuses nothing; see throwaway.hpp.
#include "probe/throwaway.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string_view>

namespace tlspolicy::probe {
namespace {
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate certificate_for(EVP_PKEY* key) {
  Certificate out(X509_new(), X509_free);
  X509_set_version(out.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 3600);
  X509_NAME* name = X509_get_subject_name(out.get());
  constexpr std::string_view kName = "tlspolicy.invalid";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(kName.data()),
                             static_cast<int>(kName.size()), -1, 0);
  X509_set_issuer_name(out.get(), name);
  X509_set_pubkey(out.get(), key);
  if (X509_sign(out.get(), key, EVP_sha256()) == 0) out.reset();
  return out;
}

bool give(SSL_CTX* context, const Key& key) {
  if (!key) return false;
  const auto certificate = certificate_for(key.get());
  return certificate && SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

// No tickets and no cache: the client has nothing of this to remember.
Context make_context() {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  Context out(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!out) return out;
  SSL_CTX_set_security_level(out.get(), 0);
  SSL_CTX_set_min_proto_version(out.get(), 0);
  SSL_CTX_set_options(out.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(out.get(), 0);
  SSL_CTX_set_session_cache_mode(out.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_cipher_list(out.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_dh_auto(out.get(), 1);
  constexpr std::size_t kRsaBits = 2048;
  const bool keys =
      give(out.get(), {EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", kRsaBits), EVP_PKEY_free}) &&
      give(out.get(), {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free});
  if (!keys) out.reset();
  ERR_clear_error();
  return out;
}

}  // namespace

Session throwaway_server() {
  static const Context kContext = make_context();
  Session out(kContext ? SSL_new(kContext.get()) : nullptr, SSL_free);
  if (!out) return out;
  SSL_set_bio(out.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(out.get());
  return out;
}

}  // namespace tlspolicy::probe
