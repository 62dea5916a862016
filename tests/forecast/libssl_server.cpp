// SPDX-License-Identifier: Apache-2.0
// libssl as oracle; see libssl_server.hpp.
#include "libssl_server.hpp"

#include <openssl/crypto.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "dialect/openssl.hpp"

namespace tlspolicy::forecast {
namespace {
struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;
using Session = std::unique_ptr<SSL, Free>;

const dialect::openssl::Library& library() {
  static const dialect::openssl::Library kInstalled{
      *base::parse_version(OpenSSL_version(OPENSSL_VERSION_STRING)), {}, {}, {}};
  return kInstalled;
}

// Does this build have the suite?  Distributions leave RC4, 3DES, IDEA and SEED out.
bool is_built(crypto::Suite suite) {
  static const Context kContext = [] {
    Context context(SSL_CTX_new(TLS_method()));
    SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
    return context;
  }();
  const auto* ciphers = SSL_CTX_get_ciphers(kContext.get());
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i)
    if (crypto::Suite{SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(ciphers, i))} == suite)
      return true;
  return false;
}

template <class List>
List said(const List& list, const dialect::openssl::Words& words) {
  List out;
  for (const auto term : list)
    if (std::ranges::find(words.said, crypto::name(term)) != words.said.end()) out.push_back(term);
  return out;
}

// Client and policy have these lists under the same names.
template <class Side>
void limit(Side& side) {
  side.suites = said(side.suites, dialect::openssl::cipher_string(side.suites, library(), 0));
  std::erase_if(side.suites, [](auto suite) { return !is_built(suite); });
  side.groups = said(side.groups, dialect::openssl::groups(side.groups, library()));
  side.schemes = said(side.schemes, dialect::openssl::schemes(side.schemes, library()));
}

template <class Side>
bool configure(SSL_CTX* context, const Side& side) {
  using namespace dialect::openssl;
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, static_cast<int>(side.min_protocol));
  SSL_CTX_set_max_proto_version(context, static_cast<int>(side.max_protocol));
  const auto suites = cipher_string(side.suites, library(), 0).text;
  const auto last = ciphersuites(side.tls13_suites, library()).text;
  const auto group_list = groups(side.groups, library()).text;
  const auto scheme_list = schemes(side.schemes, library()).text;
  return (suites.empty() || SSL_CTX_set_cipher_list(context, suites.c_str()) == 1) &&
         SSL_CTX_set_ciphersuites(context, last.c_str()) == 1 &&
         (group_list.empty() || SSL_CTX_set1_groups_list(context, group_list.c_str()) == 1) &&
         (scheme_list.empty() || SSL_CTX_set1_sigalgs_list(context, scheme_list.c_str()) == 1);
}

void certify(SSL_CTX* context) {
  static const std::unique_ptr<EVP_PKEY, Free> kKey(EVP_RSA_gen(2048));
  static const std::unique_ptr<X509, Free> kCertificate = [] {
    std::unique_ptr<X509, Free> out(X509_new());
    X509_gmtime_adj(X509_getm_notBefore(out.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(out.get()), 3600);
    X509_set_pubkey(out.get(), kKey.get());
    X509_sign(out.get(), kKey.get(), EVP_sha256());
    return out;
  }();
  SSL_CTX_use_certificate(context, kCertificate.get());
  SSL_CTX_use_PrivateKey(context, kKey.get());
  SSL_CTX_set_dh_auto(context, 1);  // 2048 bits beside a key of 2048
}
}  // namespace

std::optional<Client> sayable(const Client& client) {
  if (client.max_protocol < crypto::Protocol::tls10) return std::nullopt;
  Client out = client;
  out.min_protocol = std::max(out.min_protocol, crypto::Protocol::tls10);
  out.dh_bits = 0;  // libssl takes any
  limit(out);
  if (out.suites.empty() && out.tls13_suites.empty()) return std::nullopt;
  return out;
}

policy::Tls sayable(const policy::Tls& tls) {
  policy::Tls out = tls;
  limit(out);
  return out;
}

std::optional<Handshake> handshake(const Client& client, const policy::Tls& tls) {
  const Context ours(SSL_CTX_new(TLS_server_method())), theirs(SSL_CTX_new(TLS_client_method()));
  if (!configure(ours.get(), sayable(tls)) || !configure(theirs.get(), client)) return std::nullopt;
  certify(ours.get());
  if (tls.order == policy::Order::server)
    SSL_CTX_set_options(ours.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  const Session server(SSL_new(ours.get())), peer(SSL_new(theirs.get()));
  BIO *a = nullptr, *b = nullptr;
  BIO_new_bio_pair(&a, 0, &b, 0);
  SSL_set_bio(server.get(), a, a);
  SSL_set_bio(peer.get(), b, b);
  for (int round = 0; round < 10; ++round) {
    const int client_done = SSL_connect(peer.get());
    const int server_done = SSL_accept(server.get());
    if (client_done == 1 && server_done == 1)
      return Handshake{
          static_cast<crypto::Protocol>(SSL_version(peer.get())),
          crypto::Suite{SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(peer.get()))},
          {}};
  }
  return std::nullopt;
}

}  // namespace tlspolicy::forecast
