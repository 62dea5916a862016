// SPDX-License-Identifier: Apache-2.0
// libssl's answers after a handshake, turned into wire numbers and plain words; see peer.hpp.
#include "probe/peer.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "base/text.hpp"
#include "probe/asn1.hpp"

namespace tlspolicy::probe {
namespace {
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::optional<crypto::Group> group_by_word(std::string_view word) {
  for (const auto& info : crypto::all_groups())
    if (base::iequals(info.name, word)) return info.group;
  return std::nullopt;
}

// Up to 1.2 the library tells the group only through the peer's temporary key.
void describe_key_exchange(SSL* session, Handshake& out) {
  EVP_PKEY* raw = nullptr;
  const long found = SSL_get_peer_tmp_key(session, &raw);
  const Key temporary(raw, EVP_PKEY_free);
  if (found == 1 && EVP_PKEY_is_a(raw, "DH") == 1) out.dh_bits = EVP_PKEY_get_bits(raw);
  if (const auto id = SSL_get_negotiated_group(session); id > 0) {
    // What OpenSSL has no NID for carries the wire number behind this flag.
    constexpr auto kNoNid = 0x1000000;
    const char* word = SSL_group_to_name(session, static_cast<int>(id));
    if (word != nullptr) out.group = group_by_word(word);
    if (!out.group && (id & kNoNid) != 0) out.group = static_cast<crypto::Group>(id & 0xFFFF);
  }
  if (out.group || found != 1 || out.dh_bits != 0) return;
  std::array<char, 64> word{};
  if (EVP_PKEY_get_group_name(raw, word.data(), word.size(), nullptr) == 1)
    out.group =
        group_by_word(std::string_view(word.data()) == "prime256v1" ? "secp256r1" : word.data());
  else
    out.group = group_by_word(EVP_PKEY_get0_type_name(raw));
}

// SignatureScheme from (signature, hash): RFC 8446 4.2.3; older pairs RFC 5246 7.4.1.4.1.
struct SchemeRow {
  int signature, hash;  // NIDs; the hash NID_undef where the scheme fixes it
  std::uint16_t scheme;
};
constexpr std::array kSchemes{
    SchemeRow{NID_rsaEncryption, NID_md5, 0x0101},
    SchemeRow{NID_rsaEncryption, NID_sha1, 0x0201},
    SchemeRow{NID_rsaEncryption, NID_sha224, 0x0301},
    SchemeRow{NID_rsaEncryption, NID_sha256, 0x0401},
    SchemeRow{NID_rsaEncryption, NID_sha384, 0x0501},
    SchemeRow{NID_rsaEncryption, NID_sha512, 0x0601},
    SchemeRow{NID_dsa, NID_sha1, 0x0202},
    SchemeRow{NID_dsa, NID_sha224, 0x0302},
    SchemeRow{NID_dsa, NID_sha256, 0x0402},
    SchemeRow{NID_dsa, NID_sha384, 0x0502},
    SchemeRow{NID_dsa, NID_sha512, 0x0602},
    SchemeRow{NID_X9_62_id_ecPublicKey, NID_sha1, 0x0203},
    SchemeRow{NID_X9_62_id_ecPublicKey, NID_sha224, 0x0303},
    SchemeRow{NID_X9_62_id_ecPublicKey, NID_sha256, 0x0403},
    SchemeRow{NID_X9_62_id_ecPublicKey, NID_sha384, 0x0503},
    SchemeRow{NID_X9_62_id_ecPublicKey, NID_sha512, 0x0603},
    SchemeRow{NID_rsassaPss, NID_sha256, 0x0804},
    SchemeRow{NID_rsassaPss, NID_sha384, 0x0805},
    SchemeRow{NID_rsassaPss, NID_sha512, 0x0806},
    SchemeRow{NID_ED25519, NID_undef, 0x0807},
    SchemeRow{NID_ED448, NID_undef, 0x0808},
#ifdef NID_ML_DSA_44
    SchemeRow{NID_ML_DSA_44, NID_undef, 0x0904},
    SchemeRow{NID_ML_DSA_65, NID_undef, 0x0905},
    SchemeRow{NID_ML_DSA_87, NID_undef, 0x0906},
#endif
};

std::optional<crypto::Scheme> peer_scheme(SSL* session, const std::string& key_type) {
  int signature = NID_undef;
  int hash = NID_undef;
  if (SSL_get_peer_signature_type_nid(session, &signature) != 1) return std::nullopt;
  SSL_get_peer_signature_nid(session, &hash);
  const auto* row = std::ranges::find_if(kSchemes, [&](const auto& r) {
    return r.signature == signature && (r.hash == hash || r.hash == NID_undef);
  });
  if (row == kSchemes.end()) return std::nullopt;
  // rsa_pss_pss_* are rsa_pss_rsae_* under a certificate for PSS alone.
  constexpr int kPssOnly = 5;
  const bool pss_only = signature == NID_rsassaPss && key_type == "RSA-PSS";
  return static_cast<crypto::Scheme>(row->scheme + (pss_only ? kPssOnly : 0));
}

void describe_certificate(X509* leaf, Handshake& out) {
  if (EVP_PKEY* key = X509_get0_pubkey(leaf)) {
    const char* type = EVP_PKEY_get0_type_name(key);
    out.key_type = type ? type : "unknown";
    out.key_bits = EVP_PKEY_get_bits(key);
  }
  int hash = NID_undef;
  X509_get_signature_info(leaf, &hash, nullptr, nullptr, nullptr);
  if (hash != NID_undef) out.signature_hash = OBJ_nid2sn(hash);
  out.subject = name_text(X509_get_subject_name(leaf));
  out.issuer = name_text(X509_get_issuer_name(leaf));
  out.not_after = time_text(X509_get0_notAfter(leaf));
  out.self_signed = X509_self_signed(leaf, 1) == 1;
}

std::vector<wire::Bytes> certificates_of(SSL* session) {
  std::vector<wire::Bytes> out;
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(session);
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(chain, i), &der);
    if (size > 0) out.emplace_back(der, der + size);
    OPENSSL_free(der);
  }
  return out;
}

void describe_extras(SSL* session, Handshake& out) {
  const unsigned char* alpn = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session, &alpn, &size);
  if (size > 0) out.alpn.assign(alpn, alpn + size);  // one of ours, so it can be shown
  const unsigned char* response = nullptr;
  // SSL_get_tlsext_status_ocsp_resp without its C cast.
  const long staple = SSL_ctrl(session, SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, &response);
  if (staple > 0) out.staple.emplace(response, response + staple);
  out.resumed = SSL_session_reused(session) == 1;
  out.session = {SSL_get1_session(session), SSL_SESSION_free};
}

}  // namespace

bool ended_for_our_certificate(SSL* session, unsigned long error) {
  const unsigned char* types = nullptr;
  const bool asked = SSL_get0_certificate_types(session, &types) > 0;
  const bool flight_sent = SSL_get_state(session) == TLS_ST_CW_FINISHED;
  return asked && flight_sent && ERR_GET_REASON(error) > SSL_AD_REASON_OFFSET;
}

void describe_session(SSL* session, Handshake& out) {
  out.version = static_cast<crypto::Protocol>(SSL_version(session));
  out.suite =
      static_cast<crypto::Suite>(SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(session)));
  describe_key_exchange(session, out);
  const Certificate leaf(SSL_get1_peer_certificate(session), X509_free);
  if (leaf) describe_certificate(leaf.get(), out);
  out.certificates = certificates_of(session);
  describe_extras(session, out);
  // Before TLS 1.2 the signature is fixed and nothing that anybody chooses (RFC 4346 7.4.3).
  if (out.version >= crypto::Protocol::tls12) out.scheme = peer_scheme(session, out.key_type);
}

}  // namespace tlspolicy::probe
