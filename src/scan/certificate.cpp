// SPDX-License-Identifier: Apache-2.0
// Certificates as plain data; see certificate.hpp.
#include "scan/certificate.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/lists.hpp"
#include "probe/asn1.hpp"
#include "probe/names.hpp"
#include "scan/staple.hpp"

namespace tlspolicy::scan {
namespace {
using probe::name_text, probe::octets, probe::time_text;
using Parsed = std::unique_ptr<X509, decltype(&X509_free)>;

std::string hexadecimal(wire::View bytes) {
  std::string out;
  for (const auto byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c > ' ' && c < 0x7F ? std::string(1, c)
                               : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::vector<std::string> names_of(X509* certificate) {
  constexpr int kMost = 1000;
  std::vector<std::string> out;
  const auto free_names = [](GENERAL_NAMES* names) { GENERAL_NAMES_free(names); };
  const std::unique_ptr<GENERAL_NAMES, decltype(free_names)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      free_names);
  if (!names) return out;
  for (int i = 0; i < std::min(sk_GENERAL_NAME_num(names.get()), kMost); ++i) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
    if (type == GEN_DNS) {
      const auto bytes = octets(value);
      out.push_back(printable({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    } else if (type == GEN_IPADD) {
      out.push_back(probe::address_text(octets(value)));
    }
  }
  return out;
}

// OpenSSL's names where they differ from the registry's.
std::optional<crypto::Group> curve_of(const EVP_PKEY* key) {
  std::array<char, 80> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return std::nullopt;
  const std::string_view word(name.data(), size);
  if (word == "prime256v1") return crypto::group_named("secp256r1");
  if (word == "prime192v1") return crypto::group_named("secp192r1");
  return crypto::group_named(word);
}

void read_key(const X509* certificate, Certificate& out) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (!key) return;
  const char* type = EVP_PKEY_get0_type_name(key);
  out.key_type = type ? type : "unknown";
  out.key_bits = EVP_PKEY_get_bits(key);
  if (out.key_type == "EC") out.curve = curve_of(key);
}
}  // namespace

std::string sha256_of(wire::View der) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(der.data(), der.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    return {};
  return hexadecimal({digest.data(), size});
}

Certificate read_certificate(wire::View der) {
  Certificate out;
  out.sha256 = sha256_of(der);
  const unsigned char* at = der.data();
  const Parsed parsed(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  if (!parsed) return out;
  out.subject = name_text(X509_get_subject_name(parsed.get()));
  out.issuer = name_text(X509_get_issuer_name(parsed.get()));
  out.serial = hexadecimal(octets(X509_get0_serialNumber(parsed.get())));
  out.names = names_of(parsed.get());
  out.not_before = time_text(X509_get0_notBefore(parsed.get()));
  out.not_after = time_text(X509_get0_notAfter(parsed.get()));
  read_key(parsed.get(), out);
  int hash = NID_undef;
  X509_get_signature_info(parsed.get(), &hash, nullptr, nullptr, nullptr);
  if (hash != NID_undef) out.signature_hash = OBJ_nid2sn(hash);
  out.self_signed = X509_self_signed(parsed.get(), 1) == 1;
  return out;
}

Chain read_chain(const Sent& sent, Certificate leaf, crypto::Protocols seen_in) {
  Chain out{.certificates = {std::move(leaf)}, .seen_in = std::move(seen_in)};
  for (auto one = sent.certificates.begin() + 1; one != sent.certificates.end(); ++one)
    out.certificates.push_back(read_certificate(*one));
  if (sent.staple) out.staple = read_staple(*sent.staple, sent.certificates.front());
  return out;
}

void add_chain(Endpoint& endpoint, const Sent& sent, crypto::Protocol version) {
  if (sent.certificates.empty()) return;
  const auto& leaf = sent.certificates.front();
  const auto known = std::ranges::find(endpoint.chains, sha256_of(leaf), [](const Chain& one) {
    return one.certificates.front().sha256;
  });
  if (known == endpoint.chains.end())
    return endpoint.chains.push_back(read_chain(sent, read_certificate(leaf), {version}));
  if (!base::has(known->seen_in, version)) known->seen_in.push_back(version);
  if (!known->staple && sent.staple) known->staple = read_staple(*sent.staple, leaf);
}

}  // namespace tlspolicy::scan
