// SPDX-License-Identifier: Apache-2.0
// Certificates and keys: type, size, validity; see parts.hpp.
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "discover/parts.hpp"

namespace tlspolicy::discover {
namespace {
using service::Certificate;

constexpr std::size_t kMaxUserFiles = 4096;

std::string key_type(int id) {
  switch (id) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return "RSA";
    case EVP_PKEY_EC:
      return "EC";
    case EVP_PKEY_ED25519:
      return "ED25519";
    case EVP_PKEY_ED448:
      return "ED448";
    case EVP_PKEY_DSA:
      return "DSA";
    default:
      return "other";
  }
}

std::string rfc3339(const ASN1_TIME* time) {
  tm parts{};
  if (!ASN1_TIME_to_tm(time, &parts)) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

// The first certificate of a PEM file is the leaf.
std::optional<Certificate> parse(const std::string& path, const std::string& pem, time_t now) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  if (!leaf) return std::nullopt;
  Certificate out;
  out.path = path;
  if (const EVP_PKEY* key = X509_get0_pubkey(leaf.get())) {
    out.key_type = key_type(EVP_PKEY_get_base_id(key));
    out.bits = EVP_PKEY_get_bits(key);
  }
  char subject[512] = {};
  X509_NAME_oneline(X509_get_subject_name(leaf.get()), subject, sizeof subject);
  out.subject = subject;
  out.not_after = rfc3339(X509_get0_notAfter(leaf.get()));
  out.expired = X509_cmp_time(X509_get0_notAfter(leaf.get()), &now) < 0;
  out.self_signed = X509_self_signed(leaf.get(), 0) == 1;
  return out;
}

// 0: no parameters in it.
int parameter_bits(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> parameters(
      PEM_read_bio_Parameters(bio.get(), nullptr), &EVP_PKEY_free);
  return parameters ? EVP_PKEY_get_bits(parameters.get()) : 0;
}

// "2048 SHA256:… comment (RSA)", ssh-keygen(1) -l; one line a key.
struct Listed {
  int bits = 0;
  std::string type;
};
std::vector<Listed> list_keys(host::Host& host, const service::Instance& instance,
                              const std::string& path) {
  std::vector<Listed> out;
  const auto listed = run(host, instance, {"ssh-keygen", "-l", "-f", path}, 10);
  if (!listed || listed->status != 0) return out;
  for (const auto& line : base::lines(listed->out)) {
    const auto words = base::words(line);
    if (words.size() < 3) continue;
    std::string type = words.back();
    if (type.size() > 2 && type.front() == '(') type = type.substr(1, type.size() - 2);
    out.push_back({std::atoi(words.front().c_str()), type});
  }
  return out;
}

}  // namespace

void read_certificates(host::Host& host, service::Instance& instance) {
  const time_t now = std::chrono::system_clock::to_time_t(host.now());
  for (const auto& endpoint : instance.endpoints)
    for (const auto& path : endpoint.certificates) {
      if (std::ranges::find(instance.certificates, path, &Certificate::path) !=
          instance.certificates.end())
        continue;
      const auto real = host.real_path(path);
      const auto state = host.read(real ? *real : path);
      auto certificate = state ? parse(path, state->content, now) : std::nullopt;
      if (certificate) {
        instance.certificates.push_back(std::move(*certificate));
      } else {
        instance.notes.push_back(fmt::format(
            "{}: {}", path, state ? "no certificate could be read from it" : state.error().what));
      }
    }
}

void read_parameters(host::Host& host, const service::Manifest& manifest,
                     const std::vector<config::Source>& settings, service::Instance& instance) {
  for (const auto& source : settings)
    for (const auto& row : manifest.overrides) {
      if (row.reads != "dh-file") continue;
      const auto value = service::value_of(row.key, source.setting.key, source.setting.args);
      if (!value) continue;
      const std::string path = value->starts_with('<') ? value->substr(1) : *value;
      const auto real = host.real_path(path);
      const auto state = host.read(real ? *real : path);
      const int bits = state ? parameter_bits(state->content) : 0;
      if (bits > 0)
        instance.capability.readings[fmt::format("dh-file {}", *value)] = {std::to_string(bits)};
    }
}

void read_host_keys(host::Host& host, service::Instance& instance) {
  if (instance.endpoints.empty()) return;
  for (const auto& path : instance.endpoints.front().certificates)
    for (const auto& key : list_keys(host, instance, path))
      instance.certificates.push_back(
          {path, key.type == "ECDSA" ? "EC" : key.type, key.bits, "", "", false, false});
}

void read_user_keys(host::Host& host, service::Instance& instance) {
  const auto passwd = host.read("/etc/passwd");
  if (!passwd) return;
  const auto setting = instance.dump.find("authorizedkeysfile");
  const auto patterns = base::words(setting == instance.dump.end() ? "" : setting->second);
  std::size_t files = 0;
  for (const auto& line : base::lines(passwd->content)) {
    const auto fields = base::split(line, ':');
    if (fields.size() < 7 || fields[5].empty()) continue;
    for (const auto& pattern : patterns) {  // sshd_config(5), AuthorizedKeysFile: %h %u %%
      std::string path =
          base::replace_all(base::replace_all(pattern, "%h", fields[5]), "%u", fields[0]);
      if (!path.starts_with('/')) path = fields[5] + "/" + path;
      const auto state = host.read(path);
      if (!state || state->kind == base::FileState::Kind::absent || ++files > kMaxUserFiles)
        continue;
      for (const auto& key : list_keys(host, instance, path))
        instance.user_keys.push_back({fields[0], path, key.type, key.bits});
    }
  }
}

}  // namespace tlspolicy::discover
