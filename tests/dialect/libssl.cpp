// SPDX-License-Identifier: Apache-2.0
// libssl itself as oracle; see libssl.hpp.
#include "libssl.hpp"

#include <openssl/crypto.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <span>

namespace tlspolicy::dialect {
namespace {
struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;
using Session = std::unique_ptr<SSL, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using View = std::span<const std::uint8_t>;

// A cursor over one client hello; reading past its end gives zeros, which no test expects.
struct Cursor {
  View rest;
  unsigned number(std::size_t size) {
    unsigned out = 0;
    for (const auto byte : bytes(size)) out = out << 8U | byte;
    return out;
  }
  View bytes(std::size_t size) {
    size = std::min(size, rest.size());
    const View out = rest.first(size);
    rest = rest.subspan(size);
    return out;
  }
};

template <class Term>
std::vector<Term> numbers(View bytes) {
  std::vector<Term> out;
  for (Cursor at{bytes}; !at.rest.empty();) out.push_back(static_cast<Term>(at.number(2)));
  return out;
}

Offered parse(View record) {
  Offered out;
  Cursor hello{record};
  hello.bytes(5 + 4 + 2 + 32);  // record, handshake header, version, random
  hello.bytes(hello.number(1));
  for (const auto suite : numbers<crypto::Suite>(hello.bytes(hello.number(2))))
    if (crypto::find(suite)) out.suites.push_back(suite);
  hello.bytes(hello.number(1));
  Cursor extensions{hello.bytes(hello.number(2))};
  while (!extensions.rest.empty()) {
    const unsigned type = extensions.number(2);
    Cursor body{extensions.bytes(extensions.number(2))};
    if (type == 10) out.groups = numbers<crypto::Group>(body.bytes(body.number(2)));
    if (type == 13) out.schemes = numbers<crypto::Scheme>(body.bytes(body.number(2)));
  }
  return out;
}

bool configure(SSL_CTX* context, const Configured& wanted) {
  const auto list = wanted.ciphers.empty() ? "ALL:COMPLEMENTOFALL" : wanted.ciphers;
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, static_cast<int>(wanted.min));
  SSL_CTX_set_max_proto_version(context, static_cast<int>(wanted.max));
  return SSL_CTX_set_cipher_list(context, list.c_str()) == 1 &&
         (wanted.ciphersuites.empty() ||
          SSL_CTX_set_ciphersuites(context, wanted.ciphersuites.c_str()) == 1) &&
         (wanted.groups.empty() || SSL_CTX_set1_groups_list(context, wanted.groups.c_str()) == 1) &&
         (wanted.schemes.empty() ||
          SSL_CTX_set1_sigalgs_list(context, wanted.schemes.c_str()) == 1);
}

crypto::Suites numbers_of(const STACK_OF(SSL_CIPHER) * ciphers, bool tls13) {
  crypto::Suites out;
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const auto suite = crypto::Suite{SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(ciphers, i))};
    if (crypto::usable_in(suite, crypto::Protocol::tls13) == tls13) out.push_back(suite);
  }
  return out;
}

Certificate self_signed(EVP_PKEY* key) {
  Certificate out(X509_new());
  X509_gmtime_adj(X509_getm_notBefore(out.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 3600);
  X509_set_pubkey(out.get(), key);
  X509_sign(out.get(), key, EVP_sha256());
  return out;
}
}  // namespace

std::optional<Offered> offered_by_libssl(const Configured& wanted) {
  const Context context(SSL_CTX_new(TLS_client_method()));
  if (!configure(context.get(), wanted)) return std::nullopt;
  const Session ssl(SSL_new(context.get()));
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  SSL_connect(ssl.get());  // wants to read after its hello
  char* data = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(out, &data));
  return parse({reinterpret_cast<const std::uint8_t*>(data), size});
}

std::optional<crypto::Suites> read_by_libssl(const std::string& ciphers) {
  const Context context(SSL_CTX_new(TLS_method()));
  if (SSL_CTX_set_cipher_list(context.get(), ciphers.c_str()) != 1) return std::nullopt;
  return numbers_of(SSL_CTX_get_ciphers(context.get()), false);
}

crypto::Suites usable_by_libssl(const std::string& ciphers, crypto::Protocol max) {
  const Context context(SSL_CTX_new(TLS_method()));
  SSL_CTX_set_min_proto_version(context.get(), 0);
  SSL_CTX_set_max_proto_version(context.get(), static_cast<int>(max));
  if (SSL_CTX_set_cipher_list(context.get(), ciphers.c_str()) != 1) return {};
  SSL_CTX_set_psk_client_callback(context.get(), [](SSL*, const char*, char*, unsigned,
                                                    unsigned char*, unsigned) { return 0U; });
  const Session ssl(SSL_new(context.get()));
  STACK_OF(SSL_CIPHER)* usable = SSL_get1_supported_ciphers(ssl.get());
  crypto::Suites out = usable ? numbers_of(usable, false) : crypto::Suites{};
  sk_SSL_CIPHER_free(usable);
  return out;
}

bool shakes_hands(const std::string& server_ciphers, crypto::Protocol protocol) {
  const Context server(SSL_CTX_new(TLS_server_method()));
  const Context client(SSL_CTX_new(TLS_client_method()));
  for (SSL_CTX* context : {server.get(), client.get()}) {
    SSL_CTX_set_min_proto_version(context, static_cast<int>(protocol));
    SSL_CTX_set_max_proto_version(context, static_cast<int>(protocol));
  }
  const Key key(EVP_RSA_gen(2048));
  const Certificate certificate = self_signed(key.get());
  SSL_CTX_set_cipher_list(client.get(), "ALL:@SECLEVEL=0");
  if (SSL_CTX_set_cipher_list(server.get(), server_ciphers.c_str()) != 1 ||
      SSL_CTX_use_certificate(server.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(server.get(), key.get()) != 1)
    return false;
  const Session near(SSL_new(client.get())), far(SSL_new(server.get()));
  BIO *a = nullptr, *b = nullptr;
  BIO_new_bio_pair(&a, 0, &b, 0);
  SSL_set_bio(near.get(), a, a);
  SSL_set_bio(far.get(), b, b);
  SSL_set_connect_state(near.get());
  SSL_set_accept_state(far.get());
  for (int flight = 0; flight < 10; ++flight) {
    SSL_do_handshake(near.get());
    SSL_do_handshake(far.get());
  }
  return SSL_is_init_finished(near.get()) == 1 && SSL_is_init_finished(far.get()) == 1;
}

base::Version libssl_version() {
  return {{static_cast<int>(OPENSSL_version_major()), static_cast<int>(OPENSSL_version_minor()),
           static_cast<int>(OPENSSL_version_patch())}};
}

}  // namespace tlspolicy::dialect
